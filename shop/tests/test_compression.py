"""What travels compressed."""

import gzip

import pytest
from django.http import HttpResponse

from shop.compression import Pages

TEXT = b"<p>A coat, a hat and shoes.</p>" * 40


def answered(rf, kind, **headers):
    return Pages(lambda request: HttpResponse(TEXT, content_type=kind))(rf.get("/", headers=headers))


def test_a_page_travels_compressed(rf):
    answer = answered(rf, "text/html; charset=utf-8", accept_encoding="gzip, br")
    assert answer["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content) == TEXT
    assert len(answer.content) < len(TEXT) / 3
    assert answer["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("kind", ["application/json", "image/webp", "text/css"])
def test_nothing_else_does(rf, kind):
    assert answered(rf, kind, accept_encoding="gzip").content == TEXT


def test_a_browser_that_cannot_read_it_gets_a_page_as_it_is(rf):
    assert answered(rf, "text/html").content == TEXT


def test_every_page_goes_through_it(settings):
    before = settings.MIDDLEWARE[: settings.MIDDLEWARE.index("shop.compression.Pages")]
    assert not any("Session" in name or "csp" in name for name in before)
