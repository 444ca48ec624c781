"""The keeper's side of the catalogue: pictures come in by the handful, in order, and none is lost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import Category, Product, ProductImage
from catalog.tests.bad_files import encoded
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory, some_picture, with_pictures

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(client, django_user_model):
    """A browser of somebody who may do everything; without a password, which takes half a second to hash."""
    client.force_login(django_user_model.objects.create(username="keeper", is_staff=True, is_superuser=True))
    return client


def upload(name="front.webp", data=None):
    return SimpleUploadedFile(name, some_picture() if data is None else data)


def form_of(product=None, **changes):
    """What a browser sends when the product's page is saved."""
    images = list(product.images.all()) if product else []
    variants = list(product.variants.all()) if product else []
    data = {
        "name": "Shirt", "slug": "shirt", "category": (product.category if product else CategoryFactory()).pk,
        "brand": "", "status": "published", "description": "", "tags": "linen,summer",
        "images-TOTAL_FORMS": len(images), "images-INITIAL_FORMS": len(images),
        "variants-TOTAL_FORMS": len(variants), "variants-INITIAL_FORMS": len(variants),
    }  # fmt: skip
    for prefix, rows, names in (
        ("images", images, ["position", "colour", "alt"]),
        ("variants", variants, ["size", "colour", "sku", "price", "weight", "position"]),
    ):
        for index, row in enumerate(rows):
            data |= {f"{prefix}-{index}-id": row.pk, f"{prefix}-{index}-product": product.pk}
            data |= {f"{prefix}-{index}-{name}": getattr(row, name) for name in names}
            if prefix == "variants":
                data |= {f"{prefix}-{index}-pieces": row.stock, f"initial-{prefix}-{index}-pieces": row.stock}
    return data | changes


def page(product):
    return reverse("admin:catalog_product_change", args=[product.pk])


def sentences(response):
    return [str(error) for errors in response.context["errors"] for error in errors]


def test_a_new_product_comes_with_several_pictures(keeper):
    photos = [upload(f"{shade}.webp", some_picture(shade)) for shade in range(3)]
    response = keeper.post(reverse("admin:catalog_product_add"), form_of(new_pictures=photos))
    assert response.status_code == 302
    product = Product.objects.get()
    assert product.tags == ["linen", "summer"]
    assert [image.position for image in product.images.all()] == [0, 1, 2]


def test_pictures_are_added_to_those_that_are_there(keeper):
    product = ProductFactory()
    (first,) = with_pictures(product)
    keeper.post(page(product), form_of(product, new_pictures=[upload(data=some_picture(5))]))
    assert product.images.first() == first
    assert product.images.count() == 2


def test_bad_pictures_are_named_and_the_good_ones_wait_until_the_form_is_right(keeper):
    photos = [upload("good.webp"), upload("scan.tif", encoded("TIFF")), upload("half.jpg", encoded("JPEG")[:300])]
    response = keeper.post(reverse("admin:catalog_product_add"), form_of(new_pictures=photos, brand="Acme"))
    assert response.status_code == 200
    said = sentences(response)
    assert any(sentence.startswith("scan.tif: This is a TIFF picture") for sentence in said)
    assert any(sentence.startswith("half.jpg: The picture is cut off") for sentence in said)
    assert response.context["kept_names"] == ["good.webp"]
    assert 'value="Acme"' in response.text
    again = form_of(kept_pictures=response.context["kept_token"], new_pictures=[upload("more.webp", some_picture(2))])
    assert keeper.post(reverse("admin:catalog_product_add"), again).status_code == 302
    assert Product.objects.get().images.count() == 2


def test_another_error_does_not_lose_the_pictures(keeper):
    response = keeper.post(reverse("admin:catalog_product_add"), form_of(name="", new_pictures=[upload("front.webp")]))
    assert "front.webp" in response.text
    again = form_of(kept_pictures=response.context["kept_token"])
    keeper.post(reverse("admin:catalog_product_add"), again)
    assert ProductImage.objects.count() == 1


def test_a_wrong_or_late_token_keeps_nothing_and_breaks_nothing(keeper):
    for token in ("never given", "x" * 9999, "\0"):
        Product.objects.all().delete()
        assert keeper.post(reverse("admin:catalog_product_add"), form_of(kept_pictures=token)).status_code == 302


def test_pictures_are_put_in_order_described_and_deleted(keeper, django_capture_on_commit_callbacks, media):
    product = ProductFactory()
    one, two, three = with_pictures(product, 3)
    changes = {
        "images-0-position": 2, "images-1-position": 0, "images-1-alt": "From behind", "images-1-colour": "red",
        "images-2-DELETE": "on",
    }  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        keeper.post(page(product), form_of(product, **changes))
    assert list(product.images.all()) == [two, one]
    two.refresh_from_db()
    assert (two.alt, two.colour) == ("From behind", "red")
    assert len([path for path in media.rglob("*") if path.is_file()]) == 2
    assert not ProductImage.objects.filter(pk=three.pk).exists()


