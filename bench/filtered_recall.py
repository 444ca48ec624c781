"""How many of the true 20 nearest a filtered list holds, and how long it takes, on a large gallery.

`python bench/filtered_recall.py` makes a database of its own on the shop's server, gone afterwards, and fills it with
regions of one position: unit vectors in clusters, two to a product, whose brand, colour, size and category leave a
half, a tenth, a hundredth and a thousandth of the products. It asks as the pages do, through
`visualsearch.search.nearest_of_each`, and holds the answers against arithmetic over all vectors. Exits with 1 where
recall is below the aim. `--regions 4000` is for a quick try; `--exact-up-to 500` makes a small gallery use its graph.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

from shop import embedded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from catalog.filters import Filters
    from visualsearch.models import PhotoRegion

TOP, AIM = 20, 0.99
DIMENSION, POSITION = 512, "upper"
VIEWS = 2  # regions of a product
CLUSTER = 50  # products that look alike
APART, VIEWED = 0.6, 0.3  # length of what sets a product apart from its cluster, and a view from its product
BATCH = 5000
MEMORY = "1GB"  # for building the graph


class Narrowing(NamedTuple):
    """A filter, and which products pass it (P,)."""

    name: str
    filters: Filters
    passing: NDArray[np.bool_]


class Gallery(NamedTuple):
    """What is in the database, as arrays: ids (P,), vectors (P, VIEWS, DIMENSION) as stored, and the filters."""

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]
    narrowings: list[Narrowing]


def directions(count: int, draw: np.random.Generator) -> NDArray[np.float32]:
    """Unit vectors by chance (count, DIMENSION)."""
    vectors = draw.standard_normal((count, DIMENSION), np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors of length 1, as the table keeps them."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / lengths).astype(np.float16).astype(np.float32)


def fill(regions: int, draw: np.random.Generator) -> Gallery:
    """Products, their variants, pictures and regions; the graph is built once they are there."""
    from django.db import connection

    from catalog.categories import shelf
    from catalog.filters import NO_FILTERS, Filters
    from catalog.models import Product, ProductImage, Variant
    from visualsearch.models import ModelVersion, Region, Stage

    count = max(1, regions // VIEWS)
    centres = directions(-(-count // CLUSTER), draw)
    things = centres[draw.integers(len(centres), size=count)] + APART * directions(count, draw)
    views = [things + VIEWED * directions(count, draw) for _ in range(VIEWS)]
    vectors = unit(np.stack(views, 1))  # (P, VIEWS, DIMENSION)
    half, tenth, hundredth, thousandth = (draw.random(count) < share for share in (0.5, 0.1, 0.01, 0.001))
    thousandth[:1] = True  # not none

    version = ModelVersion.objects.create(name="bench", detector="d", embedder="e", state=Stage.ACTIVE)
    graph = next(index for index in Region._meta.indexes if index.name == f"region_{POSITION}_hnsw")
    with connection.schema_editor() as editor:
        editor.remove_index(Region, graph)
    rare, usual = shelf(["Rare"]), shelf(["Usual"])
    ids = list[int]()
    for at in batches(count):
        products = Product.objects.bulk_create(
            Product(
                category=rare if thousandth[n] else usual, slug=f"p{n}", name=f"Product {n}", status="published",
                brand="Half" if half[n] else "Other",
            )
            for n in at
        )  # fmt: skip
        ids += [product.pk for product in products]
        Variant.objects.bulk_create(
            Variant(
                product=product, sku=f"s{n}", price=20, stock=1, colour="tenth" if tenth[n] else "other",
                size="hundredth" if hundredth[n] else "other",
            )
            for n, product in zip(at, products, strict=True)
        )  # fmt: skip
        for view in range(VIEWS):
            images = ProductImage.objects.bulk_create(
                ProductImage(product=product, file="x", sha256=f"{n * VIEWS + view:064}", width=1, height=1)
                for n, product in zip(at, products, strict=True)
            )
            frame = {"x1": 0, "y1": 0, "x2": 1, "y2": 1, "score": 1, "position": POSITION, "ordinal": 1}
            Region.objects.bulk_create(
                (
                    Region(image=image, version=version, embedding=vectors[n, view], **frame)
                    for n, image in zip(at, images, strict=True)
                ),
                batch_size=1000,
            )
    with connection.cursor() as cursor:
        cursor.execute(f"SET maintenance_work_mem = '{MEMORY}'")
        with connection.schema_editor() as editor:
            editor.add_index(Region, graph)
        cursor.execute("VACUUM ANALYZE")
    narrowings = [
        Narrowing("all", NO_FILTERS, np.ones(count, bool)),
        Narrowing("50%", Filters(brand=("half",)), half),
        Narrowing("10%", Filters(colour=("tenth",)), tenth),
        Narrowing("1%", Filters(size=("hundredth",)), hundredth),
        Narrowing("0.1%", Filters(category="rare"), thousandth),
    ]
    return Gallery(np.array(ids), vectors, narrowings)


def batches(count: int) -> Iterator[range]:
    """The numbers up to count, some thousands at a time."""
    for begin in range(0, count, BATCH):
        yield range(begin, min(begin + BATCH, count))


def asked(gallery: Gallery, count: int, draw: np.random.Generator) -> list[PhotoRegion]:
    """Photos of products of the gallery, each by another view."""
    from visualsearch.models import ModelVersion, PhotoRegion, PhotoSearch, State

    search = PhotoSearch.objects.create(version=ModelVersion.objects.get(), width=1, height=1, state=State.DONE)
    chosen = draw.integers(len(gallery.ids), size=count)
    views = unit(gallery.vectors[chosen].mean(1) + VIEWED * directions(count, draw))
    frame = {"x1": 0, "y1": 0, "x2": 1, "y2": 1, "score": 1, "position": POSITION}
    return PhotoRegion.objects.bulk_create(
        PhotoRegion(search=search, ordinal=n, embedding=view, **frame) for n, view in enumerate(views)
    )


def truth(gallery: Gallery, query: NDArray[np.float32], passing: NDArray[np.bool_]) -> set[int]:
    """The TOP nearest of the products that pass, by their nearest view."""
    scores = (gallery.vectors @ query).max(1)
    scores[~passing] = -np.inf
    best = np.argsort(-scores, kind="stable")[: min(TOP, int(passing.sum()))]
    return set(gallery.ids[best].tolist())


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds and the result."""
    begin = time.perf_counter()
    result = work()
    return 1000 * (time.perf_counter() - begin), result


