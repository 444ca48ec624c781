"""How long the pages of a large shop take: server time, from the request to the rendered answer.

`python bench/pages.py` makes a database of its own on the shop's server, gone afterwards, and fills it with 100,000
products of the studio's designs, three pictures and four variants each, none of them drawn. Each kind of page is asked
at many addresses through Django's own client, without a network. Printed are the median and the 95th percentile of each
kind, and the median over that of a page that asks nothing of the database. Counts of long lists are kept for minutes,
those of long shelves before anybody asks: `first` is the slowest of a kind's first askings, with nothing else kept.
`--products 5000` is for a quick try. Exits with 1 where shelves or words miss their aim.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

from shop import embedded

DESIGNS = 2_000  # of the studio; each is sold many times over, under another number
MEDIAN, LATE = 50, 150  # ms, for shelves and words
AIMED = ("shelf", "shelf, narrowed", "shelf, page 50", "one word", "two words", "a slip", "words, narrowed", "nothing")

PRODUCTS = """
    INSERT INTO catalog_product (category_id, slug, name, description, brand, tags, status, created, updated)
    SELECT category_id, slug || '-' || n, name || ' ' || n, description, brand, '{}', 'published',
        now() - random() * interval '700 days', now()
    FROM design CROSS JOIN generate_series(1, %s) AS n
"""
VARIANTS = """
    INSERT INTO catalog_variant (product_id, sku, size, colour, price, price_before, stock, weight, position)
    SELECT product.id, upper(product.slug) || '-' || at, offer.size, offer.colour, offer.price, offer.was,
        (random() * 5)::int, 300, at
    FROM catalog_product AS product JOIN design ON starts_with(product.slug, design.slug || '-')
        AND length(product.slug) - length(design.slug) <= 4 AND product.category_id = design.category_id
    JOIN offer ON offer.design = design.id CROSS JOIN LATERAL (SELECT offer.place AS at) AS placed
"""
PICTURES = """
    INSERT INTO catalog_productimage
        (product_id, file, sha256, source_sha256, width, height, position, colour, alt, uploaded)
    SELECT id, 'x.jpg', encode(sha256((id * 3 + n)::text::bytea), 'hex'), '', 960, 1200, n, '', '', now()
    FROM catalog_product CROSS JOIN generate_series(0, 2) AS n
