"""Writes of what people look for: the sweep notes what was asked, folds it into a tally a day, and forgets in time.

Nothing here costs a shopper a moment: whatever a search found is noted after its page was given. A search that is
forgotten before or after is as if it had never been.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone
from django.utils.crypto import salted_hmac

from visualsearch import thresholds
from visualsearch.models import PhotoRegion, PhotoSearch, Stage, State
from visualsearch.modelsinsight import Reaction, Sought, Tally
from visualsearch.search import Ask, Page, nearest_of_each

if TYPE_CHECKING:
    from uuid import UUID

AT_ONCE = 1000  # items noted in one go
LATE = timedelta(days=2)  # reactions come as long as their search lives: the tallies of these days may still change

BOX = ("x1", "y1", "x2", "y2")
FOLD = """
    WITH item AS (
        SELECT (sought.asked AT TIME ZONE %(zone)s)::date AS day, sought.trace, sought.ordinal, sought.position,
            sought.category, sought.accepted,
            count(*) FILTER (WHERE reaction.kind = 'click') AS clicks,
            count(*) FILTER (WHERE reaction.kind = 'cart') AS carts,
            count(*) FILTER (WHERE reaction.kind = 'not_it') AS not_its
        FROM visualsearch_sought AS sought
        LEFT JOIN visualsearch_reaction AS reaction
            ON reaction.trace = sought.trace AND reaction.ordinal = sought.ordinal
        WHERE sought.asked >= %(begin)s
        GROUP BY sought.id
    ), search AS (
        SELECT day, COALESCE(bool_or(accepted) FILTER (WHERE ordinal > 0), bool_or(accepted)) AS accepted,
            sum(clicks) AS clicks, sum(carts) AS carts, sum(not_its) AS not_its
        FROM item GROUP BY day, trace
    )
    SELECT day, position, category, count(*) AS asked, count(*) FILTER (WHERE accepted) AS accepted,
        count(*) FILTER (WHERE clicks > 0) AS clicked, sum(clicks) AS clicks, sum(carts) AS carts,
        sum(not_its) AS not_its
    FROM item GROUP BY day, position, category
    UNION ALL
    SELECT day, '', '', count(*), count(*) FILTER (WHERE accepted), count(*) FILTER (WHERE clicks > 0), sum(clicks),
        sum(carts), sum(not_its)
    FROM search GROUP BY day
"""
RANKS = """
    SELECT (sought.asked AT TIME ZONE %(zone)s)::date AS day, reaction.rank, count(*)
    FROM visualsearch_reaction AS reaction
    JOIN visualsearch_sought AS sought ON sought.trace = reaction.trace AND sought.ordinal = reaction.ordinal
    WHERE sought.asked >= %(begin)s AND reaction.kind = 'click' AND reaction.rank IS NOT NULL
    GROUP BY day, reaction.rank ORDER BY day, reaction.rank
"""


def accepted(score: float | None, floor: float | None) -> bool:
    """Whether the nearest product, at this score, answers an item; `None`: there was no product.

    Where no floor is known, any product does.
    """
    return score is not None and (floor is None or score >= floor)


def trace(search_id: UUID) -> str:
    """What stands for a search in the tables of insight: to be had from its id, and the id not from it."""
    return salted_hmac("visualsearch.insight", str(search_id)).hexdigest()[:16]


def sweep() -> None:
    """Note what was asked since, fold, and let go of what is old."""
    while note() == AT_ONCE:
        pass
    fold()
    purge()


def note() -> int:
    """Note items that were searched with and are not noted yet, AT_ONCE at most. Returns how many there were."""
    known = Sought.objects.filter(region=OuterRef("pk"))
    done = PhotoRegion.objects.filter(search__state=State.DONE).exclude(search__version__state=Stage.RETIRED)
    regions = list(done.filter(~Exists(known)).select_related("search").order_by("search_id", "ordinal")[:AT_ONCE])
    by_search: dict[UUID, list[PhotoRegion]] = {}
    for region in regions:
        by_search.setdefault(region.search_id, []).append(region)
    for search_id, some in by_search.items():
        _note(search_id, some, nearest_of_each([Ask(region, 1) for region in some]))
    return len(regions)


@transaction.atomic
def fold() -> None:
    """Write the tallies of the days that may have changed anew, from whatever was noted and is still there."""
    begin = _first_day()
    wanted = {"zone": settings.TIME_ZONE, "begin": begin}
    with connection.cursor() as cursor:
        cursor.execute(FOLD, wanted)
        names = [column.name for column in cursor.description]
        tallies = [Tally(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
        cursor.execute(RANKS, wanted)
        ranks: dict[date, dict[str, int]] = {}
        for day, rank, count in cursor.fetchall():
            ranks.setdefault(day, {})[str(rank)] = count
    for tally in tallies:
        tally.ranks = ranks.get(tally.day, {}) if not tally.position else {}
    Tally.objects.filter(day__gte=timezone.localtime(begin).date()).delete()
    Tally.objects.bulk_create(tallies)


def purge() -> None:
    """Delete what is older than VISUALSEARCH["INSIGHT_DAYS"]: vectors, boxes and reactions; the tallies stay."""
    for model in (Sought, Reaction):
        model._default_manager.filter(asked__lt=_oldest()).delete()


def forget(search_id: UUID) -> None:
    """Delete all that is known of a search. Call it after the search itself is deleted: see `_note`."""
    for model in (Sought, Reaction):
        model._default_manager.filter(trace=trace(search_id)).delete()


@transaction.atomic
def _note(search_id: UUID, regions: list[PhotoRegion], pages: list[Page]) -> None:
    """Unless the search was forgotten meanwhile; whoever forgets it now waits for this to end, and deletes it too."""
    if PhotoSearch.objects.select_for_update(no_key=True).filter(pk=search_id).exists():
        floors = thresholds.floors(regions[0].search)
        rows = [_sought(r, page, floors.get(r.position)) for r, page in zip(regions, pages, strict=True)]
        Sought.objects.bulk_create(rows, ignore_conflicts=True)


def _sought(region: PhotoRegion, page: Page, floor: float | None) -> Sought:
    hit = page.hits[0] if page.hits else None
    answered = accepted(hit.score if hit else None, floor)
    same: dict[str, Any] = {
        name: getattr(region, name) for name in ("ordinal", "label", "position", "score", "embedding", *BOX)
    }
    return Sought(
        **same,
        region=region.pk,
        trace=trace(region.search_id),
        asked=region.search.created,
        version_id=region.search.version_id,
        best=hit.score if hit else None,
        product=hit.product if hit else None,
        category=hit.product.category.path if hit and answered else "",
        accepted=answered,
    )


def _oldest() -> datetime:
    return timezone.now() - timedelta(days=settings.VISUALSEARCH["INSIGHT_DAYS"])


def _first_day() -> datetime:
    """Midnight of the first day to fold: LATE before the last one that was, and no day that is partly purged."""
    last = Tally.objects.aggregate(last=Max("day"))["last"]
    whole = timezone.localtime(_oldest()).date() + timedelta(days=1)
    first = max(whole, last - LATE) if last else whole
    return timezone.make_aware(datetime.combine(first, time()))
