"""Whether the shop says rightly that it lives, and whether a search would be answered."""

import json
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.test import RequestFactory
from redis.exceptions import ConnectionError as RedisIsGone

from shop import health, heartbeat
from visualsearch.models import ModelVersion

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_worker():
    cache.clear()


@pytest.fixture
def worker():
    """A worker of the queue search that has just given a sign of life, as Celery would have it do."""
    heartbeat.note(sender=SimpleNamespace(eventer=SimpleNamespace(hostname="search@machine")))


@pytest.fixture
def models():
    return ModelVersion.objects.create(
        detector="d", detector_sha256="1" * 64, embedder="e", embedder_sha256="2" * 64, state="active"
    )


def ask(view) -> tuple[int, dict]:
    answer = view(RequestFactory().get("/"))
    return answer.status_code, json.loads(answer.content)


@pytest.mark.usefixtures("worker", "models")
def test_ready_when_all_parts_are_there():
    status, parts = ask(health.ready)
    assert status == 200
    assert parts["ready"] is True
    assert parts["worker"].startswith("ok, heard 0 s ago")
    assert "11111111" in parts["models"]


def test_alive_without_asking_anybody(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert health.alive(RequestFactory().get("/")).status_code == 200


@pytest.mark.usefixtures("models")
def test_not_ready_without_a_worker_for_searches():
    heartbeat.note(sender=SimpleNamespace(eventer=SimpleNamespace(hostname="index@machine")))
    status, parts = ask(health.ready)
    assert status == 503
    assert parts["worker"] == "missing: no worker of the queue search has been heard of"
    assert parts["database"] == "ok"


@pytest.mark.usefixtures("worker")
def test_not_ready_without_models():
    status, parts = ask(health.ready)
    assert status == 503
    assert parts["models"].startswith("missing: no models are active")


@pytest.mark.usefixtures("models")
def test_an_error_stays_inside(monkeypatch):
    def fail(*_):
        raise RedisIsGone("secret-host:6379")

    monkeypatch.setattr(cache, "get", fail)
    status, parts = ask(health.ready)
    assert status == 503
    assert parts["redis"] == "missing: Redis does not answer"
    assert "secret-host" not in json.dumps(parts)
