"""A delivery as a keeper types or pastes it: a line for each SKU, with the number of pieces."""

from __future__ import annotations

import re
from typing import NamedTuple

from django.utils.translation import gettext as _

from catalog.models import Variant

MOST = 1000  # lines
PIECES = 100_000  # of one line


class Delivery(NamedTuple):
    """The pieces by variant id, and what is wrong with which line."""

    pieces: dict[int, int]
    problems: list[str]


def read(text: str) -> Delivery:
    """The lines of a text: SKU, then a blank, tab, comma or semicolon, then the number; a SKU may come twice."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST:
        return Delivery({}, [_("At most {most} lines at once.").format(most=MOST)])
    problems, found = [], []
    for number, line in lines:
        parts = re.fullmatch(r"(.+?)[\s,;]+(\d{1,6})", line, re.ASCII)
        if not parts or not 1 <= int(parts[2]) <= PIECES:
            said = _("Line {line}: “{text}” is no SKU with a number of pieces.")
            problems.append(said.format(line=number, text=line[:60]))
        else:
            found.append((number, parts[1].strip(), int(parts[2])))
    ids = dict(Variant.objects.filter(sku__in={sku for _n, sku, _p in found}).values_list("sku", "pk"))
    pieces: dict[int, int] = {}
    for number, sku, count in found:
        if sku in ids:
            pieces[ids[sku]] = pieces.get(ids[sku], 0) + count
        else:
            problems.append(_("Line {line}: there is no SKU “{sku}”.").format(line=number, sku=sku[:100]))
    return Delivery(pieces, problems)
