"""Tables that say which size fits whom, as the keeper writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Length
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Category
from catalog.querysets import paths_to

if TYPE_CHECKING:
    from typing import Self

LINES, CELLS = 60, 10  # of a table, at most
MARKS = ("\t", ";", ",")  # between cells, as spreadsheets and people write them: the first of these that there is


class SizeGuideQuerySet(models.QuerySet["SizeGuide"]):
    """Size guides."""

    def of(self, category: Category) -> SizeGuide | None:
        """The guide of a category, or of the nearest above it that has one."""
        guides = self.filter(categories__path__in=paths_to(category.path))
        return guides.order_by(Length("categories__path").desc(), "pk").first()


class SizeGuide(models.Model):
    """What one size measures, a line each. The first line says what is measured, the first cell of a line its size."""

    name = models.CharField(_("name"), max_length=100)
    categories = models.ManyToManyField(
        Category,
        related_name="size_guides",
        verbose_name=_("categories"),
        help_text=_("They and all below them, unless one there has a guide of its own."),
    )
    table = models.TextField(
        _("table"),
        help_text=_("A line a size, as it is pasted from a spreadsheet; the first line says what each column is."),
    )
    note = models.TextField(_("how to measure"), blank=True)

    objects = SizeGuideQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("size guide")
        verbose_name_plural = _("size guides")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises ValidationError for what is no table."""
        first, *rest = self.lines or [[]]
        if len(first) < 2 or not rest:
            sentence = gettext("Write a line that says what is measured, and below it a line for each size.")
            raise ValidationError({"table": sentence})
        if len(rest) > LINES or len(first) > CELLS:
            sentence = gettext("Of a table, {lines} lines and {cells} columns are shown at most.")
            raise ValidationError({"table": sentence.format(lines=LINES, cells=CELLS)})
        for number, cells in enumerate(rest, 2):
            if len(cells) != len(first):
                sentence = gettext("Line {number} has {cells} cells and the first line {first}. Make them as many.")
                raise ValidationError({"table": sentence.format(number=number, cells=len(cells), first=len(first))})

    @property
    def lines(self) -> list[list[str]]:
        """The cells of each line that is not empty."""
        mark = next((mark for mark in MARKS if mark in self.table), "\t")
        return [[cell.strip() for cell in line.split(mark)] for line in self.table.splitlines() if line.strip()]

    @property
    def measures(self) -> list[str]:
        """What each column is."""
        return self.lines[0]

    @property
    def sizes(self) -> list[list[str]]:
        """A line for each size."""
        return self.lines[1:]

    @classmethod
    def written(cls, name: str, table: str, note: str, categories: list[Category]) -> Self:
        """A new guide of these categories."""
        guide = cls.objects.create(name=name, table=table, note=note)
        guide.categories.set(categories)
        return guide
