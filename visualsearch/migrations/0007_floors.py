"""Floors belong to the shop: they move from the embedder's figures to a column of the version."""

from django.db import migrations, models

FIGURE, PROMISE = "floor ", "floors' error"


def move(apps, schema_editor):
    """`floor upper` among the figures becomes `upper` among the floors, and what they promise `error`."""
    for version in apps.get_model("visualsearch", "ModelVersion").objects.all():
        figures = version.figures.get("embedder", {})
        floors = {name.removeprefix(FIGURE): value for name, value in figures.items() if name.startswith(FIGURE)}
        if floors:
            version.floors = floors | {"error": figures[PROMISE]} if PROMISE in figures else floors
            version.save(update_fields=["floors"])


class Migration(migrations.Migration):
    dependencies = [("visualsearch", "0006_words_for_the_keeper")]

    operations = [
        migrations.AddField("modelversion", "floors", models.JSONField(default=dict)),
        migrations.RunPython(move, migrations.RunPython.noop),
    ]
