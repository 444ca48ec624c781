"""The score from which on a product is taken for what was asked for: chosen, kept, promised, told."""

import io
import json
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from PIL import Image

from visualsearch import thresholds, versions
from visualsearch.management.commands import _trial_shop, calibrate_threshold
from visualsearch.management.commands.calibrate_threshold import Question, floors, halves, table
from visualsearch.ml import weights
from visualsearch.ml.evaluate import intervals
from visualsearch.ml.types import POSITIONS, WHOLE, Box, Detection
from visualsearch.models import ModelVersion, PhotoSearch
from visualsearch.tests import fakes
from visualsearch.tests.makers import a_version


class TestTheChoice:
    def test_is_the_kth_smallest_score(self):
        assert thresholds.choose([0.9, 0.1, 0.5, 0.7, 0.3, 0.8, 0.2, 0.4, 0.6], 0.1) == 0.1
        assert thresholds.choose([n / 100 for n in range(99)], 0.1) == 0.09

    def test_is_no_higher_than_it_must_be_to_notice_what_is_gone(self):
        there, gone = [0.5 + n / 100 for n in range(39)], [n / 100 for n in range(39)]
        floor = thresholds.choose(there, 0.1, gone)
        assert 0.37 < floor < 0.38
        assert sum(score >= floor for score in gone) == 1  # of 39: the twentieth part of 40 is two, one may be level
        assert thresholds.choose(there, 0.1, [score + 0.3 for score in gone]) == there[3]  # the promise comes first
        assert thresholds.choose(there, 0.1, gone[:9]) == there[3]  # too few to say

    def test_is_none_where_too_few_were_asked(self):
        assert thresholds.choose([0.5] * 8, 0.1) is None
        assert thresholds.choose([], 0.1) is None

    @pytest.mark.parametrize("error", [0.05, 0.1, 0.2])
    @pytest.mark.parametrize("asked", [30, 100])
    def test_keeps_its_promise_on_vectors(self, asked, error):
        """Queries near their own of 60 products: over many draws the share denied is the promised one, hardly less."""
        draw = np.random.default_rng(7)
        gallery = draw.normal(size=(60, 32))
        gallery /= np.linalg.norm(gallery, axis=1, keepdims=True)

        def best(count):
            queries = gallery[draw.integers(60, size=count)] + draw.uniform(0.05, 0.4, (count, 1)) * draw.normal(
                size=(count, 32)
            )
            return (queries / np.linalg.norm(queries, axis=1, keepdims=True) @ gallery.T).max(1)

        denied = [np.mean(best(200) < thresholds.choose(best(asked).tolist(), error)) for _ in range(400)]
        expected = np.floor(error * (asked + 1)) / (asked + 1)
        assert np.mean(denied) == pytest.approx(expected, abs=0.012)
        assert np.mean(denied) <= error + 0.012


