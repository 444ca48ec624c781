"""How long a search with one photo takes, from POST to rendered results, over the bare work of decoder and networks.

`python bench/search_latency.py` starts a web server and a worker on the shop's own database, as `make demo` does, asks
warm, and stops them. With `--address` it asks a shop that runs already, whose limit of searches a minute is then in the
way. Both are measured in turns, so that whatever else the machine does is in both. Prints the medians, the 95th
percentiles, their ratio, and the resident memory of the processes it started.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import os
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

from shop import embedded
from shop.embedded.server import free_port

BORDER = "a-border-between-the-parts-of-a-form"
AIM = 1.5  # whole over bare, at the median
WEB_MB, WORKER_MB = 120, 600  # resident memory of a process, at most


@dataclass
class Shop:
    """A connection that is kept open, as a browser's, with the token that forms carry."""

    address: str
    cookie: str = ""
    token: str = ""
    waits: int = field(default=0)  # pages that said "still looking"

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)

    def enter(self) -> None:
        """Read the home page, for the form's token."""
        answer, page = self._ask("GET", "/")
        self.cookie = answer.getheader("Set-Cookie", "").split(";")[0]
        self.token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.decode())[1]  # type: ignore[index]

    def search(self, photo: bytes) -> str:
        """Send the photo, follow to its results, and give the page."""
        parts = [("csrfmiddlewaretoken", self.token.encode(), ""), ("photo", photo, '; filename="p.jpg"')]
        body = b"".join(
            f'--{BORDER}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"
            for name, value, more in parts
        )
        headers = {"Content-Type": f"multipart/form-data; boundary={BORDER}"}
        answer, page = self._ask("POST", "/search/", body + f"--{BORDER}--\r\n".encode(), headers)
        if answer.status != 303:
            raise SystemExit(f"The shop answered {answer.status} to the photo: {page[:300].decode(errors='replace')}")
        while True:
            _, page = self._ask("GET", answer.getheader("Location", ""))
            if b"data-waiting" not in page:
                return page.decode()
            self.waits += 1

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self.connection.request(method, path, body, {"Cookie": self.cookie, **(headers or {})})
        answer = self.connection.getresponse()
        return answer, answer.read()


def bare_work(photo: bytes) -> Callable[[], tuple[float, float, float]]:
    """A function that decodes, detects and embeds once, and gives the milliseconds of each."""
    from catalog import images
    from visualsearch import photos, pipeline, versions
    from visualsearch.ml import transforms

    detector, embedder = pipeline.models_in_process(versions.serving())

    def work() -> tuple[float, float, float]:
        begin = time.perf_counter()
        picture = photos.bounded(images.accept(photo, side=photos.LONGEST).image)
        decoded = time.perf_counter()
        items = detector.detect(picture)[: pipeline.MOST_ITEMS]
        detected = time.perf_counter()
        embedder.embed([picture, *(transforms.crop(picture, item.box, transforms.MARGIN) for item in items)])
        embedded_at = time.perf_counter()
        return 1000 * (decoded - begin), 1000 * (detected - decoded), 1000 * (embedded_at - detected)

    return work


@contextmanager
def a_shop() -> Iterator[tuple[str, dict[str, int]]]:
    """A web server and a worker of this tree, on the shop's own data, for the length of the block: address and pids."""
    port = free_port()
    os.environ |= {"HOST": "127.0.0.1", "PORT": str(port), "API_SEARCHES_PER_ADDRESS": "1000000/min"}
    os.environ |= {"DATABASE_URL": embedded.database_url(), "REDIS_URL": embedded.redis_url()}
    import django

    django.setup()
    from shop.demo import processes
    from shop.supervision import Supervisor

    wanted = [process for process in processes() if process.name in ("web", "worker-search")]
    folder = embedded.VAR_DIR / "bench"
    record = folder / "processes.json"
    with Supervisor(wanted, logs=folder, record=record):
        pids = map(int, json.loads(record.read_text()))
        yield f"http://127.0.0.1:{port}", dict(zip([process.name for process in wanted], pids, strict=True))


def a_photo() -> bytes:
    """A street photo of the studio, as a phone's browser sends it."""
    from catalog import studio

    file = io.BytesIO()
    studio.street_photo(1, 42, 240, width=1200).image.save(file, "JPEG", quality=90)
    return file.getvalue()


def until_open(shop: Shop, photo: bytes, seconds: float = 60) -> None:
    """Search until a search is answered with products."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            shop.enter()
            if "/product/" in shop.search(photo):
                return
            raise SystemExit("The search finds no products. Fill the shop first: make demo, or manage.py load_demo.")
        except OSError:
            shop.connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)


def measure(address: str, photo: bytes, rounds: int) -> None:
    """Whole and bare in turns, and print both."""
    work, shop = bare_work(photo), Shop(address)
    until_open(shop, photo)
    for _ in range(5):
        work(), shop.search(photo)
    shop.waits = 0
    parts, whole = [], []
    for _ in range(rounds):
        parts.append(work())
        begin = time.perf_counter()
        shop.search(photo)
        whole.append(1000 * (time.perf_counter() - begin))
    bare = [sum(each) for each in parts]
    for name, column in zip(("decode", "detector", "embedder"), zip(*parts, strict=True), strict=True):
        print(f"{name:28}{statistics.median(column):8.1f} ms")
    print(f"{'bare sum':28}{statistics.median(bare):8.1f} ms   95%: {percentile(bare):.1f} ms")
    print(f"{'POST to rendered results':28}{statistics.median(whole):8.1f} ms   95%: {percentile(whole):.1f} ms")
    ratio = statistics.median(whole) / statistics.median(bare)
    print(f"{'ratio':28}{ratio:8.2f}      95%: {percentile(whole) / percentile(bare):.2f}   (aim at the median: {AIM})")
    print(f"{rounds} rounds, {len(photo) / 1000:.0f} kB; {shop.waits} times the page had to ask again")


def percentile(values: list[float]) -> float:
    """The 95th."""
    return statistics.quantiles(values, n=20)[-1]


def print_memory(pids: dict[str, int]) -> None:
    """Resident memory of each process, and of the web server's children."""
    import psutil

    for name, pid in pids.items():
        some = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        aim = WEB_MB if name == "web" else WORKER_MB
        sizes = ", ".join(f"{one.memory_info().rss / 1e6:.0f}" for one in some)
        print(f"{name:28}{sizes} MB resident   (aim: {aim} MB a process)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", help="of a shop that runs already")
    parser.add_argument("--photo", type=Path, help="a picture, instead of a drawn street photo")
    parser.add_argument("--rounds", type=int, default=60)
    asked = parser.parse_args()
    with embedded.services():
        import django

        if asked.address:
            django.setup()
            measure(asked.address, asked.photo.read_bytes() if asked.photo else a_photo(), asked.rounds)
            return
        with a_shop() as (address, pids):
            measure(address, asked.photo.read_bytes() if asked.photo else a_photo(), asked.rounds)
            print_memory(pids)


if __name__ == "__main__":
    main()
