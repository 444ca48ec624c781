"""Workers tell that they live, so that `/readyz` can say whether a search would be answered.

A note in the cache, not Celery's ping: a busy worker answers no ping, and a ping takes a second.
"""

import time
from typing import Any

from django.core.cache import cache

MEMORY = 60  # seconds that a worker counts as alive after its last sign


def note(sender: Any, **_: object) -> None:
    """Receives Celery's `heartbeat_sent`, in the worker, every two seconds. Workers are named <queue>@<machine>."""
    queue = sender.eventer.hostname.partition("@")[0]
    cache.set(f"worker:{queue}", time.time(), MEMORY)


def age(queue: str) -> float | None:
    """Seconds since the last sign of life of a worker of `queue`; None if there was none within MEMORY."""
    seen = cache.get(f"worker:{queue}")
    return None if seen is None else max(0.0, time.time() - seen)
