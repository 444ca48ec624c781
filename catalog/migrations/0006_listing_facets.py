import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

NEVER = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)  # for no row: there is none when columns are added
# Two transactions may change variants of one product at a time: each waits for the product first, and whoever comes
# second reads what the first has left.
LISTED = """
CREATE OR REPLACE FUNCTION catalog_list(ids bigint[]) RETURNS void LANGUAGE sql AS $$
    SELECT FROM catalog_product WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
    INSERT INTO catalog_listing
        (product_id, name, words, price, price_to, price_before, on_sale, published, created, category_id, brand, facets)
    SELECT product.id, lower(unaccent(product.name)),
        setweight(to_tsvector('simple', unaccent(product.name)), 'A')
        || setweight(to_tsvector('simple', unaccent(concat_ws(' ', product.brand, category.name,
            array_to_string(product.tags, ' '), offer.colours))), 'B')
        || setweight(to_tsvector('simple', unaccent(product.description)), 'C'),
        offer.price, offer.price_to, offer.price_before, COALESCE(offer.on_sale, FALSE),
        product.status = 'published', product.created, category.id, product.brand,
        ARRAY(
            SELECT 'brand ' || product.brand WHERE product.brand <> ''
            UNION ALL SELECT 'on_sale 1' WHERE offer.on_sale
            UNION ALL SELECT 'size ' || min(size) FROM catalog_variant
            WHERE product_id = product.id AND size <> '' GROUP BY lower(size)
            UNION ALL SELECT 'colour ' || min(colour) FROM catalog_variant
            WHERE product_id = product.id AND colour <> '' GROUP BY lower(colour)
            UNION ALL SELECT DISTINCT 'price ' || width_bucket(price, ARRAY[
                1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000,
                5000, 7500, 10000, 15000, 20000, 30000, 50000, 75000, 100000, 150000, 200000, 300000, 500000,
                750000, 1000000, 1500000, 2000000, 3000000, 5000000, 7500000, 10000000, 15000000, 20000000,
                30000000, 50000000, 75000000
            ]::numeric[])
            FROM catalog_variant WHERE product_id = product.id
        )
    FROM catalog_product AS product
    JOIN catalog_category AS category ON category.id = product.category_id
    CROSS JOIN LATERAL (
        SELECT min(price) AS price, max(price) AS price_to, bool_or(price_before IS NOT NULL) AS on_sale,
            (array_agg(price_before ORDER BY price, price_before DESC NULLS LAST))[1] AS price_before,
            string_agg(DISTINCT colour, ' ') AS colours
        FROM catalog_variant WHERE product_id = product.id
    ) AS offer
    WHERE product.id = ANY(ids) ORDER BY product.id
    ON CONFLICT (product_id) DO UPDATE SET name = EXCLUDED.name, words = EXCLUDED.words, price = EXCLUDED.price,
        price_to = EXCLUDED.price_to, price_before = EXCLUDED.price_before, on_sale = EXCLUDED.on_sale,
        published = EXCLUDED.published, created = EXCLUDED.created, category_id = EXCLUDED.category_id,
        brand = EXCLUDED.brand, facets = EXCLUDED.facets
$$;

CREATE OR REPLACE FUNCTION catalog_list_changed_variants() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM catalog_list(ARRAY(
        SELECT DISTINCT unnest(ARRAY[gone.product_id, fresh.product_id]) FROM gone JOIN fresh USING (id)
        WHERE (gone.product_id, gone.price, gone.price_before, gone.size, gone.colour)
            IS DISTINCT FROM (fresh.product_id, fresh.price, fresh.price_before, fresh.size, fresh.colour)
    )); RETURN NULL;
END $$;

SELECT catalog_list(ARRAY(SELECT id FROM catalog_product));
"""
# Back: the functions of 0004. The rows of the listing are still right.
BEFORE = """
CREATE OR REPLACE FUNCTION catalog_list(ids bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO catalog_listing (product_id, name, words, price, price_to, price_before, on_sale)
    SELECT product.id, lower(unaccent(product.name)),
        setweight(to_tsvector('simple', unaccent(product.name)), 'A')
        || setweight(to_tsvector('simple', unaccent(concat_ws(' ', product.brand, category.name,
            array_to_string(product.tags, ' '), offer.colours))), 'B')
        || setweight(to_tsvector('simple', unaccent(product.description)), 'C'),
        offer.price, offer.price_to, offer.price_before, COALESCE(offer.on_sale, FALSE)
    FROM catalog_product AS product
    JOIN catalog_category AS category ON category.id = product.category_id
    CROSS JOIN LATERAL (
        SELECT min(price) AS price, max(price) AS price_to, bool_or(price_before IS NOT NULL) AS on_sale,
            (array_agg(price_before ORDER BY price, price_before DESC NULLS LAST))[1] AS price_before,
            string_agg(DISTINCT colour, ' ') AS colours
        FROM catalog_variant WHERE product_id = product.id
    ) AS offer
    WHERE product.id = ANY(ids) ORDER BY product.id
    ON CONFLICT (product_id) DO UPDATE SET name = EXCLUDED.name, words = EXCLUDED.words, price = EXCLUDED.price,
        price_to = EXCLUDED.price_to, price_before = EXCLUDED.price_before, on_sale = EXCLUDED.on_sale
$$;

CREATE OR REPLACE FUNCTION catalog_list_changed_variants() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM catalog_list(ARRAY(
        SELECT DISTINCT unnest(ARRAY[gone.product_id, fresh.product_id]) FROM gone JOIN fresh USING (id)
        WHERE (gone.product_id, gone.price, gone.price_before, gone.colour)
            IS DISTINCT FROM (fresh.product_id, fresh.price, fresh.price_before, fresh.colour)
    )); RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0005_former_addresses"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="variant",
            index=models.Index(condition=models.Q(("stock__gt", 0)), fields=["product"], name="variant_in_stock"),
        ),
        migrations.RunSQL("TRUNCATE catalog_listing", migrations.RunSQL.noop),  # made anew below, with all columns
        migrations.AddField(
            model_name="listing",
            name="category",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=0,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="catalog.category",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="listing", name="published", field=models.BooleanField(default=False), preserve_default=False
        ),
        migrations.AddField(
            model_name="listing", name="created", field=models.DateTimeField(default=NEVER), preserve_default=False
        ),
        migrations.AddField(
            model_name="listing", name="brand", field=models.TextField(default=""), preserve_default=False
        ),
        migrations.AddField(
            model_name="listing",
            name="facets",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                condition=models.Q(("published", True)),
                fields=["category", "-created", "-product"],
                name="listing_shelf",
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                condition=models.Q(("published", True)), fields=["-created", "-product"], name="listing_newest"
            ),
        ),
        migrations.RunSQL(LISTED, BEFORE),
    ]
