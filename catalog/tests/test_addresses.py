"""Addresses with a slug are those that `reverse` gives, sooner."""

import pytest
from django.urls import reverse, set_script_prefix

from catalog.addresses import address


@pytest.mark.parametrize("name", ["product", "product-similar", "cart-sizes"])
def test_are_as_reverse_gives_them(name):
    for slug in ("a", "nora-coat_2", "0"):
        assert address(name, slug) == reverse(name, args=[slug])


def test_lie_below_the_shop_wherever_that_is():
    plain = address("product", "hat")
    try:
        set_script_prefix("/shop/")
        assert address("product", "hat") == reverse("product", args=["hat"]) == f"/shop{plain}"
    finally:
        set_script_prefix("/")