"""
TRIGGERS = ("catalog_product", "catalog_variant")


def fill(products: int) -> None:
    """Rows as the keeper's own would be; the listing is made once they are there."""
    from django.db import connection

    from catalog import studio
    from catalog.categories import shelf

    designs = [studio.design(1, index) for index in range(min(DESIGNS, products))]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE design (id int, category_id bigint, slug text, name text, description text, brand text)"
        )
        cursor.execute(
            "CREATE TEMP TABLE offer (design int, place int, size text, colour text, price numeric, was numeric)"
        )
        for d in designs:
            row: list[Any] = [d.index, shelf(d.category).pk, f"{d.slug}-{d.index}", d.name, d.description, d.brand]
            cursor.execute("INSERT INTO design VALUES (%s, %s, %s, %s, %s, %s)", row)
            choices = [(c.name, size) for c in d.colourways for size in d.sizes]
            some = random.Random(d.index).sample(choices, min(4, len(choices)))
            for place, (colour, size) in enumerate(some):
                offer: list[Any] = [d.index, place, size, colour, d.price, d.was]
                cursor.execute("INSERT INTO offer VALUES (%s, %s, %s, %s, %s, %s)", offer)
        for table in TRIGGERS:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(PRODUCTS, [-(-products // len(designs))])
        cursor.execute(VARIANTS)
        cursor.execute(PICTURES)
        for table in TRIGGERS:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SELECT catalog_list(ARRAY(SELECT id FROM catalog_product))")
        tables = ("product", "variant", "productimage")
        cursor.execute("SELECT " + ", ".join(f"(SELECT count(*) FROM catalog_{name})" for name in tables))
        print("{} products, {} variants, {} pictures".format(*cursor.fetchone()))
        connection.commit()
        cursor.execute("VACUUM ANALYZE")


def addresses(rounds: int) -> Iterator[tuple[str, list[str]]]:
    """Kinds of pages, each with many addresses, the same in every run."""
    from catalog.models import Category, Product

    draw = random.Random(1)
    shelves = [category.get_absolute_url() for category in Category.objects.order_by("path")]
    slugs = list(
        Product.objects.order_by("pk").values_list("slug", flat=True)[:: max(1, Product.objects.count() // rounds)]
    )
    words = [
        "shirt",
        "dress",
        "jeans",
        "linen",
        "blue",
        "striped",
        "coat",
        "wool",
        "skirt",
        "jacket",
        "cotton",
        "bag",
        "red",
        "floral",
        "tee",
        "black",
    ]
    slips = ["shrit", "drses", "jaens", "jakcet", "cotten", "srtiped", "stripd", "swaeter"]
    narrowed = [
        "colour=Ink",
        "size=M",
        "in_stock=1",
        "on_sale=1",
        "colour=Rust&size=L",
        "price=50-75",
        "min_price=30&in_stock=1",
    ]

    def some(make: object) -> list[str]:
        return [make() for _ in range(rounds)]  # type: ignore[operator]

    yield "nothing asked (reference)", ["/offline/"] * rounds
    yield "home", ["/"] * rounds
    yield "shelf", some(lambda: draw.choice(shelves))
    yield (
        "shelf, narrowed",
        some(lambda: f"{draw.choice(shelves)}?{draw.choice(narrowed)}&sort={draw.choice(['', 'price'])}"),
    )
    yield "shelf, page 50", some(lambda: f"{draw.choice(shelves)}?page=50")
    yield "one word", some(lambda: f"/find/?q={draw.choice(words)}")
    yield "two words", some(lambda: f"/find/?q={draw.choice(words)}+{draw.choice(words)}")
    yield "a slip", some(lambda: f"/find/?q={draw.choice(slips)}")
    yield "words, narrowed", some(lambda: f"/find/?q={draw.choice(words)}&{draw.choice(narrowed)}")
    yield "nothing", some(lambda: f"/find/?q=qx{draw.randrange(10**6)}")
    yield "product", [f"/product/{slug}/" for slug in slugs[:rounds]]
    yield "API, products", some(lambda: f"/api/v1/products/?q={draw.choice(words)}")
    yield "admin, products", some(lambda: f"/admin/catalog/product/?p={draw.randrange(1, 50)}")
    yield "admin, a search", some(lambda: f"/admin/catalog/product/?q={draw.choice(words)}")


def measure(rounds: int) -> bool:
    """Ask, print, and say whether what has an aim reaches it."""
    from django.contrib.auth import get_user_model
    from django.core.cache import cache
    from django.test import Client

    from shop import lists

    client, fine, reference = Client(), True, 0.0
    keeper = Client()
    keeper.force_login(get_user_model().objects.create(username="k", is_staff=True, is_superuser=True))
    print(f"{'':28}{'median':>10}{'95%':>10}{'first':>10}{'over reference':>17}")
    for kind, asked in addresses(rounds):
        who = keeper if kind.startswith("admin") else client
        cache.clear()
        lists.warm()  # as the beat does every four minutes
        times, seen, firsts = [], set(), []
        who.get("/offline/")
        for address in asked:
            begin = time.perf_counter()
            answer = who.get(address)
            times.append(1000 * (time.perf_counter() - begin))
            if answer.status_code != 200:
                raise SystemExit(f"{address} answered {answer.status_code}")
            if address not in seen:
                firsts.append(times[-1])
            seen.add(address)
        median, late = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        reference = reference or median
        missed = kind in AIMED and (median > MEDIAN or late > LATE)
        fine &= not missed
        print(
            f"{kind:28}{median:7.1f} ms{late:7.1f} ms{max(firsts):7.1f} ms{median / reference:16.1f}{'  !' * missed}",
            flush=True,
        )
    return fine


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=100)
    given = parser.parse_args()
    os.environ |= {"API_READS": "1000000/min"}
    with embedded.services():
        import django

        django.setup()
        from visualsearch.management.commands._trial_shop import trial_shop

        with trial_shop():
            begin = time.monotonic()
            fill(given.products)
            print(f"filled in {time.monotonic() - begin:.0f} s")
            fine = measure(given.rounds)
    print(f"Shelves and words within {MEDIAN} ms at the median and {LATE} ms at the 95th: {'yes' if fine else 'NO'}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
