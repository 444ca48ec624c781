"""Two questions of whoever runs the shop: does the web process live, and would a search be answered?"""

from collections.abc import Callable

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from redis.exceptions import RedisError

from shop import heartbeat
from visualsearch.models import ModelVersion, Stage


@never_cache
def alive(_request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all; asks nobody else."""
    return HttpResponse("alive\n", content_type="text/plain")


@never_cache
def ready(_request: HttpRequest) -> JsonResponse:
    """200 if every part that a search needs is there, otherwise 503; names each part and what is wrong with it."""
    parts = {name: _say(check) for name, check in CHECKS.items()}
    missing = [name for name, words in parts.items() if words.startswith("missing")]
    return JsonResponse({"ready": not missing, **parts}, status=503 if missing else 200)


def _say(check: Callable[[], str]) -> str:
    """What the check found. The error itself may name hosts and users, so it stays in here."""
    try:
        return check()
    except DatabaseError:
        return "missing: PostgreSQL does not answer"
    except (RedisError, OSError):
        return "missing: Redis does not answer"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _redis() -> str:
    cache.get("ready")
    return "ok"


def _worker() -> str:
    age = heartbeat.age("search")
    return "missing: no worker of the queue search has been heard of" if age is None else f"ok, heard {age:.0f} s ago"


def _models() -> str:
    version = ModelVersion.objects.filter(state=Stage.ACTIVE).first()
    return f"ok, {version}" if version else "missing: no models are active; a worker activates them when it starts"


CHECKS: dict[str, Callable[[], str]] = {"database": _database, "redis": _redis, "worker": _worker, "models": _models}