def measure(gallery: Gallery, regions: list[PhotoRegion]) -> bool:
    """Print a line for each filter; whether each holds the aim."""
    from visualsearch import search, search_facets
    from visualsearch.search import Ask, nearest_of_each

    print(f"{'filter':8}{'products':>10}{'by':>8}{'recall@20':>11}{'worst':>8}{'median':>10}{'95%':>9}{'facets':>9}")
    fine = True
    for name, filters, passing in gallery.narrowings:
        recalls, times, counts = [], [], []
        nearest_of_each([Ask(regions[0], TOP, filters=filters)])
        for region in regions:
            query = np.asarray(region.embedding, np.float32)
            exact = truth(gallery, query, passing)
            took, [page] = timed(lambda r=region, f=filters: nearest_of_each([Ask(r, TOP, filters=f)]))  # type: ignore[misc]
            recalls.append(len({hit.product.pk for hit in page.hits} & exact) / max(1, len(exact)))
            times.append(took)
            floor = float(np.sort((gallery.vectors @ query).max(1))[-min(500, len(passing))])
            counts.append(timed(lambda r=region, f=filters, s=floor: search_facets.counts(r, filters=f, floor=s))[0])  # type: ignore[misc]
        by, recall = "exact" if search.few(regions[0], filters) else "graph", statistics.mean(recalls)
        fine &= recall >= AIM
        late = statistics.quantiles(times, n=20)[-1]
        print(
            f"{name:8}{int(passing.sum()):10}{by:>8}{recall:11.4f}{min(recalls):8.2f}{statistics.median(times):7.1f} ms"
            f"{late:6.1f} ms{statistics.median(counts):6.1f} ms",
            flush=True,
        )
    return fine


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--regions", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--exact-up-to", type=int, help="surviving rows; the shop's own number unless given")
    given = parser.parse_args()
    with embedded.services():
        import django

        django.setup()
        from visualsearch import search
        from visualsearch.management.commands._trial_shop import trial_shop

        if given.exact_up_to is not None:
            search.EXACT_UP_TO = given.exact_up_to
        draw = np.random.default_rng(1)
        with trial_shop():
            took, gallery = timed(lambda: fill(given.regions, draw))
            print(f"{given.regions} regions, {len(gallery.ids)} products, filled in {took / 1000:.0f} s")
            fine = measure(gallery, asked(gallery, max(2, given.questions), draw))
    print(f"Recall of at least {AIM} with every filter: {'yes' if fine else 'NO'}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
