"""What pages are made of: no inline style or script, nothing from elsewhere, nothing missing, a light first view."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template

from catalog.tests.factories import VariantFactory, with_pictures

ROOT = Path(__file__).parents[2]
TEMPLATES = [path for path in (ROOT / "templates").rglob("*.html") if not {"admin", "email"} & set(path.parts)]
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
FIRST_VIEW = 100_000  # bytes over the wire, pictures aside


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_writes_style_or_script_into_a_page(path):
    source = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", source)
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_template_is_one(path):
    assert get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize("path", [*TEMPLATES, *SHEETS], ids=lambda path: path.name)
def test_nothing_comes_from_elsewhere(path):
    assert not re.findall(r"(?:src|href|url)[=(]['\"]?(?:https?:)?//", path.read_text())


def test_every_file_that_a_template_names_is_there():
    for path in TEMPLATES:
        source = path.read_text()
        for name in re.findall(r"{% static \"([^\"]+)\"", source):
            assert finders.find(name), f"{path.name} names {name}"
        for names in re.findall(r"{% stylesheets ([^%]+)%}", source):
            for name in re.findall(r"\"([^\"]+)\"", names):
                assert finders.find(f"css/{name}.css"), f"{path.name} names {name}.css"


def test_every_icon_that_a_template_names_is_drawn():
    drawn = set(re.findall(r'id="([a-z]+)"', (ROOT / "static" / "icons" / "set.svg").read_text()))
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([a-z]+)"', path.read_text())}
    assert named <= drawn


def test_every_property_that_a_style_sheet_uses_is_set():
    source = "".join(path.read_text() for path in SHEETS)
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", source))
    assert used <= set(re.findall(r"(--[a-z0-9-]+)\s*:", source))


def test_both_themes_set_the_same_colours():
    light, dark = (ROOT / "static" / "css" / "tokens.css").read_text().split("prefers-color-scheme: dark")
    colours = set(re.findall(r"(--[a-z-]+): (?:#|rgb)", light))
    assert colours == set(re.findall(r"(--[a-z-]+): (?:#|rgb)", dark))


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_words_stand_out_from_their_ground(theme):
    source = (ROOT / "static" / "css" / "tokens.css").read_text().split("prefers-color-scheme: dark")[theme]
    colour = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", source))
    for ground in ["ground", "pane", "sunk", "wash"]:
        for ink in ["ink", "soft", "accent"]:
            assert contrast(colour[ink], colour[ground]) >= 4.5, f"{ink} on {ground}"
        assert contrast(colour["edge"], colour[ground]) >= 3, f"edge on {ground}"
    assert contrast(colour["on-accent"], colour["accent"]) >= 4.5


def contrast(one, other):
    """The ratio of WCAG 2: from 1 to 21."""
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/find/?q=shirt", "/product/coat/"])
def test_the_first_view_is_light(client, settings, tmp_path, address):
    settings.STATIC_ROOT, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    for slug in ["coat", *(f"shirt-{n}" for n in range(24))]:
        with_pictures(VariantFactory(product__slug=slug).product)
    weight = first_view(client.get(address).content)
    assert weight <= FIRST_VIEW
    print(f"{address}: {weight / 1000:.1f} kB")


def first_view(page):
    """Bytes of a page as it is, and of all but pictures that it loads, compressed as whitenoise does."""
    names = re.findall(rb'(?:href|src)="/static/([^"#]+\.(?:css|js|woff2|svg))', page)
    modules = [b"js/shrink.js"] if b"js/photo.js" in page else []
    files = {Path(finders.find(name.decode())) for name in [*names, *modules]}
    return len(page) + sum(packed(path) for path in files)


def packed(path):
    return path.stat().st_size if path.suffix == ".woff2" else len(gzip.compress(path.read_bytes()))
