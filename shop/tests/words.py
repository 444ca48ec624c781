"""Brings locale/ up to what the code and the templates say: python -m shop.tests.words

New sentences come without a translation, which a test then asks for; those that nobody says any more go. It needs no
program of GNU gettext: Django turns templates into Python, and Babel reads that and writes both files.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
LANGUAGE = "vi"
PO = ROOT / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
ROOMS = ("catalog", "shop", "visualsearch", "templates")
KEYWORDS = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}


def sources() -> Iterator[Path]:
    """Every file that says something to people: modules but tests, and templates."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in {".py", ".html", ".js", ".txt"} and not {"tests", "migrations"} & set(path.parts):
                yield path


def said() -> Catalog:
    """Every sentence that is marked for translation, with where it is said."""
    catalog = Catalog(locale=LANGUAGE, fuzzy=False)
    for path in sources():
        where = path.relative_to(ROOT)
        for _, message, comments, context in extract("python", _as_python(path), KEYWORDS, ["Translators:"]):
            catalog.add(message, locations=[(str(where), 0)], auto_comments=comments, context=context)
    return catalog


def read() -> Catalog:
    """The translations as they are kept."""
    with PO.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def as_mo(catalog: Catalog) -> bytes:
    """What Django reads."""
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def main() -> None:
    """Rewrites both files."""
    new, old = said(), read()
    for message in new:
        known = old.get(message.id, message.context) if message.id else None
        if known:
            message.string = known.string
    new.project, new.version, new.header_comment = "Vitrine", "", "# Vitrine in Vietnamese. See docs/languages.md."
    new.creation_date = new.revision_date = old.creation_date
    new.last_translator = new.language_team = new.msgid_bugs_address = new.copyright_holder = ""
    with PO.open("wb") as file:
        write_po(file, new, width=100, include_lineno=False, sort_by_file=True)
    MO.write_bytes(as_mo(new))


def _as_python(path: Path) -> BytesIO:
    """A module as it is; a template as Django's calls, in brackets, as its lines are indented at will."""
    text = path.read_text()
    return BytesIO((text if path.suffix == ".py" else f"(\n{templatize(text)}\n)").encode())


if __name__ == "__main__":
    main()
