"""What somebody meant who typed a word that no product has: the words of names that are a slip away from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORT = 4  # letters: a shorter word is too near to too many
LONG = 7  # letters from which two slips are forgiven
LIKE = 0.3  # of pg_trgm's word similarity: two letters changed over in a short word leave no more
NAMES = 300  # that are looked at, the likest first
KEPT = 300  # seconds that what was meant is remembered
LEARNT = "slips:words"
KNOWN = 600  # seconds that the words of all names are
MOST_WORDS = 100_000
CANDIDATES = """
    SELECT name FROM catalog_listing WHERE name %%> %s ORDER BY word_similarity(%s, name) DESC LIMIT %s
"""
WORDS = """
    SELECT DISTINCT word FROM catalog_listing, unnest(tsvector_to_array(to_tsvector('simple', name))) AS word
    WHERE word ~ '^\\w+$' AND length(word) >= %s LIMIT %s
"""


def learn() -> int:
    """Have the words of all names at hand, which a large shop looks through sooner than its names. Returns how many.

    Until it is done again, a word that is new is no slip of anything; if it never was, names are looked through.
    """
    with connection.cursor() as cursor:
        cursor.execute(WORDS, [SHORT - 1, MOST_WORDS])
        words = [word for (word,) in cursor.fetchall()]
    cache.set(LEARNT, words, KNOWN)
    return len(words)


def meant(word: str) -> list[str]:
    """The words nearest to one without case and accents; none where nothing is near. Remembered for a while."""
    if len(word) < SHORT:
        return []
    return cache.get_or_set(f"slip:{word}", lambda: _meant(word), KEPT) or []


def _meant(word: str) -> list[str]:
    if learnt := cache.get(LEARNT):
        return nearest(word, learnt)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL pg_trgm.word_similarity_threshold = {LIKE}")
        cursor.execute(CANDIDATES, [word, word, NAMES])
        known = {one for (name,) in cursor.fetchall() for one in re.findall(r"[^\W_]+", name)}
    return nearest(word, known)


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """Those of the known words that are the fewest slips away, if that is few enough."""
    most = 2 if len(word) >= LONG else 1
    letters = set(word)
    close = (one for one in known if abs(len(one) - len(word)) <= most and len(letters ^ set(one)) <= 2 * most)
    far = {one: distance(word, one) for one in close}
    least = min(far.values(), default=most + 1)
    return sorted(one for one, slips in far.items() if slips == least <= most)


def distance(one: str, other: str) -> int:
    """How many letters are too many, missing, wrong or changed over with the next (optimal string alignment)."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, its in enumerate(other, 1):
            best = min(row[j - 1] + 1, rows[-1][j] + 1, rows[-1][j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
