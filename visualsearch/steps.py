"""What a keeper can do with a model version, and how it went in a sentence. Admin and commands are two doors to it."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from visualsearch import filling, indexing, tasks, versions
from visualsearch.models import ModelVersion, Stage
from visualsearch.versions import StepRefused

LABELS = {
    "fill": _("Fill"),
    "activate": _("Activate"),
    "now": _("Activate now"),
    "back": _("Switch back"),
    "retry": _("Try failed pictures again"),
    "retire": _("Retire"),
}
MEANINGS = {
    "fill": _("Every picture is indexed with it beside the active version. Searches stay with the active version."),
    "activate": _(
        "Searches use it as soon as every picture is indexed with it; until then they stay with the active version. "
        "The active version stays ready: you can switch back at once."
    ),
    "now": _(
        "Searches use it from now on, also where pictures are missing: these are not found until they are indexed. "
        "The active version stays ready: you can switch back at once."
    ),
    "back": _("Searches use it again from now on. The active version stays ready."),
    "retry": _("Pictures that were given up with it are sent to the workers again."),
    "retire": _(
        "Its vectors are deleted, and searches with photos that were described with it end. To use it again, every "
        "picture must be indexed with it anew."
    ),
}
POSSIBLE = {
    Stage.REGISTERED: ["fill", "activate", "retire"],
    Stage.FILLING: ["activate", "now", "retry", "retire"],
    Stage.READY: ["activate", "retire"],
    Stage.ACTIVE: ["retry"],
    Stage.RETIRED: ["fill", "activate"],
}


def possible(version: ModelVersion, *, failed: int) -> list[str]:
    """The steps that make sense now, by their names above."""
    names = [name for name in POSSIBLE[Stage(version.state)] if failed or name != "retry"]
    if version == versions.previous():
        names[names.index("activate")] = "back"
    return [name for name in names if not (name == "activate" and version.wanted)]


def named(text: str) -> ModelVersion:
    """The version with this name or number; raises `StepRefused` naming those there are."""
    some = ModelVersion.objects.all()
    found = some.filter(name=text).first() or (some.filter(pk=int(text)).first() if text.isdecimal() else None)
    if found:
        return found
    known = ", ".join(f"{pk}: {name}" for pk, name in some.order_by("pk").values_list("pk", "name"))
    sentence = gettext("No model version is called {text}. There are: {known}.")
    raise StepRefused(sentence.format(text=text, known=known or gettext("none")))


def take(name: str, version: ModelVersion) -> str:
    """Take a step and say how it went. Raises `StepRefused` and `WeightsError`."""
    if name == "retry":
        count = indexing.retry(version)
        return ngettext("%d picture is tried again.", "%d pictures are tried again.", count) % count
    if name == "retire":
        version = versions.retire(version)
    elif name == "fill":
        version = versions.fill(version)
    else:
        version = versions.activate(version, at_once=name == "now")
    tasks.sweep.delay_on_commit()
    return outcome(version)


def outcome(version: ModelVersion) -> str:
    """What holds for the version now."""
    active, before = ModelVersion.objects.filter(state=Stage.ACTIVE).first(), versions.previous()
    words = {"version": version.name, "active": active.name if active else gettext("no other")}
    words |= {"before": before.name if before else "", "progress": str(filling.progress(version))}
    if version.state == Stage.FILLING and version.wanted:
        said = gettext(
            "{version} is being filled ({progress}) and becomes active as soon as every picture is indexed with it. "
            "Until then searches stay with {active}."
        )
    elif version.state == Stage.ACTIVE:
        said = gettext("Searches use {version}.")
        said += " " + gettext("{before} stays ready: you can switch back at once.") if before else ""
    else:
        said = {
            Stage.FILLING: gettext("{version} is being filled ({progress}). Searches stay with {active}."),
            Stage.READY: gettext("{version} is ready ({progress}). Searches stay with {active}."),
            Stage.RETIRED: gettext("{version} is retired. Its vectors are deleted with the next sweep."),
            Stage.REGISTERED: gettext("{version} is registered."),
        }[Stage(version.state)]
    return said.format(**words)
