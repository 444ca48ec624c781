"""The keeper's side of model versions: what each is, how far it is, and the steps it can take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from catalog.readonly import ReadOnly
from visualsearch import filling, steps
from visualsearch.ml.weights import WeightsError
from visualsearch.models import KEPT, ModelVersion, Stage
from visualsearch.thresholds import PROMISE
from visualsearch.versions import PREPROCESSING

if TYPE_CHECKING:
    from django.urls import URLPattern
    from django.utils.safestring import SafeString

ORDER = [*KEPT, Stage.REGISTERED, Stage.RETIRED]
NOTHING = format_html('<span class="nothing">{}</span>', "-")
SHOWN = 3  # figures of each model in the list; all of them are on the version's own page


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnly):
    """Pairs of networks, the active one first."""

    list_display = ["name", "stage", "pictures", "measured", "possible"]
    fields = [
        *("name", "stage", "pictures", "possible", "trouble", "detector", "detector_sha256", "embedder"),
        *("embedder_sha256", "dimension", "prepared", "worn", "all_measured", "accepted", "described", "created"),
        *("changed", "activated", "announced"),
    ]
    readonly_fields = ["stage", "pictures", "possible", "prepared", "worn", "all_measured", "accepted", "described"]
    actions = None

    class Media:
        css = {"all": ["admin-vitrine/versions.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelVersion]:
        whens = [When(state=state, then=Value(number)) for number, state in enumerate(ORDER)]
        return super().get_queryset(request).order_by(Case(*whens, output_field=IntegerField()), "-pk")

    def get_urls(self) -> list[URLPattern]:
        step = self.admin_site.admin_view(self.step)
        return [path("<int:pk>/step/<slug:name>/", step, name="visualsearch_modelversion_step"), *super().get_urls()]

    def has_step_permission(self, request: HttpRequest) -> bool:
        """Who may change model versions may take steps with them, and nothing else."""
        return request.user.has_perm("visualsearch.change_modelversion")

    def step(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Say what a step means, and take it once that is confirmed."""
        if not self.has_step_permission(request):
            raise PermissionDenied
        if name not in steps.LABELS:
            raise Http404
        version = get_object_or_404(ModelVersion, pk=pk)
        if request.method == "POST":
            self._take(request, name, version)
            return redirect("admin:visualsearch_modelversion_changelist")
        context = self.admin_site.each_context(request) | {"opts": self.opts, "version": version, "media": self.media}
        context |= {"title": steps.LABELS[name], "meaning": steps.MEANINGS[name], "progress": filling.progress(version)}
        return render(request, "admin/visualsearch/step.html", context)

    def _take(self, request: HttpRequest, name: str, version: ModelVersion) -> None:
        try:
            self.message_user(request, steps.take(name, version), messages.SUCCESS)
        except (steps.StepRefused, WeightsError) as error:
            self.message_user(request, str(error), messages.ERROR)

    @admin.display(description=_("state"), ordering="state")
    def stage(self, version: ModelVersion) -> SafeString:
        """In a word, and whether it becomes active by itself."""
        more = gettext("becomes active when it is ready") if version.wanted else ""
        more = version.trouble or more
        word = format_html('<strong class="stage stage--{}">{}</strong>', version.state, version.get_state_display())
        return format_html('{} <span class="stage__more">{}</span>', word, more) if more else word

    @admin.display(description=_("pictures"))
    def pictures(self, version: ModelVersion) -> SafeString:
        """How many are indexed with it, and a link to those that were given up."""
        if version.state not in KEPT:
            return NOTHING
        done, failed, total = filling.progress(version)
        name = gettext("indexed with {version}").format(version=version.name)
        bar = format_html('<progress max="{}" value="{}" aria-label="{}"></progress>', total or 1, done, name)
        said = format_html('{} <span class="count">{} / {}</span>', bar, done, total)
        if not failed:
            return said
        where = reverse("admin:visualsearch_indexing_changelist")
        words = ngettext("%d failed", "%d failed", failed) % failed
        link = '{} <a href="{}?state__exact=failed&amp;version__name={}">{}</a>'
        return format_html(link, said, where, version.name, words)

    @admin.display(description=_("figures"))
    def measured(self, version: ModelVersion) -> SafeString:
        """The first of each model."""
        some = [pair for figures in version.figures.values() for pair in list(figures.items())[:SHOWN]]
        return _table(some, "figures") if some else NOTHING

    @admin.display(description=_("figures"))
    def all_measured(self, version: ModelVersion) -> SafeString:
        """Of both models."""
        return _table([pair for figures in version.figures.values() for pair in figures.items()], "figures")

    @admin.display(description=_("steps"))
    def possible(self, version: ModelVersion) -> SafeString:
        """A link to each, where it is explained and confirmed."""
        names = steps.possible(version, failed=filling.progress(version).failed)
        links = [
            (reverse("admin:visualsearch_modelversion_step", args=[version.pk, name]), steps.LABELS[name])
            for name in names
        ]
        return format_html_join(" ", '<a class="button step" href="{}">{}</a>', links) or NOTHING

    @admin.display(description=_("preprocessing"))
    def prepared(self, version: ModelVersion) -> SafeString:
        """What each network sees of a picture: (pixel - mean) / std of a square so wide, the rest filled with pad."""
        each = version.preprocessing.items()
        return _table([(model, ", ".join(f"{name} {some[name]:g}" for name in PREPROCESSING)) for model, some in each])

    @admin.display(description=_("classes and their positions"))
    def worn(self, version: ModelVersion) -> SafeString:
        """Of the detector."""
        return _table([(one["label"], one["position"]) for one in version.classes])

    @admin.display(description=_("results are accepted from"))
    def accepted(self, version: ModelVersion) -> SafeString:
        """The score of each position, and the share of things in the shop that it promises to deny at most."""
        promised = {gettext("denied at most"): f"{version.floors[PROMISE]:.0%}"} if PROMISE in version.floors else {}
        return _table([*((p, score) for p, score in version.floors.items() if p != PROMISE), *promised.items()])

    @admin.display(description=_("cards"))
    def described(self, version: ModelVersion) -> SafeString:
        """Where it is written what each was made of and what it is good for."""
        return _table(list(version.cards.items()))


def _table(rows: list[tuple[str, Any]], kind: str = "") -> SafeString:
    """Names and values."""
    if not rows:
        return NOTHING
    lines = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", rows)
    return format_html('<dl class="facts facts--{}">{}</dl>', kind, lines)
