"""A Darknet detector of somebody else: taken in, registered, at work; or refused, with nothing left behind."""

import dataclasses
import json
import os
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import onnx
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError
from PIL import Image

from visualsearch import ml, versions
from visualsearch.ml import cfg, classmaps, conversion, weights
from visualsearch.ml.darknet import Header
from visualsearch.ml.session import Detector
from visualsearch.ml.weights import Weights, WeightsError
from visualsearch.ml.yolov3 import Join, save_weights
from visualsearch.models import ModelVersion
from visualsearch.tests.test_yolov3 import opencv_rows, random_network

SMALL = (
    "[net]\nwidth=64\nheight=64\nchannels=3\n"
    "[convolutional]\nbatch_normalize=1\nfilters=8\nsize=3\nstride=8\npad=1\nactivation=leaky\n"
    "[convolutional]\nsize=1\nstride=1\npad=1\nfilters=18\nactivation=linear\n"
    "[yolo]\nmask=1\nanchors=8,8, 16,24\nclasses=13\nnum=2\n"
)
MODANET = tuple(classmaps.MODANET.values())


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("import_detector", *map(str, arguments), stdout=out)
    return out.getvalue()


def use(patch: pytest.MonkeyPatch, folder: Path) -> list[Weights]:
    """Let the shop's models lie in `folder`, and note what is offered."""
    offered: list[Weights] = []
    patch.setitem(settings.VISUALSEARCH, "MODELS", folder)
    patch.setattr(weights, "further", (folder,))
    patch.setattr(versions, "offer", lambda *, detector: offered.append(detector) or ModelVersion(pk=7), raising=False)
    return offered


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """The shop's folder of models, which is not there yet."""
    return tmp_path / "var" / "models"


@pytest.fixture
def offered(monkeypatch, models: Path) -> list[Weights]:
    return use(monkeypatch, models)


@pytest.fixture
def files(tmp_path: Path, offered):
    """Write a network's two files, changed at will; gives the arguments that name them."""

    def files(text: str = SMALL, *, change=lambda data: data, built: str = SMALL) -> list[object]:
        path = save_weights(random_network(built), Header(), tmp_path / "small_13 (a).weights")
        path.write_bytes(change(path.read_bytes()))
        (tmp_path / "small.cfg").write_text(text)
        return [path, "--cfg", tmp_path / "small.cfg"]

    return files


@pytest.fixture(scope="module")
def given(tmp_path_factory) -> tuple[Path, Path]:
    """The weights and the cfg; each anchor is for a class of its own, the coarsest for a full, a lower and an upper."""
    network = random_network(cfg.yolov3(13))
    for index, layer in enumerate(network.layers):
        if isinstance(layer, Join) and layer.add:  # as in a trained network, signals do not grow on the way
            network.layers[index - 1][1].weight.data *= 0.3
    heads = [conv for conv, norm in network.convolutions() if norm is None]
    for scale, conv in enumerate(heads):
        bias = conv.bias.data.view(3, 18)
        bias[:, :4], bias[:, 4], bias[:, 5:] = 0.0, -1.0 - scale, -4.0
        for anchor in range(3):
            bias[anchor, 5 + 12 - 4 * anchor - scale] = 3.0
    folder = tmp_path_factory.mktemp("given")
    (folder / "yolov3-df2.cfg").write_bytes(as_published(cfg.yolov3(13)).encode())
    (folder / "plain.cfg").write_text(cfg.yolov3(13))
    return save_weights(network, Header(seen=960_000), folder / "yolov3-df2.weights"), folder / "plain.cfg"


@pytest.fixture(scope="module")
def imported(given, tmp_path_factory):
    """The folder of models after the one import, what was said and what was offered."""
    path, folder = given[0], tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        offered = use(patch, folder)
        said = run(path, "--cfg", path.with_suffix(".cfg"), "--classes", "deepfashion2", "--licence", "of its maker")
        yield folder, said, offered


