"""The running API against its own schema: schemathesis asks what the schema allows, and much that it does not.

A bounded number of examples for each operation, the same in every run. Every answer must have a status, a content type
and a shape that the schema names; what is wrong is refused; nothing is an error of the shop's own.
"""

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks

from catalog import pictures
from catalog.tests.factories import ProductFactory, VariantFactory
from shop.accounts import tokens
from shop.orders.tests.makers import an_order
from visualsearch import indexing, throttles
from visualsearch.tests.conftest import media, networks, valkey, worker  # noqa: F401 - fixtures
from visualsearch.tests.makers import photo

EXAMPLES = 12  # of each operation, in either mode
EXAMINED = settings(
    max_examples=EXAMPLES,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# What the schema cannot say: that a text is a cursor, that bytes are a picture, that a search is done.
NOT_CHECKED = ["positive_data_acceptance"]
OWN = {"cart", "orders"}  # asked with a customer's token


@pytest.fixture
def shop(worker, live_server, monkeypatch, django_user_model):  # noqa: F811
    """A shop where everything that an address can name is there: its address, and the names."""
    monkeypatch.setattr(throttles.RateThrottle, "rate", None, raising=False)  # there is no limit
    for colour in ("red", "blue"):
        product = VariantFactory(product=ProductFactory(name=f"{colour} thing", slug=f"{colour}-thing")).product
        indexing.index(pictures.add_picture(product, photo(colour)).pk)
    search = Client().post("/api/v1/searches/", {"photo": SimpleUploadedFile("photo.jpg", photo("red"))}).json()
    customer = django_user_model.objects.create(username="ada", email="ada@example.com")
    order = an_order(owner=customer)
    there = {"id": search["id"], "index": 1, "slug": "red-thing", "path": product.category.path}
    there |= {"sku": product.variants.get().sku, "number": order.number}
    return live_server.url, there, {"Authorization": f"Bearer {tokens.issue(customer, 'Phone')}"}


@pytest.mark.django_db(transaction=True)
def test_every_operation_keeps_to_the_schema(shop):
    address, there, token = shop
    load_all_checks()
    schema = schemathesis.openapi.from_url(f"{address}/api/v1/schema/?format=json")
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) >= 14
    operations.sort(key=lambda operation: operation.method == "delete")  # the search goes last
    wrong = []
    for operation in operations:
        for mode in modes(operation):
            try:
                examine(operation, mode, there, token if OWN & set(operation.path.split("/")) else None)
            except (Exception, BaseExceptionGroup) as error:
                wrong.append(f"{operation.label}, {mode.value}: {error}")
    assert not wrong, "\n\n".join(wrong)


def modes(operation):
    """Where only the address asks, there is nothing to get wrong."""
    asks = len(list(operation.iter_parameters())) > len(operation.path_parameters) or operation.body
    return list(GenerationMode) if asks else [GenerationMode.POSITIVE]


def examine(operation, mode, there, token):
    """Ask with addresses that lead somewhere; those that do not are in the tests of each view."""
    named = {parameter.name: there[parameter.name] for parameter in operation.path_parameters}

    @seed(1)
    @EXAMINED
    @given(operation.as_strategy(mode, path_parameters=named or None))
    def asked(case):
        case.call_and_validate(
            headers=token, excluded_checks=[schemathesis.checks.CHECKS.get_one(name) for name in NOT_CHECKED]
        )

    asked()
