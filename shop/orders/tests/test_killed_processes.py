"""A real gunicorn and a real Celery worker are killed again and again while guests buy: they try on, as people do, and
in the end each who could has bought once.
"""

import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from urllib.parse import urljoin

import psutil
import pytest
import requests
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from catalog.models import Variant
from catalog.tests.surroundings import of_a_process
from shop.cart.tests.makers import a_variant, shipping
from shop.embedded.server import free_port
from shop.orders import sweeping
from shop.orders.models import Order, OrderLine, OrderMail
from shop.orders.states import State
from shop.orders.tests.makers import ADDRESS
from shop.payments.models import Payment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("valkey")]

GUESTS, PIECES, AT_ONCE = 40, 34, 6
KILLS = 6
PATIENCE = 120  # seconds that a guest tries
PYTHON = (sys.executable, "-W", "ignore", "-m")
WEB = (*PYTHON, "gunicorn", "--config", "python:shop.gunicorn", "shop.wsgi")
WORKER = (*PYTHON, "celery", "--app", "shop.celery", "worker", "--queues", "index", "--pool", "solo")


class Processes:
    """A web server and a worker on the test's own data, and a way to kill all of them at once."""

    def __init__(self, folder):
        port, mails = free_port(), folder / "mail"
        self.address, self.log = f"http://127.0.0.1:{port}", folder / "processes.log"
        self.env = of_a_process(HOST="127.0.0.1", PORT=str(port), EMAIL_URL=f"filemail:///{mails}")
        self.running, self.sent = [], threading.Event()  # a form is on its way

    def start(self):
        with self.log.open("ab") as file:
            self.running = [
                subprocess.Popen(command, env=self.env, stdout=file, stderr=file) for command in (WEB, WORKER)
            ]

    def answers(self):
        """Wait until the web server does."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                return requests.get(f"{self.address}/healthz", timeout=5)
            except requests.RequestException:
                time.sleep(0.05)
        raise AssertionError(f"The shop does not open: {self.log.read_text()[-3000:]}")

    def kill(self):
        for process in self.running:
            for one in (psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)):
                one.send_signal(signal.SIGKILL)
            process.wait()


@contextmanager
def processes(folder):
    both = Processes(folder)
    both.start()
    try:
        yield both
    finally:
        both.kill()


class Guest:
    """Somebody with a browser: reloads what does not come, and sends again what was not answered."""

    def __init__(self, shop, number):
        self.shop, self.email, self.session = shop, f"guest-{number}@example.com", requests.Session()
        self.until, self.cut = time.monotonic() + PATIENCE, 0

    def ask(self, path, form=None, before=None):
        """The answer, however often it takes. `before` a form is sent again it says whether that is still to do."""
        while time.monotonic() < self.until:
            try:
                if form is None:
                    return self.session.get(urljoin(self.shop.address, path), timeout=20)
                self.shop.sent.set()
                return self.session.post(urljoin(self.shop.address, path), data=form, timeout=20)
            except requests.RequestException as error:
                self.cut += form is not None and "refused" not in str(error)  # it had been sent, or partly
                time.sleep(0.1)
                if before and not before():
                    return None
        raise AssertionError(f"{self.email} gave up at {path}: {self.shop.log.read_text()[-3000:]}")

    def buys(self, variant):
        """Whether it could be had."""
        page = self.ask(f"/product/{variant.product.slug}/")
        form = {"variant": variant.pk, "quantity": 1, "csrfmiddlewaretoken": said(page, "csrfmiddlewaretoken")}
        self.ask("/cart/add/", form, before=lambda: 'name="agreed"' not in self.ask(reverse("checkout")).text)
        page = self.ask(reverse("checkout"))
        if 'name="agreed"' not in page.text:
            return False  # sold out meanwhile
        form = {name: said(page, name) for name in ("csrfmiddlewaretoken", "key", "agreed", "method")}
        page = self.ask(reverse("checkout"), ADDRESS | form | {"email": self.email, "payment": "trial", "order": "1"})
        if "/order" not in page.url and "/pay" not in page.url:
            return False
        while "Thank you for your order" not in page.text:
            assert time.monotonic() < self.until, f"{self.email} cannot pay at {page.url}"
            token = {"csrfmiddlewaretoken": said(page, "csrfmiddlewaretoken")}
            if 'name="end"' in page.text:
                page = self.ask(page.url, token | {"end": "pay"})
            else:
                page = self.ask(f"{page.url.rstrip('/')}/pay/", token | {"payment": "trial"})
        return True


def said(page, name):
    """The value of a hidden or chosen field."""
    fields = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page.text)
    chosen = next((field for field in fields if "checked" in field), fields[0] if fields else "")
    return re.search(r'value="([^"]*)"', chosen)[1]


def test_each_who_could_has_bought_once(tmp_path):
    shipping()
    variant = a_variant(stock=PIECES)
    guests, moments, over, kills = [], Random(5), threading.Event(), []
    with processes(tmp_path) as both:

        def killed_now_and_then():
            while not over.is_set() and len(kills) < KILLS:
                both.answers()
                over.wait(0.2 + 0.6 * moments.random())
                both.sent.clear()
                both.sent.wait(5)  # so that something is at work, however slow the machine
                over.wait(0.04 * moments.random())
                both.kill()
                kills.append(time.monotonic())
                both.start()

        killer = threading.Thread(target=killed_now_and_then)
        killer.start()
        try:
            with ThreadPoolExecutor(AT_ONCE) as crowd:
                guests = [Guest(both, number) for number in range(GUESTS)]
                bought = list(crowd.map(lambda guest: guest.buys(variant), guests))
        finally:
            over.set()
            killer.join()
    OrderMail.objects.update(created=timezone.now() - timedelta(minutes=1))
    sweeping.sweep()
    assert len(kills) > 2
    assert sum(guest.cut for guest in guests) > 0  # what was killed was at work
    assert sum(bought) == PIECES
    assert list(Order.objects.values_list("state", flat=True)) == [State.PAID] * PIECES
    assert Order.objects.values("email").distinct().count() == PIECES
    assert OrderLine.objects.aggregate(pieces=Sum("quantity"))["pieces"] == PIECES
    assert Variant.objects.get().stock == 0
    assert Payment.objects.exclude(settled=None).count() == PIECES
    assert list((tmp_path / "mail").glob("*.log"))  # the real worker's
    for kind in ("placed", "paid"):
        assert OrderMail.objects.filter(kind=kind).exclude(sent=None).count() == PIECES
