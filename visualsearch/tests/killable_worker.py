"""A real worker with fake networks, for tests that kill it: `python -m visualsearch.tests.killable_worker`."""

from datetime import timedelta

import django
from celery import current_app
from django.conf import settings

ARGUMENTS = ["worker", "--queues", "index,search", "--pool", "solo", "--without-gossip", "--without-mingle"]


def main():
    django.setup()
    from visualsearch import indexing, pipeline
    from visualsearch.ml import weights
    from visualsearch.tests import fakes

    settings.VISUALSEARCH |= fakes.NAMES
    weights.registered = lambda folder=None: fakes.registry()
    pipeline.Detector, pipeline.Embedder = fakes.FakeDetector, fakes.FakeEmbedder
    indexing.PATIENCE = timedelta(seconds=2)
    current_app.worker_main(ARGUMENTS)


if __name__ == "__main__":
    main()