class TestFullYOLOv3:
    """Darknet-53 at 416 px with DeepFashion2's classes and random weights: the files that people have."""

    def test_is_registered_and_offered(self, imported, given):
        folder, said, offered = imported
        entry = weights.named("yolov3-df2")
        assert offered == [entry]
        assert set(os.listdir(folder)) == {"yolov3-df2.json", "yolov3-df2.onnx"}
        assert dict(zip(entry.classes, entry.positions, strict=True)) == classmaps.DEEPFASHION2
        assert entry.anchors == (cfg.COCO[6:], cfg.COCO[3:6], cfg.COCO[:3])
        assert (entry.strides, entry.input_size, entry.threshold) == ((32, 16, 8), 416, 0.25)
        assert (entry.mean, entry.std, entry.pad) == (0, 255, 128)
        assert (entry.licence, entry.data) == ("of its maker", "not stated; classes of deepfashion2")
        assert 0.49 < entry.verify().stat().st_size / given[0].stat().st_size < 0.51
        assert "Registered yolov3-df2: " in said
        assert "vest dress: full" in said
        assert said.endswith("To search with it: activate_model 7\n")

    def test_finds_what_opencv_finds(self, imported, given):
        picture = Image.fromarray(np.random.default_rng(3).integers(0, 256, (8, 8, 3), np.uint8)).resize((416, 416))
        x = np.ascontiguousarray(np.asarray(picture, np.float32).transpose(2, 0, 1)[None] / 255)
        rows = np.concatenate(opencv_rows(given[1], given[0], x))
        entry = replace(weights.named("yolov3-df2"), threshold=0.0)  # so that what is dropped keeps no score
        found = Detector(entry).detect(picture, 0.01)
        assert {one.position for one in found} == {"upper", "lower", "full"}
        assert all(classmaps.DEEPFASHION2[one.label] == one.position for one in found)
        for one in found:
            apart = np.abs(corners(rows) - one.box.as_list()).max(1)
            apart += np.abs(rows[:, 5 + entry.classes.index(one.label)] - one.score)
            assert apart.min() < 0.004
        assert found[0].score == pytest.approx(rows[:, 5:].max(), abs=0.002)

    def test_is_at_the_command_line(self, imported, tmp_path: Path):
        Image.new("RGB", (300, 500), "teal").save(tmp_path / "photo.png")
        out = StringIO()
        call_command("detect", tmp_path / "photo.png", "--json", "--threshold=0.01", "--weights=yolov3-df2", stdout=out)
        [entry] = json.loads(out.getvalue())
        assert entry["items"]
        assert {item["label"] for item in entry["items"]} <= set(classmaps.DEEPFASHION2)


def as_published(text: str) -> str:
    """A cfg in the layout of the Darknet program: what was for training, spaces, remarks, and Windows' line ends."""
    text = text.replace("=", " = ").replace("[net]\n", "[net]\n# Testing\n# batch=1\nmomentum=0.9\nsteps=1,2\n\n")
    text = text.replace("ignore_thresh", "jitter=.3\ntruth_thresh = 1\nrandom=1\nignore_thresh")
    text = text.replace("from = -3\n", "from=-3\nactivation=linear\n\n######\n")
    return text.replace("\n", "\r\n")


def corners(rows: np.ndarray) -> np.ndarray:
    """OpenCV's rows to corners (N, 4) in fractions, clipped to the picture."""
    return np.clip(np.concatenate([rows[:, :2] - rows[:, 2:4] / 2, rows[:, :2] + rows[:, 2:4] / 2], 1), 0, 1)


def test_options_go_into_the_entry(files, offered):
    options = ("--size", 96, "--threshold", 0.4, "--licence", "MIT", "--data", "street photos", "--name", "mine")
    said = run(*files(), "--classes", "modanet", *options)
    entry = weights.named("mine")
    assert (entry.input_size, entry.threshold, entry.licence, entry.data) == (96, 0.4, "MIT", "street photos")
    assert entry.anchors == (((16.0, 24.0),),)
    assert dict(zip(entry.classes, entry.positions, strict=True)) == classmaps.MODANET
    assert "belt: dropped" in said
    assert offered == [entry]


