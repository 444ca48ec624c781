"""What keepers of each kind may do. The groups are made by `migrate`; who is in them, the owner says in the admin.

A group gets what it lacks at each `migrate`, and nothing is ever taken from it: an owner may add to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.apps import AppConfig

CATALOGUE, ORDERS, OWNER = "Catalogue", "Orders", "Owner"

# Of each app's label, permissions by their codename; * stands for all.
ROLES: dict[str, dict[str, tuple[str, ...]]] = {
    # Products are archived, not deleted: what was sold must stay to be found.
    CATALOGUE: {
        "catalog": (
            *("add_category", "change_category", "delete_category", "view_category"),
            *("add_product", "change_product", "view_product"),
            *("add_variant", "change_variant", "delete_variant", "view_variant"),
            *("add_productimage", "change_productimage", "delete_productimage", "view_productimage"),
            *("add_sizeguide", "change_sizeguide", "delete_sizeguide", "view_sizeguide"),
            *("add_importrun", "view_importrun", "view_stockchange"),
        ),
        "visualsearch": ("view_finding", "view_indexing", "view_modelversion", "view_tally"),
        "reviews": ("change_review", "delete_review", "view_review"),
    },
    ORDERS: {
        "orders": ("change_order", "view_order"),
        "shop_payments": ("change_payment", "view_payment"),
        "catalog": ("view_product", "view_variant", "view_stockchange"),
        "prices": ("view_shippingmethod", "view_taxrate", "view_voucher"),
    },
    OWNER: {
        **dict.fromkeys(
            ("catalog", "visualsearch", "prices", "cart", "orders", "shop_payments", "accounts", "reviews", "wishes"),
            ("*",),
        ),
        "auth": ("add_user", "change_user", "view_user", "view_group"),
    },
}


def ensure(sender: AppConfig, **_: Any) -> None:
    """After an app is migrated: give the groups what they may do with its tables."""
    from django.contrib.auth.models import Group, Permission

    for role, apps in ROLES.items():
        if codenames := apps.get(sender.label):
            permissions = Permission.objects.filter(content_type__app_label=sender.label)
            if codenames != ("*",):
                permissions = permissions.filter(codename__in=codenames)
            Group.objects.get_or_create(name=role)[0].permissions.add(*permissions)
