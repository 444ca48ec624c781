"""The keeper's page of imports: upload, look at what would change, import, mend the bad rows, undo."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from catalog import imports
from catalog.importer import archives
from catalog.modelsimport import ImportRun

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django.urls import URLPattern
    from django.utils.safestring import SafeString

LEFT = 200  # things that an undo left, as the page names them
DEEDS = {
    "start": (imports.start, _("The import has begun.")),
    "undo": (imports.undo, _("The import is being undone.")),
    "retry": (imports.retry, _("It is tried again.")),
    "discard": (imports.discard, _("The file is forgotten.")),
}


class ImportForm(forms.Form):
    """A catalogue of another shop. The files are only weighed here; a worker reads them."""

    file = forms.FileField(
        label=_("Catalogue"),
        help_text=_("The CSV that Shopify or Magento exports, or a zip with CSV files and pictures."),
        widget=forms.FileInput(attrs={"accept": ".csv,.zip,text/csv,application/zip"}),
    )
    images = forms.FileField(
        label=_("Pictures"),
        help_text=_("A zip with the pictures that the catalogue names. Without it products come without pictures."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )
    format = forms.ChoiceField(
        label=_("Format"), choices=[("", _("told from the columns")), *ImportRun.Format.choices], required=False
    )

    def clean_file(self) -> UploadedFile:
        """A zip or a text of the size that is allowed."""
        file = self.cleaned_data["file"]
        _check_size(file)
        if zipfile.is_zipfile(file):
            _check_zip(file)
            file.name = file.name if file.name.lower().endswith(".zip") else f"{file.name}.zip"
        elif file.name.lower().endswith(".zip"):
            raise ValidationError(gettext("This zip is damaged. Pack it again."))
        file.seek(0)
        return file

    def clean_images(self) -> UploadedFile | None:
        """A zip of the size that is allowed."""
        images = self.cleaned_data["images"]
        if images:
            _check_size(images)
            if not zipfile.is_zipfile(images):
                raise ValidationError(gettext("This is no zip file. Pack the pictures into one."))
            _check_zip(images)
            images.seek(0)
        return images


@admin.register(ImportRun)
class ImportRunAdmin(admin.ModelAdmin):
    """Imports, the last first; a page for each, which goes on by itself while a worker is at it."""

    list_display = ["name", "stage", "changes_made", "bad_rows", "by", "created"]
    list_select_related = ["by"]
    list_per_page = 50
    actions = None

    class Media:
        css = {"all": ["admin-vitrine/pages.css", "admin-vitrine/imports.css"]}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The page has buttons of its own."""
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/corrections/", view(self.corrections), name="catalog_importrun_corrections"),
            path("<int:pk>/do/<slug:deed>/", view(self.deed), name="catalog_importrun_deed"),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Upload a file; a worker checks it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            run = imports.begin(**form.cleaned_data, language=get_language() or "", by=request.user)
            return redirect("admin:catalog_importrun_change", run.pk)
        context = self._context(request, title=gettext("Import a catalogue"), form=form)
        context["most"] = filesizeformat(settings.IMPORT_MAX_BYTES)
        return render(request, "admin/catalog/importrun/upload.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """How far a run is, and what can be done with it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = get_object_or_404(ImportRun.objects.select_related("by"), pk=_number(object_id))
        context = self._context(request, title=run.name, run=run, may=self.has_add_permission(request))
        context["counts"] = _counts(run)
        context["fresh"] = [one for one in run.preview if one["new"]]
        context["changed"] = [one for one in run.preview if not one["new"]]
        context["left"] = run.changes.exclude(left="")[:LEFT] if run.step == ImportRun.Step.UNDO else []
        context["keep_days"] = settings.IMPORT_KEEP_DAYS
        return render(request, "admin/catalog/importrun/run.html", context)

    def deed(self, request: HttpRequest, pk: int, deed: str) -> HttpResponse:
        """Start, undo, retry or discard a run; an undo is confirmed first."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if deed not in DEEDS:
            raise Http404
        run = get_object_or_404(ImportRun, pk=pk)
        if request.method == "GET" and deed == "undo":
            title = gettext("Undo the import of {file}?").format(file=run.name)
            context = self._context(request, title=title, run=run, counts=_counts(run))
            return render(request, "admin/catalog/importrun/undo.html", context)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        do, said = DEEDS[deed]
        if do(run):
            self.message_user(request, said, messages.SUCCESS)
        else:
            late = gettext("That is not possible any more: look at where it is now.")
            self.message_user(request, late, messages.WARNING)
        there = ImportRun.objects.filter(pk=pk).exists()
        return redirect(*(("admin:catalog_importrun_change", pk) if there else ("admin:catalog_importrun_changelist",)))

    def corrections(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The bad rows, to be mended and uploaded."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = get_object_or_404(ImportRun.objects.exclude(corrections=""), pk=pk)
        name = f"{run.name.rsplit('.', 1)[0]}-to-mend.csv"
        return FileResponse(run.corrections.open(), as_attachment=True, filename=name, content_type="text/csv")

    def _context(self, request: HttpRequest, **more: Any) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {"opts": self.opts, "media": self.media} | more

    @admin.display(description=_("state"), ordering="state")
    def stage(self, run: ImportRun) -> SafeString:
        """The step and how it went."""
        return format_html("{}: {}", run.get_step_display(), run.get_state_display())

    @admin.display(description=_("changes"))
    def changes_made(self, run: ImportRun) -> int | None:
        """Rows that are, or would be, new or different."""
        counts = run.report.get("counts")
        return sum(of["created"] + of["updated"] for of in counts.values()) if counts else None

    @admin.display(description=_("bad rows"))
    def bad_rows(self, run: ImportRun) -> int | None:
        """Those that were not taken."""
        return run.report.get("bad")


def _counts(run: ImportRun) -> list[tuple[str, dict[str, int]]]:
    names = {"products": _("Products"), "variants": _("Variants"), "pictures": _("Pictures")}
    counts = run.report.get("counts", {})
    return [(str(name), counts[kind]) for kind, name in names.items() if kind in counts]


def _number(object_id: str) -> int:
    return int(object_id) if object_id.isascii() and object_id.isdigit() and len(object_id) < 19 else 0


def _check_size(file: UploadedFile) -> None:
    if (file.size or 0) > settings.IMPORT_MAX_BYTES:
        sizes = {"size": filesizeformat(file.size or 0), "most": filesizeformat(settings.IMPORT_MAX_BYTES)}
        raise ValidationError(
            gettext("The file has {size}; {most} are allowed. Split it into several.").format(**sizes)
        )


def _check_zip(file: UploadedFile) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            archives.check(archive, file.name or "", file.size or 0)
    except archives.Bomb as bomb:
        raise ValidationError(str(bomb)) from bomb
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise ValidationError(gettext("This zip is damaged. Pack it again.")) from error
