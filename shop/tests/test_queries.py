"""Every page costs as many queries for much as for little: shop, account, API and the keeper's lists."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from catalog.models import Product
from catalog.modelssizes import SizeGuide
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory, with_pictures
from shop.accounts import addresses, tokens
from shop.accounts.models import Address
from shop.cart.models import Cart
from shop.cart.tests.makers import shipping
from shop.orders.models import Order
from shop.orders.tests.makers import ADDRESS, an_order, paid
from shop.reviews import reviewing
from shop.reviews.models import Review

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey")]

LITTLE, MUCH = 2, 9


@pytest.fixture
def ada(django_user_model):
    user = django_user_model.objects.create_user("ada", "ada@example.com", "a-long-way-from-home")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def keeper(django_user_model):
    return django_user_model.objects.create_superuser("keeper", "keeper@example.com", "x")


class World:
    """A shop, a customer and her things, as many of each as are asked for."""

    def __init__(self, customer, users):
        self.customer, self.users, self.there = customer, users, 0
        shipping()
        self.top = CategoryFactory(name="Tops")
        SizeGuide.written("Tops", "Size;Chest\nM;94-102", "", [self.top])
        self.product = self._product(0)
        self.order = paid(an_order((self.product.variants.first(), 1), owner=customer)).order
        self.cart = Cart.objects.create(owner=customer)

    def grow(self, number):
        """Until there are so many."""
        for n in range(self.there + 1, number + 1):
            product = self._product(n)
            with_pictures(self.product, 1)
            variant = product.variants.first()
            paid(an_order((variant, 1), (product.variants.last(), 1), owner=self.customer))
            self.order.lines.create(variant=variant, sku=variant.sku, name=product.name, quantity=1, price=20)
            self.cart.lines.create(variant=variant, quantity=1, price_seen=variant.price)
            self.customer.wishes.create(product=product)
            addresses.keep(Address(owner=self.customer, **ADDRESS | {"line1": f"{n} Square"}))
            tokens.issue(self.customer, f"Phone {n}")
            other = self.users.create_user(f"u{n}", f"u{n}@example.com", "x")
            for thing in (self.product, product):
                reviewing.write(thing, other, stars=4, title="Good", text="Fits.", name="U")
        Review.objects.update(state="shown")
        self.there = number

    def _product(self, n):
        product = ProductFactory(name=f"Linen shirt {n}", category=CategoryFactory(name=f"Shelf {n}", parent=self.top))
        for size in "SM":
            VariantFactory(product=product, size=size, colour="Red", price=20 + n, price_before=60, stock=5)
        with_pictures(product, 2)
        return product

    def pages(self):
        """Addresses by their names."""
        slug, path, secret = self.product.slug, self.top.path, self.order.secret
        named = {
            **dict.fromkeys(("home", "cart", "checkout", "wishes", "sitemap-index", "new-rss", "new-atom"), ()),
            **dict.fromkeys(("account", "addresses", "tokens", "privacy", "orders"), ()),
            **dict.fromkeys(("api-products", "api-categories", "api-cart", "api-orders"), ()),
            **{"category": (path,), "sizes": (path,), "product": (slug,), "reviews": (slug,), "api-product": (slug,)},
            **{"order": (secret,), "order-invoice": (secret,), "sitemap": ("products",)},
        }
        pages = {name: reverse(name, args=args) for name, args in named.items()}
        pages["find"] = reverse("find") + "?q=linen&size=M"
        pages["suggest"] = reverse("suggest") + "?q=linen"
        pages["api-products, expanded"] = reverse("api-products") + "?expand=variants,images,category"
        return pages


def lists_of_the_admin():
    for model in admin.site._registry:
        try:
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        except NoReverseMatch:
            continue
        yield f"admin: {model._meta.label}", address


def costs(client, pages):
    """Queries by page, with nothing kept."""
    found = {}
    for name, address in pages.items():
        client.get(address)  # content types and the like, once a process
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
            b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200, f"{name}: {answer.status_code}"
        found[name] = len(asked)
    return found


def test_no_page_costs_more_for_more(ada, keeper, django_user_model, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    world = World(ada, django_user_model.objects)
    hers, the_keepers = Client(), Client()
    hers.force_login(ada)
    the_keepers.force_login(keeper)
    lists = dict(lists_of_the_admin())
    world.grow(LITTLE)
    before = costs(hers, world.pages()) | costs(the_keepers, lists)
    world.grow(MUCH)
    after = costs(hers, world.pages()) | costs(the_keepers, lists)
    assert {name: (before[name], number) for name, number in after.items() if number > before[name]} == {}
    assert Order.objects.count() > MUCH
    assert Product.objects.count() > MUCH
