"""Every page, on a phone and on a desk, by day and by night, in both languages: nothing shifts, overflows, complains or
shuts anyone out.

With VITRINE_SHOTS set to a folder it leaves a picture of each page there: `python -m shop.tests.browser.shots`.
"""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone

from catalog.models import Category, Product
from catalog.modelssizes import SizeGuide
from shop.tests import words
from shop.tests.browser.conftest import jpeg
from visualsearch import crops, searches
from visualsearch.ml.types import Box
from visualsearch.models import ModelVersion, PhotoCrop, PhotoRegion, PhotoSearch, State
from visualsearch.search import nearest_products
from visualsearch.tasks import describe_crop, describe_photo
from visualsearch.tests import fakes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SHIFT = """() => new Promise((done) => {
  let sum = 0;
  const add = ({ hadRecentInput, value }) => { sum += hadRecentInput ? 0 : value; };
  new PerformanceObserver((list) => list.getEntries().forEach(add))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 250);
})"""
TO_THE_END = """async () => {
  for (let y = 0; y < document.body.scrollHeight; y += 600) {
    scrollTo(0, y);
    await new Promise((done) => setTimeout(done, 50));
  }
  scrollTo(0, 0);
}"""
SAID = """() => {
  const said = [], nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) said.push(nodes.currentNode.data);
  for (const { attributes } of document.querySelectorAll("*")) said.push(...[...attributes].map(({ value }) => value));
  return said.map((text) => text.trim().replace(/\\s+/g, " "));
}"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def pages(shop, street, monkeypatch):
    """The address of every kind of page."""
    photo = jpeg(street.image)
    product = max(Product.objects.for_page(), key=lambda p: len({v.colour for v in p.variants.all()}))
    SizeGuide.written("Sizes", "Size;Chest, cm\nS;86-94\nM;94-102", "Over thin clothes.", [product.category])
    found, waiting, failed, bare = (searches.begin(photo) for _ in range(4))
    describe_photo(str(found.pk))
    ModelVersion.objects.update(floors={street.items[2].position: 2.0})  # nothing is so near
    with monkeypatch.context() as blind:
        blind.setattr(fakes.FakeDetector, "found", [])
        describe_photo(str(bare.pk))
    done, late = (crops.begin(found, box=Box(0.2, 0.3, right, 0.7)) for right in (0.7, 0.8))
    describe_crop(str(done.crop.pk))
    PhotoCrop.objects.filter(pk=late.crop.pk).update(created=timezone.now() + timedelta(hours=1))
    PhotoSearch.objects.filter(pk=waiting.pk).update(created=timezone.now() + timedelta(hours=1))
    PhotoSearch.objects.filter(pk=failed.pk).update(state=State.FAILED, reason=searches.GAVE_UP)
    addresses = {
        "home": reverse("home"),
        "category": Category.objects.roots().last().get_absolute_url(),
        "product": product.get_absolute_url(),
        "sizes": f"{reverse('sizes', args=[product.category.path])}?size=M",
        "similar": reverse("product-similar", args=[product.slug]),
        "look": reverse("product-look", args=[product.slug, product.cover.pk]),
        "words": f"{reverse('find')}?q=jeans",
        "nothing": f"{reverse('find')}?q=qwxyzzy",
        "found": reverse("search", args=[found.pk]),
        "found-item": f"{reverse('search', args=[found.pk])}?item=2",
        "found-narrowed": f"{reverse('search', args=[found.pk])}?item=1&in_stock=1",
        "found-unlike": f"{reverse('search', args=[found.pk])}?item=3",
        "found-part": f"{reverse('search', args=[found.pk])}?item={done.ordinal}",
        "found-nothing": reverse("search", args=[bare.pk]),
        "why": f"{reverse('search-why', args=[found.pk])}?item=0&product={like_the_photo(found).slug}",
        "waiting-part": f"{reverse('search', args=[found.pk])}?item={late.ordinal}",
        "waiting": reverse("search", args=[waiting.pk]),
        "failed": reverse("search", args=[failed.pk]),
        "missing": "/product/no-such-thing/",
        "offline": reverse("offline"),
        "api": reverse("api-docs"),
    }
    return {name: shop + address for name, address in addresses.items()}


def like_the_photo(search):
    """The product nearest to the whole photo."""
    return nearest_products(PhotoRegion.objects.get(search=search.pk, ordinal=0), limit=1).hits[0].product


LOOKS = [(width, theme, "en") for width in (390, 1280) for theme in ("light", "dark")]
LOOKS += [(390, "light", "vi"), (1280, "dark", "vi")]


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_every_page_is_good_to_look_at(pages, visitor, width, theme, language):
    somebody = visitor(width=width, theme=theme, locale=language)
    troubles = []
    for name, address in pages.items():
        somebody.page.goto(address)
        troubles += [f"{name}: {trouble}" for trouble in examine(somebody.page)]
        if language == "vi" and name != "api":  # which quotes the schema
            troubles += [f"{name}: says in English: {said}" for said in left_in_english(somebody.page)]
        shoot(somebody.page, f"{name}-{width}-{theme}" + ("-vi" if language == "vi" else ""))
    somebody.complaints = [c for c in somebody.complaints if "404 (Not Found)" not in c]  # the missing page is one
    assert "\n".join(troubles) == ""


def examine(page):
    """What is wrong with the page, in words."""
    shift = page.evaluate(SHIFT)
    if shift > 0.01:
        yield f"moves by {shift:.3f} while it loads"
    page.evaluate(TO_THE_END)
    if page.evaluate(TOO_WIDE) > 0:
        yield "is wider than its window"
    size = page.viewport_size
    page.set_viewport_size(size | {"width": size["width"] * 4 // 5})  # the smallest phone there is, or a tablet
    if page.evaluate(TOO_WIDE) > 0:
        yield "is wider than a narrower window"
    page.set_viewport_size(size)
    results = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    for violation in results.response["violations"]:
        yield f"{violation['id']} at {violation['nodes'][0]['html'][:200]}"


def left_in_english(page):
    """Sentences of the catalogue, of three words and more, that the page says untranslated."""
    assert page.evaluate("document.documentElement.lang") == "vi"
    translated = {message.id for message in words.read() if isinstance(message.id, str) and message.id.count(" ") > 1}
    return translated & set(page.evaluate(SAID))


def shoot(page, name, *, full=True):
    if folder := os.environ.get("VITRINE_SHOTS"):
        page.wait_for_timeout(300)
        file = Path(folder) / f"{name}.png"
        page.screenshot(path=file, full_page=full, caret="initial")  # to hide it takes a style that the policy forbids
