"""The readers of pictures by product, on small files made here."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from visualsearch.ml.datasets import retrieval
from visualsearch.ml.datasets.retrieval import DatasetError
from visualsearch.ml.evaluate.retrieval import embedded
from visualsearch.ml.evaluate.trials import street, two_parts
from visualsearch.tests.fakes import FakeEmbedder


def picture(width: int = 40, height: int = 40, colour: str = "red") -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(kept, "PNG")
    return kept.getvalue()


def zipped(path: Path, files: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def laid_out(path: Path, files: dict[str, bytes | str]) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def named(shots: list[retrieval.Shot]) -> list[tuple[str, str, str]]:
    return [(shot.member, shot.product, shot.part) for shot in shots]


def test_shop_photos_are_a_class_each_and_get_their_shape_back(tmp_path: Path):
    rows = (
        "id,masterCategory,articleType,squashed",
        "7,Apparel,Tshirts,1",
        "8,Footwear,Boots,0",
        "9,Personal Care,Soap,0",
    )
    table = "\n".join(rows)
    path = zipped(
        tmp_path / "products-kaggle.zip",
        {"products.csv": table, "images/7.webp": picture(), "images/8.webp": picture()},
    )
    shots = retrieval.training_shots(path)
    assert named(shots) == [("images/7.webp", "kaggle/7", "train"), ("images/8.webp", "kaggle/8", "train")]
    assert [shot.picture().size for shot in shots] == [(30, 40), (40, 40)]


def test_phone_photos_are_a_class_each_unless_nobody_could_name_them(tmp_path: Path):
    table = "image,sender_id,label,kids\na,1,T-Shirt,False\nb,1,Not sure,False\n"
    names = {f"images/{name}.webp": picture() for name in "abc"}
    path = zipped(tmp_path / "clothing-cc0.zip", {"labels.csv": table, **names})
    assert named(retrieval.training_shots(path)) == [("images/a.webp", "cc0/a", "train")]


def test_luma_asks_with_the_other_views_of_a_colour(tmp_path: Path):
    stems = ("mh01-black_main", "mh01-black_alt1", "mp07-blue_main", "mp07-blue_side_a", "mb03-black-0_alt1", "lt01")
    path = zipped(tmp_path / "catalogue-luma.zip", {f"images/{stem}.webp": picture() for stem in stems})
    assert [(s.product, s.part) for s in retrieval.luma(path)] == [
        ("mh01-black", "query"), ("mh01-black", "gallery"), ("mp07-blue", "gallery"), ("mp07-blue", "query"),
    ]  # fmt: skip
    with pytest.raises(DatasetError, match="reporting only"):
        retrieval.training_shots(path)


def test_luma_knows_style_and_kind_from_its_table(tmp_path: Path):
    rows = (
        "sku,product_type,categories",
        'MH01,configurable,"Default Category/Men/Tops/Hoodies & Sweatshirts,Default Category/Collections"',
        "MH01-XS-Black,simple,Default Category/Men/Tops/Elsewhere",
    )
    files = {f"images/{stem}.webp": picture() for stem in ("mh01-black_main", "wp99-blue_main")}
    table = {"fixtures/ConfigurableSampleData/products.csv": "\n".join(rows)}
    shots = retrieval.luma(zipped(tmp_path / "luma.zip", files | table))
    assert [(shot.style, shot.label) for shot in shots] == [("mh01", "Hoodies & Sweatshirts"), ("wp99", "")]


def test_a_folder_of_products_asks_with_all_but_the_first(tmp_path: Path):
    laid_out(tmp_path, {"boot/1.png": picture(), "boot/2.JPG": picture(), "hat/x.png": picture(), "hat/notes.txt": ""})
    assert named(retrieval.folder(tmp_path)) == [
        ("boot/1.png", "boot", "gallery"), ("boot/2.JPG", "boot", "query"), ("hat/x.png", "hat", "gallery"),
    ]  # fmt: skip


def test_a_folder_without_products_is_named(tmp_path: Path):
    with pytest.raises(DatasetError, match="one folder a product"):
        retrieval.folder(tmp_path)
    (tmp_path / "list.txt").write_text("no zip")
    with pytest.raises(DatasetError, match="neither a folder nor a zip"):
        retrieval.folder(tmp_path / "list.txt")


PARTITION = """3
image_name item_id evaluation_status
img/WOMEN/Dresses/id_1/01_1_front.jpg id_1 train
img/WOMEN/Dresses/id_2/01_1_front.jpg id_2 query
img/WOMEN/Dresses/id_2/01_2_side.jpg  id_2 gallery
"""


@pytest.mark.parametrize(("listed", "images"), [("Eval/", "Img/"), ("", "")])
def test_in_shop_is_read_in_both_layouts(tmp_path: Path, listed: str, images: str):
    names = [line.split()[0] for line in PARTITION.splitlines()[2:]]
    files = {f"{listed}list_eval_partition.txt": PARTITION, **{images + name: picture() for name in names}}
    laid_out(tmp_path, files)
    shots = retrieval.inshop(tmp_path)
    assert [(shot.product, shot.part, shot.label) for shot in shots] == [
        ("id_1", "train", "Dresses"), ("id_2", "query", "Dresses"), ("id_2", "gallery", "Dresses"),
    ]  # fmt: skip
    assert [shot.product for shot in retrieval.training_shots(tmp_path)] == ["id_1"]
    assert two_parts(FakeEmbedder(None), shots, (1,)).figures()["R@1"] == 100.0


def test_in_shop_names_what_is_missing(tmp_path: Path):
    with pytest.raises(DatasetError, match="not the In-shop benchmark"):
        retrieval.inshop(tmp_path)
    laid_out(tmp_path / "half", {"list_eval_partition.txt": PARTITION})
    with pytest.raises(DatasetError, match="3 of 3 listed pictures are missing"):
        retrieval.inshop(tmp_path / "half")


def drawn(path: Path) -> Path:
    """Two products before their pictures, and one photo with both."""
    box = {"label": "shirt", "position": "upper", "box": [0.25, 0.25, 0.75, 0.75]}
    files: dict[str, bytes | str] = {"street/p.jpg": picture(80, 60)}
    for number, colour in enumerate(("red", "blue")):
        files[f"products/0000{number}/0-front.jpg"] = picture(40, 50, colour)
        files[f"products/0000{number}/boxes.json"] = json.dumps({"0-front.jpg": [box | {"product": number}]})
    files["street/boxes.json"] = json.dumps({"p.jpg": [box | {"product": 0}, box | {"product": 5}]})
    return laid_out(path, files)


def test_a_drawn_catalogue_asks_with_the_items_of_its_street_photos(tmp_path: Path):
    shots = retrieval.studio(drawn(tmp_path / "s"))
    assert [(s.product, s.part, s.position) for s in shots] == [
        ("s/0", "gallery", "upper"), ("s/1", "gallery", "upper"), ("s/0", "query", "upper"),
    ]  # fmt: skip
    assert [shot.picture().size for shot in shots] == [(20, 26), (20, 26), (40, 30)]
    assert street(FakeEmbedder(None), shots, ks=(1, 2)).figures()["R@2"] == 100.0


def test_a_picture_that_vanished_is_named(tmp_path: Path):
    (shot, *_) = retrieval.studio(drawn(tmp_path / "s"))
    (tmp_path / "s" / shot.member).unlink()
    with pytest.raises(DatasetError, match=r"0-front\.jpg"):
        embedded(FakeEmbedder(None), [shot])
