"""A card is in many lists; what its links say is looked up once a list."""

import pytest

from shop.environment import BASE_DIR

COMPONENTS = BASE_DIR / "templates" / "components"
LISTS = [path for path in COMPONENTS.parent.rglob("*.html") if '"components/card.html"' in path.read_text()]


def test_there_are_lists():
    assert len(LISTS) >= 4


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_every_list_says_what_a_card_s_links_do(path):
    words = {word for word in ("put_words", "alike_words", "why_words") if f"as {word}" in path.read_text()}
    assert words >= {"put_words", "alike_words"}
    assert ("why_words" in words) == ("as why %}" in path.read_text())
