"""What the visual search adds to the keeper's side."""

import numpy as np
import pytest
from django.urls import reverse
from django.utils import timezone

from catalog.models import Product
from catalog.tests.factories import ProductFactory, with_pictures
from catalog.tests.test_admin import form_of, page
from visualsearch.models import DIMENSION, Indexing, PhotoRegion, PhotoSearch, Region
from visualsearch.tests.makers import a_version

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def keeper(client, django_user_model):
    client.force_login(django_user_model.objects.create(username="keeper", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def version():
    return a_version("d")


def region(model, ordinal, position, label, **columns):
    return model.objects.create(
        ordinal=ordinal, position=position, label=label, score=0.87, x1=0.125, y1=0.25, x2=0.5, y2=0.75,
        embedding=np.full(DIMENSION, 0.05, np.float32), **columns,
    )  # fmt: skip


def set_state(image, version, **columns):
    Indexing.objects.update_or_create(image=image, version=version, defaults=columns)


def test_an_indexed_picture_shows_its_boxes(keeper, version):
    product = ProductFactory()
    (image,) = with_pictures(product)
    region(Region, 0, "whole", "", image=image, version=version)
    region(Region, 1, "full", "dress", image=image, version=version)
    set_state(image, state="done", version=version, sha256=image.sha256)
    text = keeper.get(page(product)).text
    assert text.count("picture__boxes") == text.count("<title>Dress</title>") == 1
    assert "M0.125 0.25H0.5V0.75H0.125z" in text
    assert "Dress 87%" in " ".join(text.split())


def test_boxes_of_another_version_are_not_drawn(keeper, version):
    other = a_version("b", active=False)
    product = ProductFactory()
    (image,) = with_pictures(product)
    region(Region, 1, "full", "dress", image=image, version=other)
    set_state(image, state="done", version=version)
    text = keeper.get(page(product)).text
    assert "picture__boxes" not in text
    assert "no item found" in text


def test_a_failed_picture_tells_why_and_a_waiting_one_that_it_waits(keeper, version):
    product = ProductFactory()
    failed, _ = with_pictures(product, 2)
    set_state(failed, version, state="failed", reason="The worker was stopped <b>each</b> time.")
    text = keeper.get(page(product)).text
    assert "The worker was stopped &lt;b&gt;each&lt;/b&gt; time." in text
    assert "picture__state--waiting" in text


def failed_pictures(product, count):
    """Pictures that were given up."""
    images = with_pictures(product, count)
    Indexing.objects.filter(image__in=images).update(state="failed", attempts=3, reason="Bad luck.")
    return images


def waiting():
    """The pictures that wait to be indexed, with all their attempts before them."""
    return {row.image for row in Indexing.objects.filter(state="waiting", attempts=0, reason="")}


def test_the_button_saves_the_form_and_has_that_one_picture_indexed_again(keeper, version):
    product = ProductFactory()
    _, second = failed_pictures(product, 2)
    response = keeper.post(page(product), form_of(product, name="Renamed", _index_again=second.pk))
    assert response.headers["Location"] == page(product)
    assert waiting() == {second}
    assert Product.objects.get().name == "Renamed"


def test_the_button_reaches_no_picture_of_another_product(keeper, version):
    product = ProductFactory()
    (foreign,) = failed_pictures(ProductFactory(), 1)
    for wanted in (foreign.pk, "x", "9" * 15):
        keeper.post(page(product), form_of(product, _index_again=wanted))
    assert waiting() == set()


def test_whole_products_and_single_rows_are_indexed_again(keeper, version):
    product = ProductFactory()
    one, two = failed_pictures(product, 2)
    for model, pk, again in (
        ("visualsearch_indexing", Indexing.objects.get(image=one).pk, {one}),
        ("catalog_product", product.pk, {one, two}),
    ):
        data = {"action": "index_again", "_selected_action": [pk]}
        response = keeper.post(reverse(f"admin:{model}_changelist"), data, follow=True)
        assert "will be indexed again" in response.text
        assert waiting() == again


def test_the_product_list_tells_how_far_indexing_with_the_active_version_is(
    keeper, version, django_assert_max_num_queries
):
    other = a_version("b", active=False)
    for product in ProductFactory.create_batch(3):
        one, two, three = with_pictures(product, 3)
        set_state(one, version=version, state="done")
        set_state(two, version=version, state="failed")
        set_state(three, version=other, state="done")
    with django_assert_max_num_queries(12):
        text = keeper.get(reverse("admin:catalog_product_changelist")).text
    assert text.count("1 / 3") == 3
    assert text.count("(1 failed)") == 3


def test_the_indexing_list_is_filtered_by_state_and_read_only(keeper, version):
    for state in ("waiting", "done", "failed"):
        (image,) = with_pictures(ProductFactory(name=f"A {state} thing"))
        set_state(image, version, state=state)
    url = reverse("admin:visualsearch_indexing_changelist")
    text = keeper.get(url, {"state__exact": "failed"}).text
    assert "A failed thing" in text
    assert "A done thing" not in text
    assert keeper.get(reverse("admin:visualsearch_indexing_add")).status_code == 403
    row = Indexing.objects.first()
    assert keeper.get(reverse("admin:visualsearch_indexing_delete", args=[row.pk])).status_code == 403


def test_an_indexed_product_can_be_deleted(keeper, version):
    product = ProductFactory()
    (image,) = with_pictures(product)
    set_state(image, state="done", version=version)
    region(Region, 1, "full", "dress", image=image, version=version)
    data = {"post": "yes", "action": "delete_selected", "_selected_action": [product.pk]}
    keeper.post(reverse("admin:catalog_product_changelist"), data)
    assert not Product.objects.exists()


def test_searches_are_listed_without_their_photos(keeper):
    now = timezone.now()
    search = PhotoSearch.objects.create(state="done", width=300, height=400, described=now)
    region(PhotoRegion, 0, "whole", "", search=search)
    region(PhotoRegion, 1, "full", "dress", search=search)
    text = keeper.get(reverse("admin:visualsearch_photosearch_changelist")).text
    assert '<td class="field-items">1</td>' in text
    assert str(search.pk) not in text
    assert keeper.get(reverse("admin:visualsearch_photosearch_add")).status_code == 403
