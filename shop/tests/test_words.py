"""The Vietnamese of the shop: nothing is missing, nothing is left over, nothing got lost on the way."""

import re
from pathlib import Path

import django
import pytest
import rest_framework
from babel.messages.mofile import read_mo

from shop.tests import words

HOLDERS = re.compile(r"%\(\w+\)[sdr]|%[sd]|\{\w*(?:[:.][^}]*)?\}|\[\w+\]|</?\w+[^>]*>")
LAST = re.compile(r"[.:…?!]$")
KEPT = {"URL", "JPEG", "PNG", "WebP", "AVIF", "GIF", "HEIC", "SVG", "CSV", "JSON", "UUID", "API", "RFC 9457", "OpenAPI"}


@pytest.fixture(scope="module")
def said():
    return {key(message): message for message in words.said() if message.id}


@pytest.fixture(scope="module")
def kept():
    return {key(message): message for message in words.read() if message.id}


def key(message):
    """What a sentence is known by. Of a compiled file Babel gives contexts as bytes, plurals as lists."""
    context = message.context.decode() if isinstance(message.context, bytes) else message.context
    return context, tuple(message.id) if isinstance(message.id, list) else message.id


def both(message):
    """The sentence, in its plural if it has one, and each of its translations."""
    if isinstance(message.id, tuple | list):
        return message.id[-1], list(message.string)
    return message.id, [message.string]


def test_every_sentence_of_code_and_templates_is_in_the_catalogue(said, kept):
    assert len(said) > 500
    assert set(said) - set(kept) == set(), "python -m shop.tests.words brings them in"


def test_the_catalogue_has_nothing_that_nobody_says(said, kept):
    assert set(kept) - set(said) == set(), "python -m shop.tests.words takes them out"
    assert words.read().obsolete == {}


def test_every_sentence_is_translated(kept):
    assert [message.id for message in kept.values() if message.fuzzy or not all(both(message)[1])] == []


def test_vietnamese_has_no_plural():
    catalogue = words.read()
    assert catalogue.plural_forms == "nplurals=1; plural=0;"
    assert {len(message.string) for message in catalogue if isinstance(message.id, tuple)} == {1}


def test_what_django_reads_is_what_the_catalogue_says(kept):
    with words.MO.open("rb") as file:
        compiled = {key(message): both(message)[1] for message in read_mo(file) if message.id}
    assert compiled == {name: both(message)[1] for name, message in kept.items()}


def test_a_translation_keeps_what_is_filled_in(kept):
    for message in kept.values():
        sentence, translations = both(message)
        for translation in translations:
            assert sorted(HOLDERS.findall(translation)) == sorted(HOLDERS.findall(sentence)), translation


def test_a_translation_ends_as_its_sentence_does(kept):
    for message in kept.values():
        sentence, translations = both(message)
        for translation in translations:
            assert LAST.findall(translation) == LAST.findall(sentence), translation
            assert translation == translation.strip()


def test_a_translation_keeps_names_that_have_none(kept):
    for message in kept.values():
        sentence, translations = both(message)
        for name in KEPT:
            if re.search(rf"\b{name}\b", sentence):
                assert all(name in translation for translation in translations), translations


def test_what_is_borrowed_is_still_lacking_where_it_comes_from(said):
    borrowed = [
        message for message in said.values() if {where for where, _ in message.locations} == {"shop/borrowed.py"}
    ]
    assert len(borrowed) > 80
    homes = [Path(django.__file__).parent / app for app in ("conf", "contrib/admin", "contrib/auth")]
    there = set()
    for home in [*homes, Path(rest_framework.__file__).parent]:
        with (home / "locale" / "vi" / "LC_MESSAGES" / "django.mo").open("rb") as file:
            there |= {key(message) for message in read_mo(file) if message.id and all(both(message)[1])}
    assert [message.id for message in borrowed if key(message) in there] == []


@pytest.mark.parametrize(
    ("source", "sentences"),
    [
        ('{% translate "One" %}', {"One"}),
        ('{% include "x.html" with title=_("Two") %}', {"Two"}),
        ("{% blocktranslate trimmed %}\n  Three\n  {{ x }}\n{% endblocktranslate %}", {"Three %(x)s"}),
        (
            "{% blocktranslate count n=n %}{{ n }} a{% plural %}{{ n }} b{% endblocktranslate %}",
            {("%(n)s a", "%(n)s b")},
        ),
        ("    <p>\n  it's {# 'a' #}\n      {% translate 'Four' %}", {"Four"}),
    ],
)
def test_sentences_are_found_wherever_a_template_has_them(tmp_path, monkeypatch, source, sentences):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(source)
    monkeypatch.setattr(words, "ROOT", tmp_path)
    assert {message.id for message in words.said() if message.id} == sentences
