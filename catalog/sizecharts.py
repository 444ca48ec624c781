"""Size guides for an example shop. A keeper's own are never touched.

Letters after EN 13402-3: women's by the bust, men's by chest and waist. A waist of so many inches is 2.54 cm each. A
shoe of size s is made for a foot of about 2/3 s - 1.5 cm: Paris points of 2/3 cm, and the room before the toes.
"""

from __future__ import annotations

from django.db import transaction

from catalog.models import Category
from catalog.modelssizes import SizeGuide

NOTE = "Measure close to the body, over thin clothes. Between two sizes, take the larger one."
ON_FEET = "Measure both feet in the evening, from the heel to the longest toe, and take the longer one."
WOMEN = [("Size", "Bust, cm"), ("XS", "74-82"), ("S", "82-90"), ("M", "90-98"), ("L", "98-107"), ("XL", "107-119")]
MEN = [
    ("Size", "Chest, cm", "Waist, cm"),
    *(("XS", "78-86", "66-74"), ("S", "86-94", "74-82"), ("M", "94-102", "82-90"), ("L", "102-110", "90-98")),
    ("XL", "110-118", "98-106"),
]
WAISTS = [("Size", "Waist, inches", "Waist, cm"), *((str(w), str(w), f"{w * 2.54:.0f}") for w in range(26, 37, 2))]
FEET = [("Size", "Length of the foot, cm"), *((str(s), f"{s * 2 / 3 - 1.5:.1f}") for s in range(37, 44))]
LEGS = tuple(f"{who}/bottoms/{what}" for who in ("women", "men") for what in ("trousers", "jeans", "shorts"))
GUIDES = (
    ("Women's sizes", WOMEN, NOTE, ("women",)),
    ("Men's sizes", MEN, NOTE, ("men",)),
    ("Waists", WAISTS, NOTE, LEGS),
    ("Shoes", FEET, ON_FEET, ("women/shoes", "men/shoes")),
)  # fmt: skip


@transaction.atomic
def fill() -> bool:
    """Write the example's guides for the categories that there are, if there is no guide yet; whether it did."""
    if SizeGuide.objects.exists():
        return False
    for name, lines, note, paths in GUIDES:
        if categories := list(Category.objects.filter(path__in=paths)):
            SizeGuide.written(name, "\n".join("\t".join(cells) for cells in lines), note, categories)
    return True
