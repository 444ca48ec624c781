"""What settings make of an environment, run afresh for each: the module itself is imported once and by nobody else."""

import re
import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from shop.environment import BASE_DIR

PRODUCTION = {
    "PRODUCTION": "1",
    "DEBUG": "0",
    "SECRET_KEY": "Pp3-kd83hfQpx0Zs7vNw2LmTy5RbUaEgJcIo-9dFhWq1XsZx7-and-on",
    "ALLOWED_HOSTS": "shop.example",
    "DATABASE_URL": "postgresql://u:p@db/vitrine",
    "REDIS_URL": "redis://cache:6379/0",
    "EMAIL_URL": "smtp://mail:25",
    "PAYMENTS": "stripe,paypal",
    "STRIPE_SECRET_KEY": "sk",
    "STRIPE_WEBHOOK_SECRET": "wh",
    "PAYPAL_CLIENT_ID": "id",
    "PAYPAL_SECRET": "pp",
}


@pytest.fixture
def settings_under(monkeypatch):
    def run(**environment: str) -> dict[str, object]:
        for name in (*PRODUCTION, "TLS", "SERVE_MEDIA", "SECURE_HSTS_SECONDS", "API_CORS_ORIGINS"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(BASE_DIR / "shop" / "settings.py"))

    return run


def test_production_is_closed_and_secure(settings_under):
    settings = settings_under(**PRODUCTION)
    assert settings["DEBUG"] is False
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["CSRF_COOKIE_SECURE"]
    assert settings["SECURE_SSL_REDIRECT"]
    assert settings["SECURE_HSTS_SECONDS"] >= 31536000
    assert not settings["SERVE_MEDIA"]
    assert settings["DATABASES"]["default"]["HOST"] == "db"
    assert settings["CELERY_BROKER_URL"] == settings["REDIS_URL"] == "redis://cache:6379/0"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"DEBUG": "1"}, "DEBUG must be off"),
        ({"SECRET_KEY": ""}, "Set SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "Set SECRET_KEY"),
        ({"SECRET_KEY": "development-only-secret-never-for-production"}, "Set SECRET_KEY"),
        ({"ALLOWED_HOSTS": ""}, "Set ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "Set ALLOWED_HOSTS"),
        ({"DATABASE_URL": ""}, "Set DATABASE_URL and REDIS_URL"),
        ({"REDIS_URL": ""}, "Set DATABASE_URL and REDIS_URL"),
        ({"EMAIL_URL": ""}, "Set EMAIL_URL"),
        ({"PAYMENTS": ""}, "Set PAYMENTS"),
        ({"PAYMENTS": "cash"}, "PAYMENTS names cash; known are trial, stripe, paypal"),
        ({"PAYMENTS": "trial,stripe"}, "anybody could buy for nothing"),
        ({"STRIPE_WEBHOOK_SECRET": ""}, "PAYMENTS needs STRIPE_WEBHOOK_SECRET"),
        ({"PAYPAL_SECRET": ""}, "PAYMENTS needs PAYPAL_SECRET"),
    ],
)
def test_production_refuses_to_start(settings_under, change, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        settings_under(**PRODUCTION | change)


def test_every_way_to_pay_is_one_that_can_be_made(settings_under):
    settings = settings_under(**PRODUCTION)
    for handler, options in settings["PAYMENT_VARIANTS"].values():
        assert import_string(handler)(**options)
    assert settings["PAYMENT_HOST"] == "shop.example"
    allowed = settings["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["form-action"]
    assert allowed[1:] == ["https://checkout.stripe.com", "https://www.paypal.com"]


def test_a_newcomer_needs_to_set_nothing(settings_under):
    settings = settings_under()
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert settings["SERVE_MEDIA"]
    assert not settings["SECURE_SSL_REDIRECT"]
    assert settings["DATABASES"]["default"]["HOST"] == "127.0.0.1"


def test_containers_can_be_tried_without_tls(settings_under):
    settings = settings_under(**PRODUCTION, TLS="0")
    assert not settings["SECURE_SSL_REDIRECT"]
    assert not settings["SESSION_COOKIE_SECURE"]
    assert settings["SECURE_HSTS_SECONDS"] == 0


def test_pages_may_not_run_inline_code(settings_under):
    directives = settings_under()["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert "default-src" in directives
    assert not any("unsafe" in source for sources in directives.values() for source in sources)


def test_the_example_names_every_variable_that_is_read():
    asked = re.compile(r"""\benv(?:\.\w+)?\(\s*["']([A-Z][A-Z_]+)["']""")
    modules = (path for room in ("shop", "visualsearch", "catalog") for path in (BASE_DIR / room).rglob("*.py"))
    read = {name for path in modules if "tests" not in path.parts for name in asked.findall(path.read_text())}
    assert read | {"POSTGRES_PASSWORD"} == example_names()


def example_names() -> set[str]:
    lines = Path(BASE_DIR / ".env.example").read_text().splitlines()
    return {match.group(1) for line in lines if (match := re.match(r"#?([A-Z][A-Z_]+)=", line))}


def test_other_origins_reach_the_api_only_where_a_setting_names_them(settings_under):
    assert "corsheaders" not in settings_under()["INSTALLED_APPS"]
    settings = settings_under(API_CORS_ORIGINS="https://app.example,https://other.example")
    assert settings["CORS_ALLOWED_ORIGINS"] == ["https://app.example", "https://other.example"]
    assert settings["CORS_ALLOW_ALL_ORIGINS"] is False
    assert settings["MIDDLEWARE"][0] == "corsheaders.middleware.CorsMiddleware"
    assert not settings.get("CORS_ALLOW_CREDENTIALS")
    assert re.match(settings["CORS_URLS_REGEX"], "/api/v1/categories/")
    assert not re.match(settings["CORS_URLS_REGEX"], "/admin/")
    assert settings_under(API_CORS_ORIGINS="*")["CORS_ALLOW_ALL_ORIGINS"] is True
