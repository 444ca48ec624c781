"""docker-compose.yml and Dockerfile against the code: this machine may have no Docker, so what they name must exist."""

import re

import pytest
import yaml
from django.conf import settings

from shop import demo
from shop.environment import BASE_DIR
from shop.tests.test_settings import example_names

TEXT = (BASE_DIR / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
OURS = ("web", "worker-search", "worker-index", "beat", "migrate")


def test_all_parts_of_the_shop_are_there():
    assert set(SERVICES) == {*OURS, "database", "redis"}
    assert {process.name for process in demo.processes()} < set(SERVICES)


def test_every_queue_has_its_worker():
    queues = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {settings.CELERY_TASK_DEFAULT_QUEUE}
    assert queues == {"search", "index"}
    for queue in queues:
        assert SERVICES[f"worker-{queue}"]["command"] == ["celery", "--app", "shop.celery", *demo.worker(queue)]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_can_do_little_harm(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_has_its_limits(name):
    assert {"cpus", "memory"} == set(SERVICES[name]["deploy"]["resources"]["limits"])


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate", "beat"}))
def test_everything_that_serves_is_watched(name):
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_named_variables_exist():
    named = set(re.findall(r"\$\{([A-Z_]+)", TEXT))
    for name in OURS:
        named |= set(SERVICES[name]["environment"])
    assert named <= example_names()


def test_what_is_depended_on_and_mounted_exists():
    for service in SERVICES.values():
        assert set(service.get("depends_on", ())) <= set(SERVICES)
        assert {volume.split(":")[0] for volume in service.get("volumes", ())} <= set(COMPOSE["volumes"])


def test_photos_never_reach_a_disk():
    redis = SERVICES["redis"]
    assert "volumes" not in redis
    assert redis["command"][1:5] == ["--save", "", "--appendonly", "no"]


def test_the_image_runs_as_nobody_in_particular_and_gets_what_it_needs():
    dockerfile = (BASE_DIR / "Dockerfile").read_text()
    assert dockerfile.index("USER vitrine") < dockerfile.index("CMD [")
    taken = re.findall(r"^!(\S+)", (BASE_DIR / ".dockerignore").read_text(), re.MULTILINE)
    rooms = {"catalog", "shop", "visualsearch", "templates", "static", "locale"}
    assert set(taken) == rooms | {"manage.py", "requirements.txt"}
    assert all((BASE_DIR / name).exists() for name in taken)


def test_the_running_shop_needs_no_torch():
    assert not re.search(r"^torch", (BASE_DIR / "requirements.txt").read_text(), re.MULTILINE)


def test_every_requirement_is_pinned_and_says_what_it_is_for():
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (BASE_DIR / name).read_text().splitlines():
            if line and not line.startswith(("#", "-r ")):
                assert re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?==[\w.]+(; .+)? +# .+", line), line
