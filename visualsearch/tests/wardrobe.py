"""A shop of chance, and plain Python that says what of it a list should hold: the truth for filters and counts."""

from bisect import bisect_right
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

import numpy as np

from catalog.filters import STEPS, Band
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory
from visualsearch.tests.makers import a_region, an_image

BRANDS = ["", "Øst", "øst", "Nord", "Süd 100%", "O'West"]
COLOURS = ["red", "Red", "blue", "", "đỏ"]
SIZES = ["S", "M", "L", ""]
SHELVES = [("women",), ("women", "tops"), ("women", "tops", "a_b"), ("women", "tops", "axb"), ("men",)]
PRICES = ["0", "9.99", "10", "15", "19.99", "20", "49.90", "50", "75", "120"]


@dataclass
class Thing:
    """A product as Python knows it."""

    pk: int
    path: str
    brand: str
    vectors: list = field(default_factory=list)
    offers: list = field(default_factory=list)

    def distance(self, query):
        return min(-float(np.dot(query, vector)) for vector in self.vectors)

    def fits(self, filters, without=""):
        """Whether it passes: what is asked of variants, of one and the same."""
        shelf = "" if without == "category" else filters.category
        if shelf and not f"{self.path}/".startswith(f"{shelf}/"):
            return False
        if without != "brand" and filters.brand and self.brand.lower() not in lowered(filters.brand):
            return False
        return any(suits(offer, filters, without) for offer in self.offers) or not asks_offers(filters, without)


def lowered(words):
    return [word.lower() for word in words]


def asks_offers(filters, without):
    asked = {"size": filters.size, "colour": filters.colour, "in_stock": filters.in_stock, "on_sale": filters.on_sale}
    asked["price"] = filters.price or filters.min_price is not None or filters.max_price is not None
    return any(value for name, value in asked.items() if name != without)


def suits(offer, filters, without):
    price = offer.price
    answers = {
        "size": not filters.size or offer.size.lower() in lowered(filters.size),
        "colour": not filters.colour or offer.colour.lower() in lowered(filters.colour),
        "price": (not filters.price or any(inside(price, *band) for band in filters.price))
        and (filters.min_price is None or price >= filters.min_price)
        and (filters.max_price is None or price <= filters.max_price),
        "in_stock": not filters.in_stock or offer.stock > 0,
        "on_sale": not filters.on_sale or offer.price_before is not None,
    }
    return all(fine for name, fine in answers.items() if name != without)


def inside(price, low, high):
    return low <= price and (high is None or price < high)


def counted(things, filters):
    """{(field, value in lower case): number of products}, by counting one by one."""
    counts = {}
    for thing in things:
        for name in ("all", "category", "brand", "size", "colour", "price", "in_stock", "on_sale"):
            if thing.fits(filters, without=name):
                for value in values(thing, name, filters):
                    counts[name, value] = counts.get((name, value), 0) + 1
    return counts


def values(thing, name, filters):
    """What the product counts under, of its variants that pass what else is asked."""
    if name == "all":
        return {""}
    if name == "category":
        parts = thing.path.split("/")
        return {"/".join(parts[: n + 1]) for n in range(len(parts))}
    if name == "brand":
        return {thing.brand.lower()} - {""}
    offers = [offer for offer in thing.offers if suits(offer, filters, name)]
    read = {
        "size": lambda o: o.size.lower(),
        "colour": lambda o: o.colour.lower(),
        "price": lambda o: str(Band.numbered(bisect_right(STEPS, o.price))),
        "in_stock": lambda o: "1" if o.stock else "",
        "on_sale": lambda o: "1" if o.price_before else "",
    }[name]
    return {read(offer) for offer in offers} - {""}


def furnish(version, *, products=80, seed=3, position="upper", spread=0.5):
    """Products with variants, pictures and regions by chance, around one direction; a few without a variant."""
    draw, numbers = Random(seed), np.random.default_rng(seed)
    shelves = {}
    for names in SHELVES:
        above, path = shelves.get("/".join(names[:-1])), "/".join(names)
        shelves[path] = CategoryFactory(path=path, slug=names[-1], name=names[-1], parent=above)
    things = []
    for n in range(products):
        path, brand = draw.choice(list(shelves)), draw.choice(BRANDS)
        product = ProductFactory(category=shelves[path], slug=f"thing-{n}", name=f"thing {n}", brand=brand)
        thing = Thing(product.pk, path, brand, offers=offered(product, draw))
        for _ in range(draw.randrange(1, 4)):
            vector = np.zeros(512)
            vector[0], vector[1:20] = 1, spread * numbers.normal(size=19)
            vector = (vector / np.linalg.norm(vector)).astype(np.float16).astype(np.float64)
            a_region(an_image(product), version, vector, position)
            thing.vectors.append(vector)
        things.append(thing)
    return things


def offered(product, draw):
    """None to four variants."""
    kinds = draw.sample([(size, colour) for size in SIZES for colour in COLOURS], draw.randrange(5))
    return [
        VariantFactory(
            product=product,
            size=size,
            colour=colour,
            price=(price := Decimal(draw.choice(PRICES))),
            price_before=price + 5 if draw.random() < 0.3 else None,
            stock=draw.choice([0, 0, 3]),
        )
        for size, colour in kinds
    ]


def nearest(things, query, filters):
    """Ids of the products that pass, nearest first; of equally near the older."""
    passing = [thing for thing in things if thing.fits(filters)]
    return [thing.pk for thing in sorted(passing, key=lambda thing: (thing.distance(query), thing.pk))]
