"""Orders are placed without a worker at hand, unless a test asks for one."""

import pytest

from shop.orders import tasks
from shop.payments import tasks as payment_tasks
from visualsearch.tests.conftest import media, valkey  # noqa: F401 - fixtures


@pytest.fixture(autouse=True)
def sent(monkeypatch):
    """What is sent to the workers, who do nothing yet: names and ids."""
    told = []
    monkeypatch.setattr(tasks.send_mail, "delay_on_commit", lambda pk: told.append(("mail", pk)))
    monkeypatch.setattr(payment_tasks.refund, "delay_on_commit", lambda pk: told.append(("refund", pk)))
    return told
