"""Studio catalogues on disk, as `visualsearch.ml.datasets.retrieval.studio` reads them: to learn from, to measure on.

`<folder>/products/<index>/*.jpg` are the shop's pictures, `<folder>/street/*.jpg` the shoppers'; a `boxes.json` in each
of these folders names the products and their true boxes, `{file: [{label, position, product, box}]}`.
"""

from __future__ import annotations

import json
from pathlib import Path

from catalog import studio


def save_catalogue(
    folder: Path,
    seed: int,
    *,
    products: int = 240,
    photos: int = 50,
    views: int = 3,
    widths: tuple[int, int] = (320, 540),
) -> Path:
    """Draw what is not there yet: product pictures and street photos, `widths` px wide; an interrupted run goes on."""
    for index in range(products):
        save_product(folder / "products" / f"{index:05d}", seed, index, views, widths[0])
    if not (folder / "street" / "boxes.json").exists():
        studio.save_street_photos(folder / "street", seed, photos, 0, products, widths[1])
    return folder


def save_product(folder: Path, seed: int, index: int, views: int, width: int) -> None:
    """The first `views` pictures of one design and their `boxes.json`, unless that is there."""
    if (folder / "boxes.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    design = studio.design(seed, index)
    truth = {}
    for number, view in enumerate(studio.views(design, views)):
        picture, name = studio.draw(design, view, width), f"{number}-{view.name}.jpg"
        picture.image.save(folder / name, "JPEG", quality=90)
        truth[name] = [
            {"label": i.label, "position": i.position, "product": i.index, "box": list(i.box)} for i in picture.items
        ]
    (folder / "boxes.json").write_text(json.dumps(truth))
