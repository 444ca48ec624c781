"""Rows and photos for tests of the visual search."""

import io
import re

import numpy as np
from PIL import Image

from catalog.models import ProductImage
from catalog.tests.factories import ProductFactory
from visualsearch.ml.types import POSITIONS, WHOLE
from visualsearch.models import ModelVersion, PhotoRegion, PhotoSearch, Region, Stage, State, WornRegion


def photo(colour="red", size=(160, 240), format="JPEG", **options):
    """The bytes of a picture in one colour."""
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, format, **options)
    return data.getvalue()


def links(response):
    """Slugs of the products that a page links to, in order."""
    return re.findall(r'href="/product/([\w-]+)/', response.content.decode())


def a_version(letter="a", active=True):
    """A version whose networks are nowhere; ready unless it is active."""
    names = {"name": f"version {letter}", "detector": "d", "embedder": "e"}
    hashes = {"detector_sha256": letter * 64, "embedder_sha256": letter * 64}
    return ModelVersion.objects.create(**names, **hashes, state=Stage.ACTIVE if active else Stage.READY)


def an_image(product=None, **columns):
    """A row of a picture without a file, unknown to the workers."""
    columns = {"sha256": f"{ProductImage.objects.count():064}", "width": 8, "height": 8, "file": "x.jpg"} | columns
    [image] = ProductImage.objects.bulk_create([ProductImage(product=product or ProductFactory(), **columns)])
    return image


def unit(*numbers):
    """A unit vector that begins with these numbers."""
    vector = np.zeros(512)
    vector[: len(numbers)] = numbers
    return vector / np.linalg.norm(vector)


BOX = {"x1": 0.0, "y1": 0.0, "x2": 1.0, "y2": 1.0}


def a_region(image, version, vector, position=WHOLE, ordinal=0, **columns):
    columns = BOX | {"score": 1.0, "embedding": vector} | columns
    return Region.objects.create(image=image, version=version, position=position, ordinal=ordinal, **columns)


def a_search(version, *vectors, positions=(WHOLE, *POSITIONS)):
    """A search that is done, with a region for each vector; gives the regions."""
    search = PhotoSearch.objects.create(width=8, height=8, version=version, state=State.DONE)
    return [
        PhotoRegion.objects.create(search=search, ordinal=i, position=positions[i], score=1.0, embedding=v, **BOX)
        for i, v in enumerate(vectors)
    ]


def a_worn_region(image, version, vector, position, ordinal=5, **columns):
    columns = BOX | {"score": 1.0, "embedding": vector} | columns
    return WornRegion.objects.create(image=image, version=version, position=position, ordinal=ordinal, **columns)