class TestTheQuestions:
    def test_of_one_photo_are_in_one_half(self):
        questions = [Question(n // 3, "upper", 0.5, 0.4) for n in range(30)]
        choosing, judging = halves(questions)
        assert {q.photo for q in choosing}.isdisjoint({q.photo for q in judging})
        assert len(choosing) == len(judging) == 15

    def test_are_enough_for_a_floor_or_there_is_none(self):
        many = [Question(n, "upper", n / 100, 0.9) for n in range(60)]
        few = [Question(n, "bag", 0.5, 0) for n in range(29)]
        assert floors(many + few, 0.1) == {"upper": pytest.approx(0.05)}

    def test_are_counted_on_both_sides(self):
        judged = [Question(n, "upper", 0.2 if n < 2 else 0.8, 0.9 if n < 3 else 0.1) for n in range(20)]
        lines = list(table({"upper": 0.5}, judged, judged, 0.1))
        row = next(line.split() for line in lines if line.startswith("upper"))
        assert row == ["upper", "20", "0.500", "20", "10.0%", "(2.8%-30.1%)", "15.0%", "(5.2%-36.0%)"]
        assert any(line.split()[:3] == ["bag", "0", "none"] for line in lines)

    def test_have_intervals_that_say_something_where_nothing_was_seen(self):
        low, high = intervals.of_share(0, 50)
        assert low == 0
        assert high == pytest.approx(0.0713, abs=1e-3)
        assert intervals.of_share(50, 50)[1] == 1


@pytest.fixture
def entry(tmp_path, networks):
    networks["fake-embedder"] = replace(networks["fake-embedder"], folder=tmp_path)
    return networks["fake-embedder"]


def floors_of(version):
    version.refresh_from_db()
    return thresholds.floors(PhotoSearch(version=version))


@pytest.mark.django_db
class TestFloors:
    def test_lie_on_every_version_that_uses_the_embedder_and_on_no_other(self, entry):
        version, other = versions.announce(), a_version("b", active=False)
        assert floors_of(version) == {}
        assert thresholds.keep(entry, {"upper": 0.43219, "whole": 0.5}, error=0.1) == 1
        assert floors_of(version) == {"upper": 0.4321, "whole": 0.5}
        assert version.floors["error"] == 0.1
        assert floors_of(other) == {}
        assert thresholds.floors(PhotoSearch()) == {}

    def test_replace_earlier_ones_and_outlive_a_worker_s_start(self, entry):
        version = versions.announce()
        thresholds.keep(entry, {"upper": 0.4}, error=0.1)
        thresholds.keep(entry, {"bag": 0.3}, error=0.2)
        versions.announce()
        assert floors_of(version) == {"bag": 0.3}
        thresholds.keep(entry, {}, error=0.1)
        assert floors_of(version) == {}
        assert version.floors == {}

    def test_are_recorded_with_the_embedder_beside_its_other_figures(self, entry, tmp_path):
        entry = replace(entry, figures={"luma R@1": 42.0, "luma floor bag": 0.2, "studio floor bag": 0.3})
        recorded = thresholds.record(entry, {"upper": 0.43219}, error=0.1, photos="studio")
        assert json.loads((tmp_path / "fake-embedder.json").read_text())["figures"] == recorded.figures
        told = {"luma R@1": 42.0, "luma floor bag": 0.2, "studio floor upper": 0.4321, "studio floor error": 0.1}
        assert recorded.figures == told

    def test_of_drawings_are_taken_by_versions_that_have_none(self, networks, entry):
        drawn = {"studio floor upper": 0.6, "studio floor error": 0.1, "luma floor upper": 0.3, "studio R@1": 96.8}
        networks["fake-embedder"] = replace(entry, figures=drawn)
        version = versions.announce()
        thresholds.take_those_of_drawings()
        assert floors_of(version) == {"upper": 0.6}
        assert version.floors["error"] == 0.1
        thresholds.keep(entry, {"bag": 0.3}, error=0.2)
        thresholds.take_those_of_drawings()
        assert floors_of(version) == {"bag": 0.3}

    def test_of_drawings_are_known_of_the_embedder_that_is_shipped(self):
        figures = weights.named(settings.VISUALSEARCH["EMBEDDER"], [weights.ARTIFACTS]).figures
        known = {p for p in (WHOLE, *POSITIONS) if f"studio floor {p}" in figures}
        assert known == {WHOLE, *POSITIONS}
        assert figures["studio floor error"] == 0.1


@pytest.fixture
def trial(networks, valkey, settings, monkeypatch):
    """The test's own database in the place of the trial's."""

    @contextmanager
    def here():
        with _trial_shop.tasks_at_once():
            yield

    monkeypatch.setattr(calibrate_threshold, "trial_shop", here)


def a_studio(folder, photos):
    """Two uppers, red and blue, and street photos that show one of them, more or less pale."""
    shown = {"products/00000": {"p.png": ("red", 0)}, "products/00001": {"p.png": ("blue", 1)}}
    pale = [(255, 3 * n, 3 * n) for n in range(photos)]
    shown["street"] = {f"{n:03}.png": (colour, 0) for n, colour in enumerate(pale)}
    for name, pictures in shown.items():
        (folder / name).mkdir(parents=True)
        truth = {}
        for file, (colour, product) in pictures.items():
            Image.new("RGB", (64, 64), colour).save(folder / name / file)
            truth[file] = [{"label": "shirt", "position": "upper", "product": product, "box": [0, 0, 1, 1]}]
        (folder / name / "boxes.json").write_text(json.dumps(truth))
    return folder


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("trial")
class TestTheCommand:
    @pytest.fixture(autouse=True)
    def seen(self, monkeypatch):
        monkeypatch.setattr(fakes.FakeDetector, "found", [Detection("shirt", "upper", 0.9, Box(0, 0, 1, 1))])

    def test_chooses_judges_and_keeps(self, entry, tmp_path, monkeypatch):
        data = a_studio(tmp_path / "studio", 66)
        monkeypatch.setattr(calibrate_threshold, "save_catalogue", lambda folder, seed, **sizes: data)
        out = io.StringIO()
        version = versions.announce()
        call_command("calibrate_threshold", str(data), "--record", stdout=out)
        kept = floors_of(version)
        assert set(kept) == {"upper", "whole"}
        recorded = json.loads((tmp_path / "fake-embedder.json").read_text())["figures"]
        assert recorded["studio floor upper"] == kept["upper"]
        row = next(line.split() for line in out.getvalue().splitlines() if line.startswith("upper"))
        assert (row[1], row[3]) == ("33", "33")
        assert float(row[4].rstrip("%")) <= 12  # pale reds, of which the palest tenth is denied
        assert float(row[6].rstrip("%")) < 20  # without the red one only the blue one is left, far away
        call_command("calibrate_threshold", "--forget", stdout=out)
        assert floors_of(version) == {}

    def test_measures_the_networks_that_the_shop_searches_with(self, entry, another, tmp_path, monkeypatch):
        versions.announce()
        chosen = versions.activate(another("n"), at_once=True)
        data = a_studio(tmp_path / "studio", 66)
        monkeypatch.setattr(calibrate_threshold, "save_catalogue", lambda folder, seed, **sizes: data)
        asked = []
        monkeypatch.setattr(calibrate_threshold, "ask", lambda *_: asked.append(versions.configured()) or [])
        call_command("calibrate_threshold", str(data), "--dry-run", stdout=io.StringIO())
        assert [pair.embedder.sha256 for pair in asked] == [chosen.embedder_sha256]

    def test_that_only_tries_keeps_nothing(self, entry, tmp_path, monkeypatch):
        data = a_studio(tmp_path / "studio", 4)
        monkeypatch.setattr(calibrate_threshold, "save_catalogue", lambda folder, seed, **sizes: data)
        call_command("calibrate_threshold", str(data), "--dry-run", stdout=io.StringIO())
        assert not (tmp_path / "fake-embedder.json").exists()
        assert not ModelVersion.objects.exclude(floors={}).exists()

    @pytest.mark.parametrize("arguments", [["--error", "1.5"], ["nowhere", "--protocol", "folder"]])
    def test_says_what_is_wrong(self, arguments):
        with pytest.raises(CommandError, match=r"share between|neither a folder"):
            call_command("calibrate_threshold", *arguments)