def test_a_picture_is_replaced_in_its_place(keeper):
    product = ProductFactory()
    (image,) = with_pictures(product, alt="Front")
    changes = {"images-0-replacement": upload(data=some_picture(9, size=(99, 99)))}
    assert keeper.post(page(product), form_of(product, **changes)).status_code == 302
    replaced = product.images.get()
    assert (replaced.pk, replaced.alt, replaced.width) == (image.pk, "Front", 99)
    assert replaced.sha256 != image.sha256


def test_a_bad_replacement_is_a_form_error_and_changes_nothing(keeper):
    product = ProductFactory()
    one, _ = with_pictures(product, 2)
    for data, sentence in ((b"<svg/>", "SVG drawing"), (some_picture(1), "already has this picture"), (b"", "empty")):
        response = keeper.post(page(product), form_of(product, **{"images-0-replacement": upload("new.jpg", data)}))
        assert response.status_code == 200
        assert any(sentence in said for said in sentences(response)), sentence
    one.refresh_from_db()
    assert product.images.first() == one


def test_a_huge_upload_is_refused_unread(keeper, monkeypatch):
    monkeypatch.setattr("catalog.images.MAX_BYTES", 1000)
    response = keeper.post(reverse("admin:catalog_product_add"), form_of(new_pictures=[upload(data=bytes(5000))]))
    assert any("at most" in sentence for sentence in sentences(response))


def test_the_list_shows_covers_prices_and_stock_in_a_constant_number_of_queries(keeper, django_assert_max_num_queries):
    for product in ProductFactory.create_batch(5):
        with_pictures(product, 2)
        VariantFactory.create_batch(2, product=product)
    with django_assert_max_num_queries(12):
        response = keeper.get(reverse("admin:catalog_product_changelist"), {"q": "shirt"})
    assert response.text.count('class="thumbnail"') == 5


def test_the_list_finds_products_whose_pictures_say_nothing(keeper):
    told, half, bare = ProductFactory(name="Told"), ProductFactory(name="Half"), ProductFactory(name="Bare")
    with_pictures(told, 2)
    with_pictures(half, 2)
    ProductImage.objects.update(alt="A red shirt")
    with_pictures(half, 1)

    def listed(**asked):
        response = keeper.get(reverse("admin:catalog_product_changelist"), asked)
        return {product.name for product in response.context["cl"].result_list}

    assert listed(texts="missing") == {"Half"}
    assert listed(texts="there") == {"Told"}
    assert listed() == {"Told", "Half", bare.name}


def test_products_are_published_and_archived_together(keeper):
    products = ProductFactory.create_batch(2, status="draft")
    for action, status in (("publish", "published"), ("archive", "archived")):
        data = {"action": action, "_selected_action": [product.pk for product in products]}
        page = keeper.post(reverse("admin:catalog_product_changelist"), data)
        assert f"2 products would be {status}." in page.text
        sent = {"ids": page.context["ids"], "status": status}
        response = keeper.post(reverse("admin:catalog_product_status"), sent, follow=True)
        assert f"2 products are now {status}." in response.text
        assert set(Product.objects.values_list("status", flat=True)) == {status}


def test_a_product_is_deleted_with_all_it_has(keeper, django_capture_on_commit_callbacks, media):
    product = ProductFactory()
    with_pictures(product, 2)
    VariantFactory(product=product)
    with django_capture_on_commit_callbacks(execute=True):
        keeper.post(reverse("admin:catalog_product_delete", args=[product.pk]), {"post": "yes"})
    assert not Product.objects.exists()
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_categories_are_made_and_moved(keeper):
    keeper.post(reverse("admin:catalog_category_add"), {"name": "Women", "slug": "women", "position": 0})
    women = Category.objects.get()
    keeper.post(
        reverse("admin:catalog_category_add"), {"name": "Tops", "slug": "tops", "parent": women.pk, "position": 0}
    )
    assert Category.objects.filter(path="women/tops").exists()
    response = keeper.post(
        reverse("admin:catalog_category_change", args=[women.pk]),
        {"name": "Women", "slug": "women", "parent": Category.objects.get(slug="tops").pk, "position": 0},
    )
    assert any("below itself" in sentence for sentence in sentences(response))
    assert "women/tops" in keeper.get(reverse("admin:catalog_category_changelist")).text