def test_classes_come_from_a_file_and_the_name_from_the_weights(files, tmp_path: Path):
    (tmp_path / "my.names").write_text("kilt,lower\n" + "\n".join(list(classmaps.MODANET)[1:]))
    run(*files(), "--classes", tmp_path / "my.names")
    entry = weights.named("small_13-a")
    assert entry.classes[:2] == ("kilt", "belt")
    assert entry.positions[:2] == ("lower", "")
    assert entry.data == "not stated; classes of my.names"


def test_what_is_worn_nowhere_is_dropped(files):
    run(*files(change=bags_and_belts), "--classes", "modanet", "--name", "mine")
    detector, picture = Detector(weights.named("mine")), Image.new("RGB", (64, 64), "teal")
    assert {one.label for one in detector.detect(picture)} == {"bag"}
    detector.weights = dataclasses.replace(detector.weights, positions=("bag", "upper", *MODANET[2:]))
    assert {one.label for one in detector.detect(picture)} == {"bag", "belt"}


def bags_and_belts(data: bytes) -> bytes:
    """The weights of the small network, made sure that there is a bag and a belt everywhere."""
    at = 20 + 4 * (4 * 8 + 8 * 3 * 9)  # behind the header and the first layer: the bias of the last
    bias = np.array([0, 0, 0, 0, 3, 5, 5, *[-9] * 11], "<f4").tobytes()
    return data[:at] + bias + data[at + len(bias) :]


def test_a_network_that_half_floats_would_change_is_stored_in_whole_ones(files, models: Path, monkeypatch):
    monkeypatch.setattr("visualsearch.ml.export.SMALLEST_HALVED", 1)
    run(*files(), "--classes", "modanet", "--name", "halves")
    monkeypatch.setattr(conversion, "TOLERANCE", 1e-5)
    run(*files(), "--classes", "modanet", "--name", "whole")
    kinds = [
        {t.data_type for t in onnx.load(models / f"{name}.onnx").graph.initializer} for name in ("halves", "whole")
    ]
    assert kinds == [{onnx.TensorProto.FLOAT16}, {onnx.TensorProto.FLOAT}]


@pytest.fixture
def refused(models: Path, offered, capsys):
    """Run an import that must be refused in a sentence, and see that it left nothing."""

    def refused(sentence: str, *arguments: object) -> None:
        before = sorted(os.listdir(models)) if models.exists() else []
        with pytest.raises(CommandError, match=sentence) as error:
            run(*arguments)
        assert "\n" not in str(error.value)
        assert (sorted(os.listdir(models)) if models.exists() else []) == before
        assert offered == []

    return refused


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda data: data[:-400],
            r"\.weights are cut off for this cfg: 1,240 bytes behind the header, 1,640 expected",
        ),
        (lambda data: data + bytes(4), r"are too long for this cfg: 1,644 bytes"),
        (lambda data: data[:9], "9 bytes are no Darknet file"),
        (lambda data: data[:-4] + b"\xff\xff\xff\xff", "no numbers for a picture: the weights are damaged"),
    ],
)
def test_weights_that_do_not_fit_are_refused(files, refused, change, sentence: str):
    refused(sentence, *files(change=change), "--classes", "modanet")


def test_weights_of_another_network_are_refused(files, refused):
    refused("are too long", *files(built=cfg.yolov3_tiny(13, size=64)), "--classes", "modanet")
    refused("cannot be read", "none.weights", *files()[1:], "--classes", "modanet")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("<html>", r"small\.cfg is not a Darknet cfg"),
        ("[net]\n[convolutional]\n", r"needs \[net\] first and a \[yolo\]"),
        (SMALL.replace("classes=13", "classes=80"), "for 80 classes, but 13 class names were given"),
        (SMALL.replace("filters=18", "filters=255"), "1 anchors with 13 classes need 18"),
        (SMALL.replace("channels=3", "channels=1"), "pictures of 1 channels; ours have 3"),
        (SMALL.replace("height=64", "height=96"), "64 x 96 px; ours are squares: give --size"),
        (SMALL.replace("width=64", "width=wide"), "whole number for width"),
        (SMALL.replace("leaky", "mish"), "'mish'"),
        (SMALL.replace("filters=8", "filters=-8"), "no network that can be built"),
        (SMALL.replace("stride=8", "stride=0"), "do not fit"),
        (SMALL.replace("=3\nstride=8\npad=1", "=3\nstride=8\npad=0\npadding=9"), "cfg's map of stride 8 has the shape"),
    ],
)
def test_a_cfg_that_is_none_or_of_something_else_is_refused(files, refused, text: str, sentence: str):
    refused(sentence, *files(text), "--classes", "modanet")


