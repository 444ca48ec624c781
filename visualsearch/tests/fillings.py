"""What happens to versions while workers work."""

from datetime import timedelta

from django.utils import timezone

from catalog import pictures
from catalog.tests.factories import ProductFactory
from visualsearch import indexing
from visualsearch.models import ModelVersion
from visualsearch.tests.makers import photo


def states():
    return dict(ModelVersion.objects.values_list("name", "state"))


def work():
    """What workers do between two sweeps, and the sweep."""
    for image in indexing.ProductImage.objects.all():
        indexing.index(image.pk)
    indexing.sweep()


def later(**time):
    """Let time pass since any version changed its state."""
    ModelVersion.objects.update(changed=timezone.now() - timedelta(**time))


def a_picture(colour="red"):
    """A picture of a product, indexed with every version that is kept."""
    image = pictures.add_picture(ProductFactory(), photo(colour))
    indexing.index(image.pk)
    return image
