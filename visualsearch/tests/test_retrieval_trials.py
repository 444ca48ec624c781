"""What is said about an embedder: figures with intervals, by kind, failures by group, and sheets to look at."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from visualsearch.ml.datasets.retrieval import Shot
from visualsearch.ml.evaluate import intervals, sheets
from visualsearch.ml.evaluate.trials import Trial, parts, two_parts
from visualsearch.tests.fakes import FakeEmbedder


def shot(folder: Path, product: str, part: str, colour: str, label: str = "", style: str = "") -> Shot:
    name = f"{product}-{part}-{colour}.png"
    Image.new("RGB", (30, 40), colour).save(folder / name)
    return Shot(folder, name, product, part, label=label, style=style)


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    """Four questions: one is answered by its product, the others by a colour, by a kind, and by something else."""
    shots = [
        shot(tmp_path, "hat-red", "gallery", "red", "hat", "hat"),
        shot(tmp_path, "hat-blue", "gallery", "blue", "hat", "hat"),
        shot(tmp_path, "cap", "gallery", "lime", "hat", "cap"),
        shot(tmp_path, "bag", "gallery", "white", "bag", "bag"),
        shot(tmp_path, "hat-red", "query", "crimson", "hat", "hat"),
        shot(tmp_path, "hat-red", "query", "navy", "hat", "hat"),
        shot(tmp_path, "hat-red", "query", "green", "hat", "hat"),
        shot(tmp_path, "bag", "query", "darkred", "bag", "bag"),
    ]
    return two_parts(FakeEmbedder(None), shots, (1, 4))


def test_figures_are_in_per_cent_by_way_and_lie_in_their_intervals(trial: Trial):
    figures, between = trial.figures(), trial.intervals(200)
    assert {name: figures[name] for name in ("R@1", "R@4", "reranked R@1")} == {
        "R@1": 25.0, "R@4": 100.0, "reranked R@1": 25.0,
    }  # fmt: skip
    assert set(between) == set(figures)
    assert between["R@1"][0] < 25 < between["R@1"][1]
    assert between["R@4"] == (100.0, 100.0)


def test_kinds_have_a_row_each(trial: Trial):
    assert trial.kinds() == [("bag", 1, (0.0, 1.0)), ("hat", 3, (pytest.approx(1 / 3), 1.0))]


def test_failures_are_grouped_by_what_was_shown_instead(trial: Trial):
    assert trial.failures() == {
        "the same style in another colour": 1,
        "another product of the same kind": 1,
        "another kind of thing": 1,
    }


def test_without_kinds_a_failure_is_another_product(tmp_path: Path):
    shots = [shot(tmp_path, "a", "gallery", "red"), shot(tmp_path, "b", "query", "red")]
    bare = two_parts(FakeEmbedder(None), shots, (1,))
    assert bare.failures() == {"another product": 1}
    assert bare.kinds() == [("(no kind named)", 1, (0.0,))]


def test_a_sheet_frames_the_right_answer(trial: Trial, tmp_path: Path):
    found, missed = trial.sections()
    assert [tile.right for tile in found.tiles] == [False, True, False, False, False, False]
    assert len(missed.tiles) == 3 * 6
    assert [tile.words for tile in missed.tiles[::6]] == [
        "asked: bag; another kind of thing",
        "asked: hat-red; another product of the same kind",
        "asked: hat-red; the same style in another colour",
    ]
    assert trial.sections() == trial.sections()
    [file] = sheets.save(tmp_path / "sheets" / "one.png", [found, missed], 6)
    with Image.open(file) as picture:
        colours = {colour for _, colour in picture.getcolors(10**6)}
    assert {(0x2B, 0x8A, 0x3E), (255, 0, 0), (220, 20, 60)} <= colours  # the frame, red's picture, crimson's question
    names = [path.name for path in sheets.save(tmp_path / "sheets", [found, missed], 6)]
    assert names == ["found.jpg", "missed.jpg"]


def test_nothing_to_ask_or_to_ask_among_is_a_sentence(tmp_path: Path):
    with pytest.raises(ValueError, match="1 pictures to ask with and 0 to ask among"):
        parts([shot(tmp_path, "a", "query", "red")])


def test_an_interval_narrows_with_the_number_of_questions():
    few, many = (np.tile([[1.0], [0.0]], (count, 1)) for count in (10, 1000))
    (low, high), (lower, higher) = intervals.of_means(few)[0], intervals.of_means(many)[0]
    assert low < lower < 0.5 < higher < high
    # A share of a half among 2000: its standard error is 0.0112, 95% lie within 1.96 of these.
    assert (lower, higher) == (pytest.approx(0.478, abs=0.004), pytest.approx(0.522, abs=0.004))
    assert intervals.of_means(few).tolist() == intervals.of_means(few).tolist()


def test_every_resample_is_as_large_as_the_sample():
    weights = intervals.resamples(7, times=20)
    assert weights.shape == (20, 7)
    assert (weights.sum(1) == 7).all()
