"""Vectors out to a file and in again, and files that are none."""

import shutil

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.forms import model_to_dict

from catalog import pictures
from catalog.tests.factories import ProductFactory
from visualsearch import filling, indexing, pipeline, tasks, versions
from visualsearch.models import Indexing, ModelVersion, Region, WornRegion
from visualsearch.tests.makers import photo
from visualsearch.tests.spoiled import WRONG

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]


@pytest.fixture
def shelf(networks, valkey, monkeypatch):
    """Three indexed pictures, the last of them in two products."""
    monkeypatch.setattr(tasks.index_image, "delay_on_commit", lambda pk: None)
    versions.announce()
    for colour in ("red", "blue", "green", "green"):
        indexing.index(pictures.add_picture(ProductFactory(), photo(colour)).pk)


@pytest.fixture
def file(shelf, tmp_path):
    """What they were exported to."""
    path = tmp_path / "vectors.npz"
    call_command("export_vectors", str(path))
    return path


@pytest.fixture
def no_models(monkeypatch):
    """Whoever runs a network fails."""
    monkeypatch.setattr(pipeline, "models_in_process", lambda version: pytest.fail("A network was asked for."))


def rows():
    """Every region and every row of indexing, without ids and times."""
    regions = [model_to_dict(r, exclude=["id"]) for r in Region.objects.all()]
    done = [model_to_dict(row, exclude=["id", "changed"]) for row in Indexing.objects.all()]
    key = lambda row: (row["image"], row.get("ordinal", -1))  # noqa: E731
    return sorted(regions, key=key), sorted(done, key=key)


def changed(file, **arrays):
    """A copy of the file with other arrays; None takes one away."""
    with np.load(file) as loaded:
        these = {name: loaded[name] for name in loaded.files} | arrays
    path = file.with_name("changed.npz")
    np.savez(path, **{name: array for name, array in these.items() if array is not None})
    return path


def arrays(file):
    with np.load(file) as loaded:
        return {name: loaded[name].copy() for name in loaded.files}


class TestAnExport:
    def test_holds_each_picture_once_however_many_products_show_it(self, shelf, tmp_path, capsys):
        call_command("export_vectors", str(tmp_path / "v.npz"))
        held = arrays(tmp_path / "v.npz")
        assert held["vector"].shape == (9, 512)
        assert held["picture_sha256"].shape == (3,)
        assert sorted(held["picture_sha256"]) == list(held["picture_sha256"])
        assert str(held["embedder_sha256"]) == "e" * 64
        assert "9 vectors of 3 pictures" in capsys.readouterr().out

    def test_leaves_out_what_is_not_indexed_as_it_is_now(self, shelf, tmp_path):
        indexing.ProductImage.objects.filter(product__images__isnull=False).update(sha256="f" * 64)
        call_command("export_vectors", str(tmp_path / "v.npz"))
        assert arrays(tmp_path / "v.npz")["vector"].shape == (0, 512)

    def test_is_of_the_version_that_was_named(self, shelf, another, tmp_path):
        new = another()
        call_command("export_vectors", str(tmp_path / "v.npz"), "--model", new.name)
        assert str(arrays(tmp_path / "v.npz")["embedder_sha256"]) == "N" * 64

    def test_says_what_is_wrong(self, tmp_path):
        with pytest.raises(CommandError, match="No model version is active yet"):
            call_command("export_vectors", str(tmp_path / "v.npz"))
        versions.announce()
        with pytest.raises(CommandError, match="No model version is called"):
            call_command("export_vectors", str(tmp_path / "v.npz"), "--model", "x")
        with pytest.raises(CommandError, match="No such file or directory"):
            call_command("export_vectors", str(tmp_path / "nowhere" / "v.npz"))
        assert not list(tmp_path.glob("*.part"))


