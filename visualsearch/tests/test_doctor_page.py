"""What the doctor shows the keeper, and what its command prints."""

import io
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from catalog import pictures
from catalog.models import ProductImage
from catalog.tests.factories import ProductFactory
from visualsearch.management.commands import _trial_shop, examine_catalog
from visualsearch.modelsdoctor import Ailment, Finding, Waiver
from visualsearch.tests.makers import a_version, unit
from visualsearch.tests.patients import a_picture, drawn, encoded, findings, looked_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey", "media")]


PAGE = reverse("admin:visualsearch_finding_changelist")


@pytest.fixture
def keeper(client, django_user_model):
    client.force_login(django_user_model.objects.create(username="keeper", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def version():
    return a_version()


class TestOfThePage:
    def test_findings_are_shown_by_kind_with_links_and_counts(self, keeper, version):
        one, two = (a_picture(version, colour="Green") for _ in range(2))
        small = a_picture(version, drawn(size=(300, 400)))
        findings(one, two, small)
        response = keeper.get(PAGE, {"kind": "colour"})
        assert {f.image for f in response.context["page"]} == {one, two}
        assert f"/admin/catalog/product/{one.product_id}/change/#images-group" in response.text
        assert "It is called Green; none of its main colours comes near that." in response.text
        counts = {key: count for key, _, count in response.context["tabs"]}
        assert counts == dict.fromkeys(Ailment.values, 0) | {"colour": 2, "small": 1, "waived": 0}
        assert keeper.get(PAGE).context["kind"] == "colour"

    def test_every_kind_has_its_sentence(self, keeper, version):
        image = a_picture(version)
        facts = {
            "nothing": {}, "twin": {"score": 0.99}, "category": {"worn": "upper", "looks": "bag"},
            "colour": {"names": ["Red"], "colours": [[50, 0, 0, 1]]}, "small": {"width": 9, "height": 8, "least": 400},
            "blurred": {"sharpness": 0.01, "least": 0.06},
        }  # fmt: skip
        for kind, said in facts.items():
            Finding.objects.create(image=image, kind=kind, facts=said, other=image if kind == "twin" else None)
            response = keeper.get(PAGE, {"kind": kind})
            [finding] = response.context["page"]
            assert "{" not in finding.sentence
            assert response.text.count('class="finding"') == 1

    def test_not_a_problem_is_remembered_until_the_file_changes(self, keeper, version):
        image = a_picture(version, colour="Green")
        findings(image)
        waive = reverse("admin:visualsearch_finding_waive", args=[Finding.objects.get().pk])
        response = keeper.post(waive, {"kind": "colour", "page": "1"})
        assert response.headers["Location"] == f"{PAGE}?kind=colour&page=1"
        findings(image)
        assert not Finding.objects.still().exists()
        assert keeper.get(PAGE, {"kind": "waived"}).context["page"][0].image == image
        pictures.replace_picture(image, encoded(drawn(5)))
        looked_at(image, version, unit(1))
        findings(image)
        assert Finding.objects.still().get().image == image

    def test_it_holds_for_that_kind_alone_and_can_be_taken_back(self, keeper, version):
        image = a_picture(version, drawn(size=(300, 400)), colour="Green")
        findings(image)
        colour = Finding.objects.get(kind="colour")
        waive = reverse("admin:visualsearch_finding_waive", args=[colour.pk])
        keeper.post(waive, {})
        assert Finding.objects.still().get().kind == "small"
        keeper.post(waive, {"back": "1"})
        assert not Waiver.objects.exists()

    def test_only_those_who_may_change_products_may_say_so(self, client, version, django_user_model):
        image = a_picture(version, colour="Green")
        findings(image)
        waive = reverse("admin:visualsearch_finding_waive", args=[Finding.objects.get().pk])
        client.force_login(django_user_model.objects.create(username="clerk", is_staff=True))
        assert client.get(PAGE).status_code == 403
        assert client.post(waive).status_code == 403
        assert not Waiver.objects.exists()

    def test_looking_changes_nothing(self, keeper, version):
        findings(a_picture(version, colour="Green"))
        waive = reverse("admin:visualsearch_finding_waive", args=[Finding.objects.get().pk])
        assert keeper.get(waive).status_code == 405

    def test_the_page_has_a_constant_number_of_queries(self, keeper, version, django_assert_max_num_queries):
        findings(*(a_picture(version, colour="Green") for _ in range(6)))
        with django_assert_max_num_queries(12):
            assert keeper.get(PAGE).text.count('class="finding"') == 6

    def test_a_product_with_findings_can_be_deleted(self, keeper, version):
        image = a_picture(version, colour="Green")
        findings(image)
        data = {"post": "yes", "action": "delete_selected", "_selected_action": [image.product_id]}
        keeper.post(reverse("admin:catalog_product_changelist"), data)
        assert not ProductImage.objects.exists()


def told(**options):
    out = io.StringIO()
    call_command("examine_catalog", stdout=out, **options)
    return out.getvalue()


class TestOfTheCommand:
    def test_names_each_finding(self, version):
        a_picture(version, product=ProductFactory(name="Parka"), colour="Green")
        lines = told().splitlines()
        assert lines[0].startswith("does not fit its colour")
        assert "Parka" in lines[0]
        assert "does not fit its colour: 1" in lines[-1]

    @pytest.mark.django_db(transaction=True)
    def test_measures_itself_on_planted_faults(self, networks, settings, monkeypatch):
        @contextmanager
        def here():
            with _trial_shop.tasks_at_once():
                yield

        monkeypatch.setattr(examine_catalog, "trial_shop", here)
        lines = told(planted=True, products=12, each=1).splitlines()
        assert lines[0] == "12 drawn products, 24 pictures, seed 5"
        figures = {line[:32].strip(): line[32:].split() for line in lines[2:]}
        assert figures["too small"] == ["1", "1", "1", "100.0%", "100.0%"]
        assert figures["blurred"][0] == "1"
        assert figures["does not fit its colour"][0] == "2"

    def test_says_when_there_are_too_few_products_to_spoil(self):
        with pytest.raises(CommandError, match="12 faults of each kind need 144 products"):
            told(planted=True, products=143, each=12)

    def test_counts_precision_and_recall(self):
        truth, found = {(1, "small"), (2, "small")}, {(1, "small"), (3, "small"), (4, "twin")}
        lines = {line[:32].strip(): line[32:].split() for line in examine_catalog.table(truth, found)}
        assert lines["too small"] == ["2", "2", "1", "50.0%", "50.0%"]
        assert lines["same picture as another product"] == ["0", "1", "0", "0.0%", "-"]
