"""Reviews: written by customers, read by a keeper, then shown."""

import json
import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from catalog.tests.factories import ProductFactory, VariantFactory
from shop.cart.tests.makers import a_variant
from shop.orders.tests.makers import an_order, paid
from shop.reviews import reviewing
from shop.reviews.models import Review

pytestmark = pytest.mark.django_db
SAID = {"stars": 4, "title": "Fits well", "text": "A little long.", "name": "Ada"}


@pytest.fixture(autouse=True)
def no_counts():
    cache.clear()


@pytest.fixture
def people(django_user_model):
    return lambda name, **more: django_user_model.objects.create(username=name, email=f"{name}@example.com", **more)


@pytest.fixture
def product():
    return VariantFactory().product


@pytest.fixture
def ada(client, people):
    user = people("ada")
    client.force_login(user)
    return user


@pytest.fixture
def keeper(client, people):
    return lambda: client.force_login(people("keeper", is_staff=True, is_superuser=True))


def page_of(client, product):
    return client.get(product.get_absolute_url()).text


def test_a_review_is_shown_once_a_keeper_has_read_it(client, ada, keeper, product):
    page = client.post(reverse("review", args=[product.slug]), SAID, follow=True)
    assert "Your review is shown once we have read it." in page.text
    assert "Fits well" not in page_of(client, product)
    keeper()
    assert "1 review to read" in client.get("/admin/").text
    chosen = {"action": "show", "_selected_action": [Review.objects.get().pk]}
    client.post(reverse("admin:reviews_review_changelist"), chosen)
    shown = page_of(client, product)
    assert "Fits well" in shown
    assert "4.0 of 5 stars, 1 review" in shown
    assert "bought here" not in shown


def test_a_changed_review_is_read_again(client, ada, product):
    reviewing.write(product, ada, **SAID)
    Review.objects.update(state="shown")
    client.post(reverse("review", args=[product.slug]), SAID | {"title": "Fits badly"})
    assert (Review.objects.get().title, Review.objects.get().state) == ("Fits badly", "waiting")


def test_who_bought_it_is_known_to_have(ada):
    variant = a_variant()
    paid(an_order((variant, 1), owner=ada))
    assert reviewing.write(variant.product, ada, **SAID).verified
    assert not reviewing.write(ProductFactory(), ada, **SAID).verified


def test_an_unpaid_order_is_no_purchase(ada):
    variant = a_variant()
    an_order((variant, 1), owner=ada)
    assert not reviewing.write(variant.product, ada, **SAID).verified


def test_a_refusal_tells_the_author_why(client, ada, keeper, product):
    review = reviewing.write(product, ada, **SAID)
    keeper()
    address = reverse("admin:reviews_review_change", args=[review.pk])
    assert "Say why" in client.post(address, {"state": "refused", "reason": ""}).text
    client.post(address, {"state": "refused", "reason": "It names a person."})
    client.force_login(ada)
    assert "We do not show it: It names a person." in client.get(reverse("review", args=[product.slug])).text


def test_a_guest_is_asked_to_sign_in(client, product):
    assert "Sign in to write a review" in page_of(client, product)
    answer = client.post(reverse("review", args=[product.slug]), SAID)
    assert answer["Location"].startswith(reverse("account_login"))
    assert not Review.objects.exists()


def test_ones_own_review_can_be_deleted_and_no_other(client, ada, people, product):
    other = reviewing.write(product, people("bob"), **SAID)
    reviewing.write(product, ada, **SAID)
    client.post(reverse("review-delete", args=[product.slug]))
    assert list(Review.objects.all()) == [other]
    assert client.post(reverse("review-delete", args=[product.slug])).status_code == 404


@pytest.mark.parametrize("change", [{"stars": 6}, {"stars": 0}, {"stars": ""}, {"title": ""}, {"name": ""}])
def test_what_is_missing_is_said_and_the_rest_is_kept(client, ada, product, change):
    page = client.post(reverse("review", args=[product.slug]), SAID | change)
    assert "A little long." in page.text
    assert "field__wrong" in page.text
    assert not Review.objects.exists()


def test_words_are_no_html(client, ada, product):
    reviewing.write(product, ada, **SAID | {"text": "<script>alert(1)</script>", "title": "<b>x</b>"})
    Review.objects.update(state="shown")
    page = page_of(client, product)
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page


def test_the_average_is_told_to_machines(client, people, product):
    for number, stars in enumerate((5, 4, 4)):
        reviewing.write(product, people(f"p{number}"), **SAID | {"stars": stars})
    Review.objects.update(state="shown")
    reviewing.write(product, people("late"), **SAID | {"stars": 1})
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page_of(client, product))
    assert json.loads(found[1])[0]["aggregateRating"] == {
        "@type": "AggregateRating",
        "ratingValue": "4.33",
        "reviewCount": 3,
    }
    assert reviewing.ratings(product).rows == [(5, 1, 33), (4, 2, 67), (3, 0, 0), (2, 0, 0), (1, 0, 0)]


@pytest.mark.parametrize("number", [1, 8])
def test_a_page_costs_a_fixed_number_of_queries(client, people, product, number, django_assert_max_num_queries):
    for n in range(number):
        reviewing.write(product, people(f"p{n}"), **SAID)
    Review.objects.update(state="shown")
    with django_assert_max_num_queries(7):
        page = client.get(reverse("reviews", args=[product.slug]))
    assert page.text.count('class="review"') == number


def test_nobody_floods_the_keeper(client, ada):
    for _ in range(20):
        client.post(reverse("review", args=[ProductFactory().slug]), SAID)
    product = ProductFactory()
    page = client.post(reverse("review", args=[product.slug]), SAID)
    assert page.status_code == 200
    assert Review.objects.count() == 20


def test_a_person_takes_their_reviews_along_and_leaves_none(client, ada, product):
    reviewing.write(product, ada, **SAID)
    assert client.get(reverse("export")).json()["reviews"][0]["title"] == "Fits well"
    ada.delete()
    assert not Review.objects.exists()
