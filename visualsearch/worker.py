"""A worker process at its start: says which networks it has, loads and runs them once, so that no shopper waits."""

from __future__ import annotations

import gc
import logging
from typing import Any

from celery import signals
from django.db import close_old_connections, connection

logger = logging.getLogger(__name__)


@signals.task_prerun.connect
def look_after_connections(**_: Any) -> None:
    """A task begins as a request does: connections that are broken or too old go.

    By itself Celery closes them around every task, and a new one costs a search 7 ms; CELERY_DB_REUSE_MAX stops that.
    """
    if not connection.in_atomic_block:
        close_old_connections()


@signals.worker_process_init.connect
def warm_up(**_: Any) -> None:
    """Load and run the networks; where they are missing the worker starts all the same and says what is wrong."""
    from PIL import Image

    from visualsearch import pipeline, versions
    from visualsearch.ml.weights import WeightsError

    try:
        versions.announce()
        pipeline.describe(Image.new("RGB", (640, 640)), *pipeline.models_in_process(versions.serving()))
        gc.freeze()  # what is loaded now stays, and need not be looked through while somebody waits
    except WeightsError as error:
        logger.error("No picture can be described: %s", error)


@signals.worker_ready.connect
def look_round(**_: Any) -> None:
    """Find what was lost while no worker was there, without waiting for the clock."""
    from visualsearch.tasks import sweep

    sweep.delay()
