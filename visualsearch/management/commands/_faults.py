"""A drawn catalogue with planted faults, to see which of them the doctor finds and what it finds besides."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFilter
from rich.progress import track

from catalog import drawn, easel, pictures, studio
from catalog.models import Category, Product, ProductImage
from visualsearch import colours, shelves
from visualsearch.modelsdoctor import Ailment

if TYPE_CHECKING:
    from catalog.studio import Design

WIDTH = 640  # px of the pictures: large enough, sharp enough
VIEWS = 2
FAR = 45.0  # how far a wrong colour's name is from the right one: as far as red from brown
WRONG = ("Black", "White", "Red", "Yellow", "Green", "Blue", "Pink", "Orange", "Purple", "Brown")

Planted = set[tuple[int, str]]  # (picture, what is wrong with it)


@dataclass
class Plan:
    """Which products get which fault; each gets one at most."""

    chance: random.Random
    planted: Planted = field(default_factory=set)

    def mark(self, image: ProductImage, kind: Ailment) -> None:
        """This picture has this fault now."""
        self.planted.add((image.pk, kind))


def draw_catalogue(products: int, seed: int) -> Iterator[Product]:
    """Add so many drawn products to the shop, each with VIEWS pictures."""
    for index in track(range(products), "Drawing and indexing", transient=True):
        design = studio.design(seed, index)
        yield drawn.add(design, [_sheet(design, view) for view in studio.views(design, VIEWS)])


def needed(each: int) -> int:
    """How many products there must be to spoil so many for each kind, and as many to stay as they are."""
    return 2 * each * len(FAULTS)


def plant(products: list[Product], each: int, seed: int) -> Planted:
    """Spoil `each` products for each kind of fault, of at least `needed(each)`."""
    plan = Plan(random.Random(seed))  # noqa: S311 - for drawing, not for secrets
    chosen = iter(plan.chance.sample(products, len(products)))
    for fault in FAULTS:
        for _ in range(each):
            while not fault(next(chosen), plan):
                pass
    return plan.planted


def _sheet(design: Design, view: studio.View) -> easel.Sheet:
    return easel.Sheet(_jpeg(studio.draw(design, view, WIDTH).image), design.colourways[view.colourway].name, "")


def _small(product: Product, plan: Plan) -> bool:
    """A thumbnail in the place of the picture."""
    width = plan.chance.randrange(90, 380)
    _spoil(product, plan, Ailment.SMALL, lambda picture: picture.resize((width, width * 5 // 4)))
    return True


def _blurred(product: Product, plan: Plan) -> bool:
    """Out of focus by 0.4% to 1% of the picture's height."""
    radius = plan.chance.uniform(0.004, 0.01)
    blur = ImageFilter.GaussianBlur(radius * WIDTH * 1.25)
    _spoil(product, plan, Ailment.BLURRED, lambda picture: picture.filter(blur))
    return True


def _nothing(product: Product, plan: Plan) -> bool:
    """A table of sizes, a care label, or an empty room, as they slip in among product pictures."""
    kind = plan.chance.choice((_table, _label, _room))
    _spoil(product, plan, Ailment.NOTHING, lambda picture: kind(picture.size, plan.chance))
    return True


