"""Numbers beside the words that lists count by: thousands of variants are grouped sooner by them."""

import django.db.models.functions.text
from django.db import migrations, models

KEYS = """
ALTER TABLE catalog_variant
    ADD COLUMN size_key bigint GENERATED ALWAYS AS (hashtextextended(lower(size), 0)) STORED,
    ADD COLUMN colour_key bigint GENERATED ALWAYS AS (hashtextextended(lower(colour), 0)) STORED,
    ADD COLUMN band smallint GENERATED ALWAYS AS (width_bucket(price, ARRAY[
        1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000,
        5000, 7500, 10000, 15000, 20000, 30000, 50000, 75000, 100000, 150000, 200000, 300000, 500000,
        750000, 1000000, 1500000, 2000000, 3000000, 5000000, 7500000, 10000000, 15000000, 20000000,
        30000000, 50000000, 75000000
    ]::numeric[])) STORED
"""
NO_KEYS = "ALTER TABLE catalog_variant DROP COLUMN size_key, DROP COLUMN colour_key, DROP COLUMN band"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_size_guides")]

    operations = [
        migrations.RunSQL(KEYS, NO_KEYS),
        migrations.AddField(
            model_name="listing",
            name="brand_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    django.db.models.functions.text.Lower("brand"), models.Value(0), function="hashtextextended"
                ),
                output_field=models.BigIntegerField(),
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                condition=models.Q(("published", True)),
                fields=["category"],
                include=("product", "brand_key"),
                name="listing_counted",
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                condition=models.Q(("published", True)),
                fields=["category", "price", "-product"],
                name="listing_shelf_price",
            ),
        ),
    ]
