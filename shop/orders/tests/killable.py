"""A process of the shop that kills itself, as a power cut does, at a named place between a cart and a paid order.

python -m shop.orders.tests.killable PLACE STEP, with what the step needs as JSON on standard input
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import django

PLACES = {  # what is killed: before it begins, or right after it ended
    "before stock is taken": ("catalog.stock", "take", "before"),
    "after stock was taken": ("catalog.stock", "take", "after"),
    "after the order was placed": ("shop.orders.checkoutviews", "place_order", "after"),
    "after the payment began": ("shop.payments.paying", "begin", "after"),
    "before the payment is settled": ("shop.payments.settling", "settle", "before"),
    "while the order becomes paid": ("shop.orders.moves", "_go", "after"),
    "after the payment was settled": ("shop.payments.settling", "settle", "after"),
    "before the e-mail is sent": ("shop.orders.mails", "message", "before"),
    "after the e-mail was sent": ("django.core.mail.EmailMessage", "send", "after"),
    "before the provider is asked": ("shop.payments.providers.trial.TrialProvider", "refund", "before"),
    "after the provider gave back": ("shop.payments.refunds", "_done", "before"),
    "while the refund is written down": ("shop.orders.mails", "write", "after"),
}


def die() -> NoReturn:
    """As by the power cut."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def trap(place: str) -> None:
    """Put death where it was asked for."""
    from django.utils.module_loading import import_string

    owner, name, when = PLACES[place]
    home: Any = sys.modules.get(owner) or _imported(owner, import_string)
    real: Callable[..., Any] = getattr(home, name)

    def trapped(*args: Any, **kwargs: Any) -> NoReturn:
        if when == "after":
            real(*args, **kwargs)
        die()

    setattr(home, name, trapped)


def _imported(owner: str, import_string: Callable[[str], Any]) -> Any:
    import importlib

    try:
        return importlib.import_module(owner)
    except ModuleNotFoundError:
        return import_string(owner)


def step(name: str, given: dict[str, Any]) -> None:
    """What the process does: a request to the web, or a worker's task."""
    from django.conf import settings
    from django.test import Client

    from shop.orders import mails
    from shop.payments import refunds

    client = Client(headers={"host": "localhost"})
    client.cookies[settings.SESSION_COOKIE_NAME] = given.get("session", "")
    if name == "web":
        client.post(given["address"], given["form"])
    elif name == "mail":
        mails.send(given["pk"])
    elif name == "refund":
        refunds.carry_out(given["pk"])


if __name__ == "__main__":
    django.setup()

    trap(sys.argv[1])
    step(sys.argv[2], json.load(sys.stdin))