class TestAnImport:
    def test_restores_identical_rows_without_a_network(self, file, no_models, capsys):
        before = rows()
        Region.objects.all().delete()
        Indexing.objects.all().delete()
        call_command("import_vectors", str(file))
        assert rows() == before
        assert "3 pictures got their vectors, 0 had them, 0 of the file are not in this shop" in capsys.readouterr().out

    def test_restores_what_is_worn_with_a_product_where_no_search_meets_it(self, shelf, tmp_path, no_models):
        image = Region.objects.order_by("image").first().image
        item = image.regions.get(ordinal=2)
        WornRegion.objects.create(
            **model_to_dict(item, exclude=["id", "image", "version"]), image=image, version=item.version
        )
        item.delete()
        call_command("export_vectors", str(tmp_path / "v.npz"))
        before = [model_to_dict(row, exclude=["id"]) for row in WornRegion.objects.all()]
        WornRegion.objects.all().delete()
        Indexing.objects.all().delete()
        call_command("import_vectors", str(tmp_path / "v.npz"))
        assert [model_to_dict(row, exclude=["id"]) for row in WornRegion.objects.all()] == before
        assert list(image.regions.values_list("ordinal", flat=True)) == [0, 1]

    def test_takes_all_of_a_file_of_the_first_format_for_the_products_own(self, file, no_models):
        path = changed(file, format=np.array("vitrine vectors 1"), own=None)
        before = rows()
        Indexing.objects.all().delete()
        call_command("import_vectors", str(path))
        assert rows() == before
        assert not WornRegion.objects.exists()

    def test_changes_nothing_the_second_time(self, file, no_models, capsys):
        before = set(Region.objects.values_list("pk", flat=True))
        call_command("import_vectors", str(file))
        assert set(Region.objects.values_list("pk", flat=True)) == before
        assert "0 pictures got their vectors, 3 had them" in capsys.readouterr().out

    def test_makes_a_version_ready_that_was_never_filled(self, file, networks, no_models, another):
        new = another()
        path = changed(file, detector_sha256=np.array("d" * 64), embedder_sha256=np.array("e" * 64))
        ModelVersion.objects.filter(state="active").delete()
        versions.activate(new, at_once=True)
        call_command("import_vectors", str(path))
        version = ModelVersion.objects.get(embedder_sha256="e" * 64)
        assert (version.state, filling.progress(version)) == ("ready", (4, 0, 4))
        assert versions.serving() == new

    def test_leaves_pictures_alone_that_are_not_in_the_file(self, file, capsys):
        other = pictures.add_picture(ProductFactory(), photo("white"))
        indexing.index(other.pk)
        call_command("import_vectors", str(file))
        assert other.regions.count() == 3

    def test_names_pictures_that_the_shop_does_not_have(self, file, capsys):
        image = indexing.ProductImage.objects.first()
        sha256 = image.sha256
        image.delete()
        call_command("import_vectors", str(file), verbosity=2)
        said = capsys.readouterr().out
        assert "1 of the file are not in this shop" in said
        assert f"not in this shop: {sha256}" in said

    def test_gives_vectors_to_a_picture_that_was_given_up(self, file):
        Indexing.objects.update(state="failed", reason="Bad luck.")
        Region.objects.all().delete()
        call_command("import_vectors", str(file))
        assert set(Indexing.objects.values_list("state", "reason")) == {("done", "")}

    def test_in_small_batches_is_the_same(self, file, monkeypatch):
        before = rows()
        Region.objects.all().delete()
        Indexing.objects.all().delete()
        monkeypatch.setattr("visualsearch.exchange.AT_ONCE", 2)
        call_command("import_vectors", str(file))
        assert rows() == before


DAMAGED = r"cut off or damaged|no file of vectors"


class TestAFileThatIsWrong:
    @pytest.fixture(autouse=True)
    def unchanged(self, file):
        """Whatever is wrong with a file, nothing is lost by it."""
        before = rows()
        yield
        assert rows() == before

    def test_is_refused_in_a_sentence(self, file):
        path = file.with_name("wrong.npz")
        for deed, sentence in WRONG.items():
            held = arrays(file)
            deed(held)
            np.savez(path, **held)
            with pytest.raises(CommandError, match=sentence):
                call_command("import_vectors", str(path))

    def test_is_refused_when_it_is_cut_off(self, file):
        data = file.read_bytes()
        for share in (0.0, 0.01, 0.5, 0.99):
            file.write_bytes(data[: int(len(data) * share)])
            with pytest.raises(CommandError, match=DAMAGED):
                call_command("import_vectors", str(file))

    def test_is_refused_when_bytes_in_it_were_changed(self, file):
        data = bytearray(file.read_bytes())
        for place in range(200, len(data), 997):
            data[place] ^= 0xFF
        file.write_bytes(data)
        with pytest.raises(CommandError, match=DAMAGED):
            call_command("import_vectors", str(file))

    def test_is_refused_when_it_is_something_else(self, file, tmp_path):
        for name, data in {"text.npz": b"sha256,vector\n", "picture.npz": photo(), "pickle.npz": b"\x80\x04N."}.items():
            (tmp_path / name).write_bytes(data)
            with pytest.raises(CommandError, match="no file of vectors"):
                call_command("import_vectors", str(tmp_path / name))
        np.save(tmp_path / "one.npy", np.zeros(3))
        shutil.make_archive(str(tmp_path / "zip"), "zip", tmp_path, "text.npz")
        for name in ("one.npy", "zip.zip"):
            with pytest.raises(CommandError, match="no file of vectors"):
                call_command("import_vectors", str(tmp_path / name))

    def test_that_is_not_there_is_told_so(self, tmp_path):
        with pytest.raises(CommandError, match="There is no file"):
            call_command("import_vectors", str(tmp_path / "none.npz"))
