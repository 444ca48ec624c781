"""Parts of a photo that its shopper chooses, each of which becomes a region of the search."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("visualsearch", "0002_versions"),
    ]

    operations = [
        migrations.CreateModel(
            name="PhotoCrop",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("ordinal", models.PositiveSmallIntegerField()),
                ("x1", models.FloatField()),
                ("y1", models.FloatField()),
                ("x2", models.FloatField()),
                ("y2", models.FloatField()),
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
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "search",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="crops",
                        to="visualsearch.photosearch",
                    ),
                ),
            ],
            options={
                "verbose_name": "photo crop",
                "verbose_name_plural": "photo crops",
                "ordering": ["ordinal"],
            },
        ),
        migrations.AddField(
            model_name="photoregion",
            name="crop",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="region",
                to="visualsearch.photocrop",
            ),
        ),
        migrations.AddIndex(
            model_name="photocrop",
            index=models.Index(condition=models.Q(("state", "waiting")), fields=["created"], name="photo_crop_queue"),
        ),
        migrations.AddConstraint(
            model_name="photocrop",
            constraint=models.UniqueConstraint(fields=("search", "ordinal"), name="photo_crop_once"),
        ),
        migrations.AddConstraint(
            model_name="photocrop",
            constraint=models.UniqueConstraint(fields=("search", "x1", "y1", "x2", "y2"), name="photo_crop_one_a_box"),
        ),
        migrations.AddConstraint(
            model_name="photocrop",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "done", "failed"])), name="photo_crop_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="photocrop",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("x1__gte", 0),
                    ("x1__lt", models.F("x2")),
                    ("x2__lte", 1),
                    ("y1__gte", 0),
                    ("y1__lt", models.F("y2")),
                    ("y2__lte", 1),
                ),
                name="photo_crop_box_inside_picture",
            ),
        ),
    ]
