"""The studio: draws the shop's example catalogue over resvg, Pillow and NumPy; knows no Django and no database.

piece = design(seed=1, index=42)
picture = draw(piece, views(piece)[0])      # picture.image, picture.items[0].box
photo = street_photo(catalogue_seed=1, photo_seed=7)
"""

from .designs import Colourway, Design, design
from .pictures import View, draw, views
from .scenes import Item, Picture
from .street import save_street_photos, street_photo

__all__ = [
    "Colourway",
    "Design",
    "Item",
    "Picture",
    "View",
    "design",
    "draw",
    "save_street_photos",
    "street_photo",
    "views",
]
