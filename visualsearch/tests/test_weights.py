"""The registry: two folders, and what a command registered a moment ago."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from visualsearch.ml import weights
from visualsearch.ml.weights import WeightsError
from visualsearch.tests.fakes import entry


@pytest.fixture
def shipped(monkeypatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(weights, "ARTIFACTS", tmp_path / "shipped")
    (tmp_path / "shipped").mkdir()
    return tmp_path / "shipped"


@pytest.fixture
def own(monkeypatch, tmp_path: Path, shipped: Path) -> Path:
    """The shop's own folder, which is not there yet."""
    monkeypatch.setattr(weights, "further", ())
    weights.look_in(tmp_path / "own")
    return tmp_path / "own"


def put(folder: Path, name: str, **changes) -> None:
    folder.mkdir(exist_ok=True)
    weights.write_entry(replace(entry(name, "detector", "d"), folder=folder, **changes))


def test_both_folders_are_read(shipped: Path, own: Path):
    put(shipped, "ours")
    assert set(weights.registered()) == {"ours"}
    put(own, "theirs")
    assert {name: found.folder for name, found in weights.registered().items()} == {"ours": shipped, "theirs": own}
    assert weights.named("theirs").path == own / "theirs.onnx"


def test_what_was_replaced_or_removed_meanwhile_is_seen(own: Path):
    put(own, "theirs", data="first")
    assert weights.named("theirs").data == "first"
    put(own, "theirs", data="other")  # of the same length
    assert weights.named("theirs").data == "other"
    (own / "theirs.json").unlink()
    with pytest.raises(WeightsError, match=r"registered as 'theirs'\. There are: none"):
        weights.named("theirs")


def test_an_entry_that_did_not_change_is_read_once(own: Path, monkeypatch):
    put(own, "theirs")
    weights.registered()
    monkeypatch.setattr(weights, "read_entry", pytest.fail)
    assert set(weights.registered()) == {"theirs"}


def test_a_name_in_both_folders_is_refused(shipped: Path, own: Path):
    put(shipped, "same")
    put(own, "same")
    with pytest.raises(WeightsError, match=r"Two weights are registered as 'same', in .*shipped and in .*own"):
        weights.registered()


def test_the_shipped_folder_named_once_more_is_no_clash(shipped: Path, own: Path):
    put(shipped, "ours")
    weights.look_in(shipped)
    assert set(weights.registered()) == {"ours"}


def test_an_entry_that_is_none_is_named(own: Path):
    own.mkdir()
    (own / "x.json").write_text("{}")
    with pytest.raises(WeightsError, match=r"x\.json is not an entry"):
        weights.registered()


def test_an_entry_is_written_whole_or_not_at_all(own: Path, monkeypatch):
    put(own, "theirs", data="first")
    monkeypatch.setattr(json, "dumps", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        put(own, "theirs", data="other")
    monkeypatch.undo()
    assert weights.read_entry(own / "theirs.json").data == "first"
    assert os.listdir(own) == ["theirs.json"]


def test_the_shop_reads_the_folder_that_its_settings_name():
    assert weights.further == (settings.VISUALSEARCH["MODELS"].resolve(),)
