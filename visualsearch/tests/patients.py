"""Pictures for the doctor, well and ill."""

import io

from PIL import Image, ImageDraw

from catalog import pictures
from catalog.models import Product
from catalog.tests.factories import ProductFactory
from visualsearch import doctor, measuring
from visualsearch.models import Indexing, Region
from visualsearch.modelsdoctor import Finding
from visualsearch.tests.makers import a_region, unit


def drawn(shade=0, size=(600, 800), ground="white", cloth="#b02020"):
    """A garment before a wall: a checked square, sharp."""
    picture = Image.new("RGB", size, ground)
    draw, (w, h) = ImageDraw.Draw(picture), size
    draw.rectangle((w * 0.2, h * 0.2, w * 0.8, h * 0.8), fill=cloth)
    for step in range(6):
        x = w * (0.25 + 0.09 * step)
        draw.line((x, h * 0.2, x + shade, h * 0.8), fill="#202020", width=3)
    return picture


def encoded(picture, **options):
    data = io.BytesIO()
    picture.save(data, "JPEG", **{"quality": 92} | options)
    return data.getvalue()


def looked_at(image, version, vector, label="shirt", position="upper", score=0.9, box=None):
    """As a worker leaves it: indexed, an item found unless `label` is None."""
    for each in Region.objects.filter(image=image):
        each.delete()
    a_region(image, version, vector)
    if label is not None:
        x1, y1, x2, y2 = box or (0.15, 0.15, 0.85, 0.85)
        columns = {"label": label, "score": score, "x1": x1, "y1": y1, "x2": x2, "y2": y2}
        a_region(image, version, unit(1), position, 1, **columns)
    Indexing.objects.update_or_create(image=image, version=version, defaults={"state": "done", "sha256": image.sha256})
    return image


def a_picture(version, picture=None, product=None, colour="", **found):
    product = product or ProductFactory()
    number = Product.objects.count()
    image = pictures.add_picture(product, encoded(picture or drawn(shade=number * 9)), colour=colour)
    return looked_at(image, version, **{"vector": unit(*[0] * number, 1)} | found)


def findings(*images):
    for image in images:
        measuring.measure(image)
    doctor.examine([image.pk for image in images])
    return {(f.image_id, f.kind) for f in Finding.objects.filter(image__in=images)}


def kinds(image):
    return {kind for _, kind in findings(image)}
