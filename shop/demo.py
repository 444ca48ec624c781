"""`make demo`: the whole shop on this machine, filled with an example catalogue, until Ctrl-C."""

import fcntl
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import psutil
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from catalog import studio
from catalog.album import Album
from catalog.demo import Source
from catalog.drawn import Drawn
from catalog.models import Product
from shop import embedded
from shop.prices import example
from shop.rehearsal import rehearse
from shop.supervision import Process, Supervisor, end_left_behind
from visualsearch import thresholds, versions
from visualsearch.ml.weights import WeightsError

RUN = embedded.VAR_DIR / "run"
LOGS = embedded.VAR_DIR / "log"
NOTE = RUN / "filling"  # there while the shop is being filled, with the place of the photos if it is with photos
FIRST = 24  # products that are there when the shop opens
STREET = embedded.VAR_DIR / "street-photos"
STREET_PHOTOS = 6
PAUSE = 0.5  # seconds between two looks at the processes


class Refused(SystemExit):
    """A sentence for the person at the terminal: the demo cannot run here now."""


@dataclass(frozen=True)
class Address:
    """Where the web server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"http://{'127.0.0.1' if self.host == '0.0.0.0' else self.host}:{self.port}"  # noqa: S104 - as asked for

    def claim(self) -> None:
        """Raises Refused if the server could not listen here."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                why = f"Port {self.port} of {self.host} cannot be had ({error.strerror})."
                raise Refused(f"{why} Choose another: make demo PORT={self.port + 1}") from None

    def names(self) -> str:
        """What a browser may call the shop: for ALLOWED_HOSTS."""
        cards = psutil.net_if_addrs().values()
        own = [card.address for addresses in cards for card in addresses if card.family == socket.AF_INET]
        return ",".join(dict.fromkeys(["localhost", "127.0.0.1", "[::1]", self.host, socket.gethostname(), *own]))


def run(address: Address, source: Source | None, *, products: int, console: Console) -> None:
    """Opens the shop at `address` and keeps it open until Ctrl-C or SIGTERM.

    An empty shop is filled with `source`, or else with `products` drawn ones. Raises SystemExit with a sentence.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a shell's background job ignores the first
        signal.signal(number, signal.default_int_handler)
    with _only_one(address):
        if left := end_left_behind(RUN / "demo.json"):
            console.print(f"The last demo was killed; its {left} processes, which had stayed, are ended.")
        address.claim()
        try:
            _open(address, source, products=products, console=console)
        except KeyboardInterrupt:
            console.print("\nThe shop is closed. `make demo` opens it again, with all it has.")


def _open(address: Address, source: Source | None, *, products: int, console: Console) -> None:
    call_command("migrate", verbosity=0)
    example.fill()
    _ensure_admin(console)
    _hand_down(address)
    source = source or _unfinished(products)
    if isinstance(source, Drawn):
        _know_drawings()
    with Supervisor(processes(), logs=LOGS, record=RUN / "demo.json") as supervisor, _progress(console) as progress:
        filling = _fill(source, progress)
        for _ in islice(filling, FIRST):
            supervisor.watch()
        progress.console.print("Waiting for the first search to be answered ...")
        rehearse(str(address), watch=supervisor.watch)
        progress.console.print(f"\n[bold]The shop is open: {address}/[/bold]")
        progress.console.print(f"For its keeper: {address}/admin/   Ctrl-C closes it.")
        if folder := getattr(settings, "EMAIL_FILE_PATH", None):
            progress.console.print(f"What it mails: {folder}")
        progress.console.print()
        _offer_street_photos(source, progress.console)
        for _ in filling:
            _watch(supervisor, progress.console)
        while True:
            _watch(supervisor, console)
            time.sleep(PAUSE)


def _know_drawings() -> None:
    """Lets the shop say "we may not have this": how near its drawings come to each other is known.

    Raises Refused where the networks that the settings name cannot be had.
    """
    try:
        versions.announce()
    except WeightsError as error:
        raise Refused(str(error)) from None
    thresholds.take_those_of_drawings()


def _offer_street_photos(source: Source | None, console: Console) -> None:
    """Says where photos to try the search with lie; draws them when the shop's first products are drawn."""
    if isinstance(source, Drawn) and len(source) >= FIRST and not STREET.exists():
        studio.save_street_photos(STREET, source.seed, STREET_PHOTOS, seed=1, among=FIRST)
    if STREET.exists():
        console.print(f"Street photos to search with: {STREET}\n")


def processes() -> list[Process]:
    """What the shop consists of, besides PostgreSQL and Valkey."""
    python = sys.executable
    celery = (python, "-m", "celery", "--app", "shop.celery")
    return [
        Process("worker-search", (*celery, *worker("search"))),
        Process("worker-index", (*celery, *worker("index")), nice=10),  # people who search come first
        Process("beat", (*celery, "beat", "--schedule", str(RUN / "beat")), nice=10),
        Process("web", (python, "-m", "gunicorn", "--config", "python:shop.gunicorn", "shop.wsgi")),
    ]


def worker(queue: str) -> tuple[str, ...]:
    """The arguments of a worker of one queue: one process, as model libraries do not survive a fork."""
    alone = ("--pool", "solo", "--without-gossip", "--without-mingle")
    return ("worker", "--queues", queue, "--hostname", f"{queue}@%h", *alone)


def _watch(supervisor: Supervisor, console: Console) -> None:
    for name in supervisor.watch():
        console.print(f"{name} had ended and is started again; {supervisor.log(name)} may say why.")


def _hand_down(address: Address) -> None:
    """What the children find in their environment."""
    os.environ["HOST"], os.environ["PORT"] = address.host, str(address.port)
    for name, value in {
        "DATABASE_URL": embedded.database_url(),
        "REDIS_URL": embedded.redis_url(),
        "ALLOWED_HOSTS": address.names(),
    }.items():
        os.environ[name] = os.environ.get(name) or value


def _ensure_admin(console: Console) -> None:
    """Makes the user `admin` if nobody can enter the keeper's side yet, and tells the password this once."""
    users = get_user_model().objects
    if users.filter(is_superuser=True).exists():
        return
    password = secrets.token_urlsafe(9)
    users.create_superuser("admin", password=password)
    console.print(f"The keeper's account, told only now: user [bold]admin[/bold], password [bold]{password}[/bold]")


def _unfinished(products: int) -> Source | None:
    """What an empty shop is to be filled with, or what filling was interrupted."""
    if NOTE.exists() and (photos := NOTE.read_text()) and Path(photos).exists():
        return Album(Path(photos))
    return Drawn(products) if NOTE.exists() or not Product.objects.exists() else None


def _fill(source: Source | None, progress: Progress) -> Iterator[None]:
    """Fills the shop product by product; a note under var/run stays until all are there."""
    if source is None:
        return
    NOTE.write_text(str(source.place) if isinstance(source, Album) else "")
    task = progress.add_task(source.verb, total=len(source))
    for entry in source:
        if entry.problem:
            progress.console.print(f"Left out {entry.name}: {entry.problem}")
        progress.advance(task)
        yield
    NOTE.unlink()


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console)


@contextmanager
def _only_one(address: Address) -> Iterator[None]:
    """Holds the demo's lock. The kernel frees it with the process, so it is never stale. Raises Refused."""
    with (RUN / "demo.lock").open("a+") as lock:
        lock.seek(0)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            where = lock.read() or "it is just starting"
            raise Refused(f"The demo already runs here: {where}. Stop it there with Ctrl-C first.") from None
        lock.truncate(0)
        lock.write(f"{address} (process {os.getpid()})")
        lock.flush()
        yield
        lock.truncate(0)
