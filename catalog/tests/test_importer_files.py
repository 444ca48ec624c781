"""Where an import finds its pictures, and where it never looks."""

import zipfile

import pytest

from catalog.importer import archives
from catalog.importer.files import Files, NoFiles
from catalog.importer.sheets import Unreadable, sheets_of
from catalog.tests.factories import some_picture


def test_pictures_in_a_zip_are_found_by_path_name_or_stem(tmp_path):
    archive = tmp_path / "photos.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for shade, name in enumerate(("shop/a/main.webp", "shop/b/main.webp", "../../outside.webp", "C:\\evil.webp")):
            file.writestr(name, some_picture(shade))
    with Files(archive) as files:
        assert files.read("/b/main.jpg") == some_picture(1)
        assert files.read("a/MAIN.webp") == some_picture(0)
        assert files.read("main.png") == some_picture(0)
        assert files.read("outside.webp") == some_picture(2)  # read in place: its name leads nowhere
        assert files.read("../../etc/passwd") is None
        assert files.read("") is None
        assert files.read("/") is None


def test_a_folder_shows_nothing_of_what_lies_outside(tmp_path, folder):
    (tmp_path / "secret.webp").write_bytes(some_picture())
    (folder / "link.webp").symlink_to(tmp_path / "secret.webp")
    files = Files(folder)
    assert files.read("link.webp") is None
    assert files.read("../secret.webp") is None
    assert files.read("secret.webp") is None


def bomb(tmp_path, name="bomb.png"):
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, bytes(40 * 2**20))
    return archive


def test_a_zip_bomb_is_refused_unopened(tmp_path):
    with pytest.raises(NoFiles, match=r"bomb\.zip would be more than 200 times as large"):
        Files(bomb(tmp_path))
    with pytest.raises(Unreadable, match="200 times as large"):
        sheets_of(bomb(tmp_path, "products.csv"))


def test_a_zip_of_too_many_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_FILES", 1)
    archive = tmp_path / "many.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("one.png", b"")
        file.writestr("two.png", b"")
    with pytest.raises(NoFiles, match="more than 1 files"):
        Files(archive)


def test_a_zip_that_lies_about_its_size_is_read_no_further_than_a_picture_may_be_large(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_TIMES", 10**6)
    with Files(bomb(tmp_path)) as files:
        assert len(files.read("bomb.png")) == 15 * 2**20 + 1


def test_a_place_without_pictures_is_refused_with_a_sentence(tmp_path):
    for place in (tmp_path / "nowhere", tmp_path / "file"):
        if place.name == "file":
            place.write_text("text")
        with pytest.raises(NoFiles, match="neither a folder nor a zip"):
            Files(place)
