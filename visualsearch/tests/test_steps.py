"""A keeper's steps with model versions, by the admin's pages and by commands."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from catalog import pictures
from catalog.tests.factories import ProductFactory
from visualsearch import indexing, pipeline, tasks, versions
from visualsearch.models import ModelVersion
from visualsearch.tests.makers import photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]

LIST = reverse("admin:visualsearch_modelversion_changelist")


@pytest.fixture
def swept(monkeypatch):
    """How often a sweep was sent for."""
    sent = []
    monkeypatch.setattr(tasks.sweep, "delay_on_commit", lambda: sent.append("sweep"))
    return sent


@pytest.fixture
def two(another, swept):
    """An active version with a picture, and one that was offered."""
    active = versions.announce()
    image = pictures.add_picture(ProductFactory(), photo())
    indexing.index(image.pk)
    return active, another()


@pytest.fixture
def keeper(client, django_user_model):
    client.force_login(django_user_model.objects.create(username="keeper", is_staff=True, is_superuser=True))
    return client


def work():
    for image in indexing.ProductImage.objects.all():
        indexing.index(image.pk)
    indexing.sweep()


def state(version):
    version.refresh_from_db()
    return version.state


def step(version, name):
    return reverse("admin:visualsearch_modelversion_step", args=[version.pk, name])


class TestTheAdmin:
    def take(self, keeper, version, name):
        """Read what the step means, confirm it, and give what the list says then."""
        page = keeper.get(step(version, name))
        assert version.name in page.text
        response = keeper.post(step(version, name), follow=True)
        return " ".join(str(message) for message in response.context["messages"])

    def test_lists_versions_with_state_progress_figures_and_steps(self, keeper, two, swept):
        active, new = two
        ModelVersion.objects.filter(pk=new.pk).update(figures={"detector": {"AP": 0.327}, "embedder": {}})
        text = keeper.get(LIST).text
        assert text.index(active.name) < text.index(new.name)
        assert 'max="1" value="1"' in text
        assert "0.327" in text
        for name in ("fill", "activate", "retire"):
            assert step(new, name) in text
            assert step(active, name) not in text

    def test_shows_all_that_is_known_of_one_and_lets_nothing_be_changed(self, keeper, two):
        page = reverse("admin:visualsearch_modelversion_change", args=[two[1].pk])
        ModelVersion.objects.filter(pk=two[1].pk).update(floors={"upper": 0.6429, "error": 0.1})
        text = keeper.get(page).text
        assert "n" * 64 in text
        assert "<dt>upper</dt><dd>0.6429</dd>" in text
        assert "<dt>denied at most</dt><dd>10%</dd>" in text
        assert "docs/models/n-detector.md" in text
        assert 'name="_save"' not in text
        assert keeper.post(page, {"name": "x"}).status_code == 403
        assert keeper.get(reverse("admin:visualsearch_modelversion_add")).status_code == 403

    def test_fills(self, keeper, two, swept):
        active, new = two
        said = self.take(keeper, new, "fill")
        assert said == f"{new.name} is being filled (0 of 1 pictures). Searches stay with {active.name}."
        assert swept == ["sweep"]
        work()
        assert state(new) == "ready"

    def test_activates_once_every_picture_is_there_and_switches_back(self, keeper, two):
        active, new = two
        assert "becomes active as soon as every picture is indexed" in self.take(keeper, new, "activate")
        assert "becomes active when it is ready" in keeper.get(LIST).text
        work()
        assert (state(active), state(new)) == ("ready", "active")
        assert step(active, "back") in keeper.get(LIST).text
        said = self.take(keeper, active, "back")
        assert said == f"Searches use {active.name}. {new.name} stays ready: you can switch back at once."
        assert (state(active), state(new)) == ("active", "ready")

    def test_activates_now(self, keeper, two):
        assert "Searches use" in self.take(keeper, two[1], "now")
        assert state(two[1]) == "active"

    def test_retires(self, keeper, two):
        assert "is retired" in self.take(keeper, two[1], "retire")
        assert state(two[1]) == "retired"

    def test_says_why_a_step_cannot_be_taken(self, keeper, two, networks):
        assert "Activate another version first" in self.take(keeper, two[0], "retire")
        networks.pop("n-embedder")
        assert "not registered here" in self.take(keeper, two[1], "fill")

    def test_tries_failed_pictures_again(self, keeper, two, monkeypatch):
        _, new = two
        versions.fill(new)
        with monkeypatch.context() as broken:
            broken.setattr(pipeline, "describe", lambda *args: 1 / 0)
            for _ in range(3):
                work()
        assert "1 failed" in keeper.get(LIST).text
        failed = reverse("admin:visualsearch_indexing_changelist")
        assert "ZeroDivisionError" in keeper.get(failed, {"version__name": new.name, "state__exact": "failed"}).text
        assert self.take(keeper, new, "retry") == "1 picture is tried again."
        work()
        assert state(new) == "ready"

    def test_takes_no_step_for_who_may_only_look(self, client, django_user_model, two):
        client.force_login(django_user_model.objects.create(username="clerk", is_staff=True))
        assert client.post(step(two[1], "fill")).status_code == 403
        assert state(two[1]) == "registered"

    def test_knows_no_other_step(self, keeper, two):
        assert keeper.post(step(two[1], "explode")).status_code == 404


class TestTheCommands:
    def test_list_what_there_is(self, two, capsys):
        call_command("models")
        first, second = capsys.readouterr().out.splitlines()
        assert " ".join(first.split()) == f"{two[0].pk} active {two[0].name} 1 of 1 pictures, 0 failed"
        assert second.split()[1] == "registered"

    def test_say_that_there_is_nothing_yet(self, capsys):
        call_command("models")
        assert "none yet" in capsys.readouterr().out

    def test_fill_activate_go_back_and_retire(self, two, capsys):
        active, new = two
        call_command("models", "--fill", new.name)
        work()
        call_command("activate_model", str(new.pk))
        assert state(new) == "active"
        call_command("models", "--back")
        assert state(active) == "active"
        call_command("models", "--retire", new.name)
        assert state(new) == "retired"
        assert "is retired" in capsys.readouterr().out

    def test_activate_now_or_when_it_is_ready(self, two):
        call_command("activate_model", two[1].name)
        assert state(two[1]) == "filling"
        call_command("activate_model", two[1].name, "--now")
        assert state(two[1]) == "active"

    def test_index_catalog_here_fills_without_workers(self, two):
        versions.activate(two[1])
        call_command("index_catalog", "--here")
        assert state(two[1]) == "active"

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (("activate_model", "nothing"), "No model version is called nothing. There are: .*fake-detector"),
            (("models", "--back"), "no version to go back to"),
            (("models", "--retire", "fake-detector + fake-embedder"), "Activate another version first"),
        ],
    )
    def test_refuse_in_a_sentence(self, two, words, sentence):
        with pytest.raises(CommandError, match=sentence):
            call_command(*words)
