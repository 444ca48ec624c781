"""Text without its marks, so that "Áo đầm" is found by those who write "ao dam"."""

from __future__ import annotations

import unicodedata


def without_marks(text: str) -> str:
    """In lower case. `shades.plain` keeps the length as well, for those who have to know where a word stood."""
    bare = unicodedata.normalize("NFKD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))