def test_layers_that_do_not_fit_together_are_refused(files, refused):
    text = SMALL.replace(
        "[convolutional]\nsize=1", "[shortcut]\nfrom=-1\n[route]\nlayers=-1,-2\n[convolutional]\nsize=1"
    )
    odd = text.replace("[shortcut]", "[maxpool]\nsize=2\nstride=2\n[shortcut]").replace("from=-1", "from=-2")
    refused("do not fit together", *files(odd, built=odd), "--classes", "modanet")


def test_weights_in_the_place_of_the_cfg_are_refused(files, refused):
    path, *_ = files()
    refused("is not a Darknet cfg", path, "--cfg", path, "--classes", "modanet")


def test_names_that_are_not_as_many_as_the_classes_are_refused(files, refused, tmp_path: Path):
    (tmp_path / "few.names").write_text("\n".join(list(classmaps.MODANET)[:12]))
    refused("is for 13 classes, but 12 class names", *files(), "--classes", tmp_path / "few.names")
    refused("nor one of deepfashion2, modanet", *files(), "--classes", "deepfashion3")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--size", 100), "a --size that is a multiple of 8, at most 1280"),
        (("--size", 0), "Pictures of 0 px"),
        (("--size", 12_800), "Pictures of 12800 px"),
        (("--threshold", "2"), "2 is not a number between 0 and 1"),
        (("--threshold", "nan"), "nan is not a number between 0 and 1"),
        (("--threshold", "high"), "high is not a number"),
        (("--name", "../mine"), "'../mine' is no name"),
        (("--name", "detector-lite2"), "called detector-lite2 already"),
    ],
)
def test_options_that_make_no_sense_are_refused(files, refused, options, sentence: str):
    refused(sentence, *files(), "--classes", "modanet", *options)


def test_a_name_is_taken_once(files, refused, offered, models: Path):
    run(*files(), "--classes", "modanet", "--name", "mine")
    offered.clear()
    refused("called mine already", *files(), "--classes", "modanet", "--name", "mine")
    (models / "other.onnx").write_bytes(b"")
    refused("called other already", *files(), "--classes", "modanet", "--name", "other")


def test_a_folder_that_cannot_be_written_to_is_named(files, refused, models: Path):
    models.parent.parent.mkdir(exist_ok=True)
    models.parent.write_text("a file where the folder should be")
    refused("Nothing can be written to the models folder .*models", *files(), "--classes", "modanet")


@pytest.mark.parametrize("error", [WeightsError("No embedder."), OperationalError("No database.")])
def test_what_cannot_be_offered_is_not_kept(files, refused, monkeypatch, error):
    def offer(**_):
        raise error

    monkeypatch.setattr(versions, "offer", offer, raising=False)
    refused(str(error), *files(), "--classes", "modanet")


def test_an_entry_that_cannot_be_written_takes_its_network_along(files, refused, monkeypatch):
    def write_entry(entry):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(conversion, "write_entry", write_entry)
    refused("No space left", *files(), "--classes", "modanet")


def test_an_export_that_gives_something_else_is_refused(files, refused, monkeypatch):
    def wrong(network, *arguments, **options):
        list(network.convolutions())[-1][0].bias.data += 0.1
        return export(network, *arguments, **options)

    export = conversion.export_onnx
    monkeypatch.setattr(conversion, "export_onnx", wrong)
    refused("does not give what the cfg's gives", *files(), "--classes", "modanet")


def test_without_torch_the_command_says_what_to_install(files, refused, monkeypatch):
    arguments = files()
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "visualsearch.ml.conversion")
    monkeypatch.delattr(ml, "conversion")
    refused("needs torch, .* pip install -r requirements-dev.txt", *arguments, "--classes", "modanet")
