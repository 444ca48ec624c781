"""The tables of the visual search, and the extension their vectors need."""

import uuid

import django.db.models.deletion
import django.utils.timezone
import pgvector.django.halfvec
import pgvector.django.indexes
from django.db import migrations, models
from pgvector.django import VectorExtension


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0001_initial"),
    ]

    operations = [
        VectorExtension(),
        migrations.CreateModel(
            name="ModelVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("detector", models.CharField(max_length=100)),
                ("detector_sha256", models.CharField(max_length=64)),
                ("embedder", models.CharField(max_length=100)),
                ("embedder_sha256", models.CharField(max_length=64)),
                ("active", models.BooleanField(default=False)),
                ("wanted", models.DateTimeField(default=django.utils.timezone.now)),
                ("created", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("detector_sha256", "embedder_sha256"), name="model_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("active", True)), fields=("active",), name="model_version_one_active"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PhotoSearch",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("done", "done"), ("failed", "failed")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("described", models.DateTimeField(blank=True, null=True)),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="visualsearch.modelversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "photo search",
                "verbose_name_plural": "photo searches",
                "ordering": ["-created"],
            },
        ),
        migrations.CreateModel(
            name="PhotoRegion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ordinal", models.PositiveSmallIntegerField()),
                ("label", models.CharField(blank=True, max_length=50)),
                (
                    "position",
                    models.CharField(
                        choices=[
                            ("whole", "whole"),
                            ("upper", "upper"),
                            ("lower", "lower"),
                            ("full", "full"),
                            ("feet", "feet"),
                            ("bag", "bag"),
                            ("head", "head"),
                        ],
                        max_length=10,
                    ),
                ),
                ("score", models.FloatField()),
                ("x1", models.FloatField()),
                ("y1", models.FloatField()),
                ("x2", models.FloatField()),
                ("y2", models.FloatField()),
                ("embedding", pgvector.django.halfvec.HalfVectorField(dimensions=512)),
                (
                    "search",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="regions",
                        to="visualsearch.photosearch",
                    ),
                ),
            ],
            options={
                "ordering": ["ordinal"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Region",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ordinal", models.PositiveSmallIntegerField()),
                ("label", models.CharField(blank=True, max_length=50)),
                (
                    "position",
                    models.CharField(
                        choices=[
                            ("whole", "whole"),
                            ("upper", "upper"),
                            ("lower", "lower"),
                            ("full", "full"),
                            ("feet", "feet"),
                            ("bag", "bag"),
                            ("head", "head"),
                        ],
                        max_length=10,
                    ),
                ),
                ("score", models.FloatField()),
                ("x1", models.FloatField()),
                ("y1", models.FloatField()),
                ("x2", models.FloatField()),
                ("y2", models.FloatField()),
                ("embedding", pgvector.django.halfvec.HalfVectorField(dimensions=512)),
                (
                    "image",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="regions",
                        to="catalog.productimage",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="regions",
                        to="visualsearch.modelversion",
                    ),
                ),
            ],
            options={
                "ordering": ["ordinal"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Indexing",
            fields=[
                (
                    "image",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="indexing",
                        serialize=False,
                        to="catalog.productimage",
                    ),
                ),
                ("sha256", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("done", "done"), ("failed", "failed")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("reason", models.TextField(blank=True)),
                ("changed", models.DateTimeField(default=django.utils.timezone.now)),
                ("started", models.DateTimeField(blank=True, null=True)),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="visualsearch.modelversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "indexing",
                "verbose_name_plural": "indexing",
                "indexes": [models.Index(fields=["state", "changed"], name="indexing_queue")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "done", "failed"])), name="indexing_state_known"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="photosearch",
            index=models.Index(fields=["created"], name="photo_search_created"),
        ),
        migrations.AddConstraint(
            model_name="photosearch",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "done", "failed"])), name="photo_search_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="photosearch",
            constraint=models.CheckConstraint(
                condition=models.Q(("height__gt", 0), ("width__gt", 0)), name="photo_search_has_size"
            ),
        ),
        migrations.AddConstraint(
            model_name="photoregion",
            constraint=models.UniqueConstraint(fields=("search", "ordinal"), name="photo_region_once"),
        ),
        migrations.AddConstraint(
            model_name="photoregion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("x1__gte", 0),
                    ("x1__lt", models.F("x2")),
                    ("x2__lte", 1),
                    ("y1__gte", 0),
                    ("y1__lt", models.F("y2")),
                    ("y2__lte", 1),
                ),
                name="photo_region_box_inside_picture",
            ),
        ),
        migrations.AddIndex(
            model_name="region",
            index=pgvector.django.indexes.HnswIndex(
                condition=models.Q(("position", "whole")),
                ef_construction=64,
                fields=["embedding"],
                m=16,
                name="region_whole_hnsw",
                opclasses=["halfvec_ip_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="region",
            index=pgvector.django.indexes.HnswIndex(
                condition=models.Q(("position", "upper")),
                ef_construction=64,
                fields=["embedding"],
                m=16,
                name="region_upper_hnsw",
                opclasses=["halfvec_ip_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="region",
            index=pgvector.django.indexes.HnswIndex(
                condition=models.Q(("position", "lower")),
                ef_construction=64,
                fields=["embedding"],
                m=16,
                name="region_lower_hnsw",
                opclasses=["halfvec_ip_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="region",
            index=pgvector.django.indexes.HnswIndex(
                condition=models.Q(("position", "full")),
                ef_construction=64,
                fields=["embedding"],
                m=16,
                name="region_full_hnsw",
                opclasses=["halfvec_ip_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="region",
            index=pgvector.django.indexes.HnswIndex(
                condition=models.Q(("position", "feet")),
                ef_construction=64,
                fields=["embedding"],
                m=16,
                name="region_feet_hnsw",
                opclasses=["halfvec_ip_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="region",
            index=pgvector.django.indexes.HnswIndex(
                condition=models.Q(("position", "bag")),
                ef_construction=64,
                fields=["embedding"],
                m=16,
                name="region_bag_hnsw",
                opclasses=["halfvec_ip_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="region",
            index=pgvector.django.indexes.HnswIndex(
                condition=models.Q(("position", "head")),
                ef_construction=64,
                fields=["embedding"],
                m=16,
                name="region_head_hnsw",
                opclasses=["halfvec_ip_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="region",
            index=models.Index(fields=["version", "position"], name="region_shelf"),
        ),
        migrations.AddConstraint(
            model_name="region",
            constraint=models.UniqueConstraint(fields=("image", "version", "ordinal"), name="region_once"),
        ),
        migrations.AddConstraint(
            model_name="region",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("x1__gte", 0),
                    ("x1__lt", models.F("x2")),
                    ("x2__lte", 1),
                    ("y1__gte", 0),
                    ("y1__lt", models.F("y2")),
                    ("y2__lte", 1),
                ),
                name="region_box_inside_picture",
            ),
        ),
    ]