def _twin(product: Product, plan: Plan) -> bool:
    """A picture of another product that is worn alike: saved again, smaller, and cut by a little."""
    worn, spoilt = shelves.position_of(product.category), [pk for pk, _ in plan.planted]
    images = ProductImage.objects.exclude(product=product).exclude(pk__in=spoilt).select_related("product__category")
    alike = [image for image in images.order_by("pk") if shelves.position_of(image.product.category) == worn]
    other, mine = plan.chance.choice(alike), product.images.all()[0]
    with other.file.open("rb") as file:
        picture = Image.open(file).convert("RGB")
    cut = round(picture.width * plan.chance.uniform(0, 0.02))
    picture = picture.crop((cut, cut, picture.width - cut, picture.height - cut))
    size = round(picture.width * plan.chance.uniform(0.7, 1.0))
    pictures.replace_picture(mine, _jpeg(picture.resize((size, size * 5 // 4)), plan.chance.randrange(55, 85)))
    ProductImage.objects.filter(pk=mine.pk).update(colour=other.colour)  # only the picture is to be wrong
    plan.mark(max(mine, other, key=lambda image: image.pk), Ailment.TWIN)
    return True


def _category(product: Product, plan: Plan) -> bool:
    """On a shelf of things that are worn elsewhere. Dresses stay: who shelves them among tops is hardly wrong."""
    worn = shelves.position_of(product.category)
    shelf = plan.chance.choice(list(Category.objects.filter(products__isnull=False).distinct().order_by("path")))
    other = shelves.position_of(shelf)
    if not worn or not other or other == worn or "full" in (worn, other):
        return False
    product.category = shelf
    product.save()
    for image in product.images.all():
        plan.mark(image, Ailment.CATEGORY)
    return True


def _colour(product: Product, plan: Plan) -> bool:
    """Called by a colour that it does not have, as after a mistake in a sheet."""
    right = colours.references(product.images.all()[0].colour)
    far = [name for name in WRONG if right and _between(right, colours.references(name)) >= FAR]
    if not far:
        return False
    name = plan.chance.choice(far)
    product.images.update(colour=name)
    for image in product.images.all():
        plan.mark(image, Ailment.COLOUR)
    return True


FAULTS: tuple[Callable[[Product, Plan], bool], ...] = (_twin, _nothing, _category, _colour, _small, _blurred)


def _spoil(product: Product, plan: Plan, kind: Ailment, change: Callable[[Image.Image], Image.Image]) -> None:
    """Put a changed picture in the place of the product's first one."""
    image = product.images.all()[0]
    with image.file.open("rb") as file:
        picture = Image.open(file).convert("RGB")
    pictures.replace_picture(image, _jpeg(change(picture)))
    plan.mark(image, kind)


def _table(size: tuple[int, int], chance: random.Random) -> Image.Image:
    picture = Image.new("RGB", size, "white")
    draw, rows, columns = ImageDraw.Draw(picture), chance.randrange(5, 10), chance.randrange(3, 6)
    for row in range(rows):
        for column in range(columns):
            x, y = size[0] * (column + 0.3) / columns, size[1] * (row + 0.3) / rows
            draw.text((x, y), str(chance.randrange(28, 120)), fill="#222", font_size=28)
        draw.line([(0, size[1] * row / rows), (size[0], size[1] * row / rows)], fill="#999", width=2)
    return picture


def _label(size: tuple[int, int], chance: random.Random) -> Image.Image:
    picture = Image.new("RGB", size, chance.choice(("#e8e4da", "#d9dde0", "#efefef")))
    draw = ImageDraw.Draw(picture)
    for row in range(chance.randrange(8, 14)):
        width = size[0] * chance.uniform(0.4, 0.8)
        draw.rectangle((size[0] * 0.1, 60 + 55 * row, size[0] * 0.1 + width, 72 + 55 * row), fill="#555")
    return picture


def _room(size: tuple[int, int], chance: random.Random) -> Image.Image:
    """A wall, a floor, a window: nothing to wear."""
    picture = Image.new("RGB", size, chance.choice(("#d8d2c6", "#c9d3d6", "#bcb4a6")))
    draw, floor = ImageDraw.Draw(picture), round(size[1] * chance.uniform(0.6, 0.8))
    draw.rectangle((0, floor, *size), fill=chance.choice(("#8a6a4c", "#6d7378", "#a58d6f")))
    left = size[0] * chance.uniform(0.1, 0.5)
    draw.rectangle((left, 90, left + size[0] * 0.35, 90 + size[1] * 0.3), fill="#f4f8fb", outline="#777", width=6)
    return picture


def _between(some: list[colours.Lab], others: list[colours.Lab]) -> float:
    return min(colours.apart(one, other) for one in some for other in others)


def _jpeg(picture: Image.Image, quality: int = 90) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()
