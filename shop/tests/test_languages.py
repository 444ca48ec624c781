"""The shop in two languages: which one an answer is in, and how each writes money and dates."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import yaml
from babel.numbers import format_currency
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import override

from catalog.tests.factories import ProductFactory, VariantFactory, with_pictures
from shop.languages import Languages
from shop.templatetags.money import money, price_band
from shop.templatetags.regions import NAMES, SHELVES, spoken
from shop.tests.test_settings import settings_under  # noqa: F401 - a fixture
from visualsearch import apidocs
from visualsearch.ml.hues import PALETTE
from visualsearch.models import PhotoSearch

VIETNAMESE = {"accept-language": "vi-VN,vi;q=0.9,en;q=0.8"}


@pytest.fixture
def files(tmp_path, settings):
    settings.MEDIA_ROOT, settings.STATIC_ROOT = tmp_path / "media", tmp_path


@pytest.fixture
def product(db, files):
    product = ProductFactory(name="Linen dress")
    VariantFactory(product=product, price=Decimal("1250000"), stock=9)
    with_pictures(product)
    return product


def choose(client, language, **headers):
    return client.post(reverse("language"), {"language": language}, headers=headers)


def test_a_page_is_in_the_language_of_the_browser(client, product):
    page = client.get("/", headers=VIETNAMESE)
    assert page["Content-Language"] == "vi"
    assert '<html lang="vi">' in page.content.decode()
    assert "Tìm bằng ảnh" in page.content.decode()
    assert "Linen dress" in page.content.decode()  # names are the keeper's


@pytest.mark.parametrize("asked", ["", "en-GB,en;q=0.9", "fr", "nonsense;;;q=vi"])
def test_other_browsers_get_english(client, product, asked):
    page = client.get("/", headers={"accept-language": asked})
    assert page["Content-Language"] == "en"
    assert "Search with a photo" in page.content.decode()


def test_a_shop_may_be_vietnamese_unless_asked_otherwise(client, product, settings):
    settings.LANGUAGE_CODE = "vi"
    assert client.get("/")["Content-Language"] == "vi"
    assert client.get("/", headers={"accept-language": "en"})["Content-Language"] == "en"


def test_a_language_that_the_shop_does_not_speak_is_refused(settings_under):  # noqa: F811
    assert settings_under(SHOP_LANGUAGE="vi")["LANGUAGE_CODE"] == "vi"
    with pytest.raises(ImproperlyConfigured, match="SHOP_LANGUAGE is fr; this shop speaks en, vi"):
        settings_under(SHOP_LANGUAGE="fr")


def test_the_switch_is_remembered_and_leads_back_to_the_page(client, product):
    address = f"http://testserver{product.get_absolute_url()}?colour=red"
    answer = choose(client, "vi", referer=address)
    assert (answer.status_code, answer["Location"]) == (302, address)
    cookie = answer.cookies["language"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("vi", "Lax", True)
    assert int(cookie["max-age"]) > 300 * 24 * 3600
    page = client.get(product.get_absolute_url(), headers={"accept-language": "en"}).content.decode()
    assert '<html lang="vi">' in page
    assert '<button name="language" value="vi" lang="vi" aria-current="true">Tiếng Việt</button>' in page
    choose(client, "en", referer=address)
    assert '<html lang="en">' in client.get("/", headers=VIETNAMESE).content.decode()


@pytest.mark.parametrize("referer", ["https://elsewhere.example/", "javascript:alert(1)"])
def test_the_switch_leads_nowhere_else(client, files, db, referer):
    assert choose(client, "vi", referer=referer)["Location"] == "/"


def test_a_language_that_is_none_changes_nothing(client, files, db):
    assert "language" not in choose(client, "xx").cookies


def test_every_error_is_said_in_the_language(client, files, db):
    page = client.get("/none/", headers=VIETNAMESE)
    assert page.status_code == 404
    assert "Không có gì ở địa chỉ này" in page.content.decode()
    assert '<html lang="vi">' in page.content.decode()


def test_a_page_that_stands_alone_says_its_language(rf):
    from django.views.defaults import server_error

    with override("vi"):
        assert b'<html lang="vi">' in server_error(rf.get("/")).content


def test_the_service_worker_keeps_a_page_for_each_language(client, files, db):
    workers = [client.get("/worker.js", headers={"accept-language": code}).content.decode() for code in ("en", "vi")]
    assert ["offline-2-en" in workers[0], "offline-2-vi" in workers[1]] == [True, True]
    assert ["vietnamese" in worker for worker in workers] == [False, True]


def test_the_admin_speaks_it_too(admin_client, product):
    index = admin_client.get("/admin/", headers=VIETNAMESE).content.decode()
    assert '<html lang="vi"' in index
    assert "Kho sản phẩm" in index
    assert "Tiếng Việt" in index
    PhotoSearch.objects.create(width=600, height=800)
    searches = admin_client.get("/admin/visualsearch/photosearch/", headers=VIETNAMESE).content.decode()
    assert "Số lần thử" in searches
    assert "đang chờ" in searches


def test_problems_of_the_api_are_in_the_language(client, db):
    problem = client.post("/api/v1/searches/", headers=VIETNAMESE)
    assert problem.json()["detail"] == "Không có ảnh nào được gửi kèm. Hãy chọn một tấm ảnh."
    assert problem.json()["code"] == "missing"
    wrong = client.get("/api/v1/products/?page=x", headers=VIETNAMESE)
    assert wrong.json()["detail"].isascii() is False


def test_the_schema_is_the_same_whoever_asks_first(client, db):
    apidocs._read.cache_clear()
    page = client.get("/api/v1/docs/", headers=VIETNAMESE).content.decode()
    assert "Begin a search" in page or "Search with a photo" in page
    assert "Tìm bằng ảnh trong cửa hàng này" in page
    first, second = (yaml.safe_load(client.get("/api/v1/schema/", headers=h).content) for h in (VIETNAMESE, {}))
    assert first == second


@pytest.mark.parametrize(("kind", "languages"), [("image/webp", set()), ("text/html", {"Content-Language", "Vary"})])
def test_pictures_are_the_same_in_every_language(rf, kind, languages):
    answer = Languages(lambda request: HttpResponse(content_type=kind))(rf.get("/", headers=VIETNAMESE))
    assert {"Content-Language", "Vary"} & set(answer.headers) == languages


def test_what_the_models_find_has_a_name_in_vietnamese():
    with override("vi"):
        named = {str(spoken(word)) for word in (*NAMES.values(), *SHELVES.values(), *PALETTE)}
    english = {word[:1].upper() + word[1:] for word in (*NAMES.values(), *SHELVES.values(), *PALETTE)}
    assert named & english == set()


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("currency", ["EUR", "GBP", "VND", "KRW", "CHF"])
@pytest.mark.parametrize("amount", ["0", "7.5", "49.90", "999.99", "1250000", "12345678.9"])
def test_money_is_written_as_cldr_has_it(settings, language, currency, amount):
    settings.CURRENCY = currency
    whole = currency in ("VND", "KRW")
    amount = Decimal(amount).quantize(Decimal("1") if whole else Decimal("0.01"))
    with override(language):
        pattern = (
            "¤\N{NO-BREAK SPACE}#,##0.00" if (language, currency) == ("en", "CHF") else None
        )  # Babel lacks that rule
        assert money(amount) == format_currency(amount, currency, pattern, locale=language)


def test_a_page_has_prices_as_its_readers_write_them(client, product, settings):
    settings.CURRENCY = "VND"
    page = client.get(product.get_absolute_url(), headers=VIETNAMESE).content.decode()
    assert "1.250.000\N{NO-BREAK SPACE}₫" in page
    assert "Còn hàng" in page
    assert "₫1,250,000" in client.get(product.get_absolute_url()).content.decode()


def test_bands_of_prices(settings):
    settings.CURRENCY = "VND"
    with override("vi"):
        assert price_band("100000-150000") == "100.000\N{NO-BREAK SPACE}₫ đến 150.000\N{NO-BREAK SPACE}₫"
        assert price_band("500000-") == "từ 500.000\N{NO-BREAK SPACE}₫"
    with override("en"):
        assert price_band("500000-") == "₫500,000 and more"


@pytest.mark.parametrize(
    ("format", "english", "vietnamese"),
    [
        ("SHORT_DATE_FORMAT", "6 Nov 2026", "06/11/2026"),
        ("DATE_FORMAT", "6 November 2026", "6 tháng 11, 2026"),
        ("SHORT_DATETIME_FORMAT", "6 Nov 2026, 15:04", "15:04 06/11/2026"),
        ("DATETIME_FORMAT", "6 November 2026, 15:04", "15:04, 6 tháng 11, 2026"),
        ("YEAR_MONTH_FORMAT", "November 2026", "tháng 11, 2026"),
    ],
)
def test_dates(format, english, vietnamese):
    day = datetime(2026, 11, 6, 15, 4, tzinfo=UTC)
    for language, written in [("en", english), ("vi", vietnamese)]:
        with override(language):
            assert date_format(day, format) == written


def test_how_long_ago():
    now = datetime(2026, 11, 6, 15, 4, tzinfo=UTC)
    with override("vi"):
        assert timesince(now - timedelta(minutes=5), now) == "5\N{NO-BREAK SPACE}phút"
