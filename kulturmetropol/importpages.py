"""The pages that take spreadsheets in: send a file, see it checked, then write all of its rows or none.

Between these steps the rows lie in the storage, under the user's own folder, and for a day at most. Nothing that
decides what is written comes from the browser.
"""

import json
from collections.abc import Iterator
from itertools import islice
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView

from agreements import access
from agreements.imports import MunicipalityImport, PersonImport
from initiatives.imports import ActivityImport, MeasurementImport
from kulturmetropol import importing
from kulturmetropol.forms import form_helper
from kulturmetropol.keeping import KEPT_FOR, clear_old
from kulturmetropol.spreadsheets import csv_response

KINDS = {kind.slug: kind for kind in (ActivityImport, MeasurementImport, PersonImport, MunicipalityImport)}
ROWS_AT_A_TIME = 5000
FOLDER = "imports"


class Upload:
    """A file that has been read and waits: its rows, and how far they are checked."""

    def __init__(self, user: Any, token: UUID) -> None:
        self.token = token
        self._name = f"{FOLDER}/{user.pk}/{token}"
        self.state: dict[str, Any] = {}

    @classmethod
    def receive(cls, importer: importing.Import, file: Any) -> "Upload":
        """Reads the file. Raises `UnreadableFileError`."""
        clear_old(FOLDER)
        upload = cls(importer.user, uuid4())
        total, columns = 0, set[str]()
        with TemporaryFile() as kept:
            for number, cells in importer.table(importing.read_rows(file)):
                total += 1
                columns |= cells.keys()
                kept.write(json.dumps([number, cells], ensure_ascii=False).encode() + b"\n")
            if not total:
                raise importing.UnreadableFileError(gettext("The file has a first row, but no rows below it."))
            kept.seek(0)
            default_storage.save(f"{upload._name}.rows", File(kept))
        known = {column.name for column in importer.columns} | importer.passed_over
        upload.state = {
            "kind": importer.slug,
            "name": file.name,
            "total": total,
            "unread": sorted(columns - known),
            "report": importing.Report().as_json(),
        }
        return upload

    @classmethod
    def find(cls, user: Any, token: UUID, kind: str) -> "Upload | None":
        upload = cls(user, token)
        try:
            if default_storage.get_modified_time(f"{upload._name}.rows") < timezone.now() - KEPT_FOR:
                return None
            with default_storage.open(f"{upload._name}.json") as file:
                upload.state = json.load(file)
        except FileNotFoundError:
            return None
        return upload if upload.state["kind"] == kind else None

    @property
    def report(self) -> importing.Report:
        return importing.Report.from_json(self.state["report"])

    @property
    def is_checked(self) -> bool:
        return self.state["report"]["checked"] >= self.state["total"]

    def rows(self) -> Iterator[tuple[int, importing.Cells]]:
        with default_storage.open(f"{self._name}.rows") as file:
            for line in file:
                number, cells = json.loads(line)
                yield number, cells

    def check_on(self, importer: importing.Import) -> None:
        """Checks the next rows."""
        report = self.report
        some = islice(self.rows(), report.checked, report.checked + ROWS_AT_A_TIME)
        importing.check(importer, some, report)
        self._keep(report)

    def start_over(self) -> None:
        self._keep(importing.Report())

    def _keep(self, report: importing.Report) -> None:
        self.state["report"] = report.as_json()
        default_storage.delete(f"{self._name}.json")
        default_storage.save(f"{self._name}.json", ContentFile(json.dumps(self.state, ensure_ascii=False).encode()))

    def delete(self) -> None:
        for kind in ("rows", "json"):
            default_storage.delete(f"{self._name}.{kind}")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV with semicolons, or Excel (.xlsx). At most 20 MB and 100,000 rows."),
        error_messages={"empty": _("The file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = form_helper()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > importing.MAX_BYTES:
            raise forms.ValidationError(gettext("The file is larger than 20 MB. Split it."))
        return file


class ImportList(TemplateView):
    template_name = "importing/list.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kinds = allowed_kinds(request.user)
        self.extra_context = {"kinds": kinds}
        return super().dispatch(request, *args, **kwargs)


def allowed_kinds(user: Any) -> list[type[importing.Import]]:
    if not access.may_read(user):
        raise Http404
    kinds = [kind for kind in KINDS.values() if kind.is_allowed(user)]
    if not kinds:
        raise PermissionDenied
    return kinds


class ImportPage:
    """Finds the kind of file for the user."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, kind: str, **kwargs: Any) -> HttpResponseBase:
        self.kind = KINDS.get(kind)
        if self.kind is None:
            raise Http404
        if self.kind not in allowed_kinds(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(kind=self.kind, **kwargs)  # type: ignore[misc]


class ImportTemplate(ImportPage, TemplateView):
    """An empty file with the right first row."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return csv_response(self.kind.slug, [column.name for column in self.kind.columns], [])


class ImportUpload(ImportPage, FormView):
    template_name = "importing/upload.html"
    form_class = UploadForm

    def form_valid(self, form: UploadForm) -> HttpResponse:
        importer = self.kind(self.request.user)
        try:
            upload = Upload.receive(importer, form.cleaned_data["file"])
        except importing.UnreadableFileError as error:
            form.add_error("file", str(error))
            return self.form_invalid(form)
        upload.check_on(importer)
        return redirect("import_check", self.kind.slug, upload.token)


class ImportCheck(ImportPage, TemplateView):
    """How the check goes, and what it found. Posted, it goes on, writes the rows, or throws the file away."""

    template_name = "importing/check.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.token = kwargs.pop("token")
        return super().dispatch(request, *args, **kwargs)

    def find(self) -> Upload | None:
        return Upload.find(self.request.user, self.token, self.kind.slug)

    def gone(self) -> HttpResponse:
        messages.warning(self.request, gettext("The file is no longer here. Send it once more."))
        return redirect("import_upload", self.kind.slug)

    def get(self, request: HttpRequest) -> HttpResponse:
        upload = self.find()
        if upload is None:
            return self.gone()
        return self.render_to_response(self.get_context_data(upload=upload, report=upload.report))

    def post(self, request: HttpRequest) -> HttpResponse:
        upload = self.find()
        if upload is None:
            return self.gone()
        if "kasser" in request.POST:
            upload.delete()
            messages.success(request, gettext("The file is thrown away. Nothing was written."))
            return redirect("import_upload", self.kind.slug)
        if not upload.is_checked:
            upload.check_on(self.kind(request.user))
        elif "gem" in request.POST and not upload.report.fault_count:
            return self.write(upload)
        return redirect("import_check", self.kind.slug, upload.token)

    def write(self, upload: Upload) -> HttpResponse:
        try:
            report = importing.write(self.kind, self.request.user, upload.rows())
        except (importing.FaultsFoundError, IntegrityError):
            upload.start_over()
            messages.warning(
                self.request, gettext("Something has changed since the check. Nothing was written; check again.")
            )
            return redirect("import_check", self.kind.slug, upload.token)
        upload.delete()
        text = ngettext("%(count)s row is written.", "%(count)s rows are written.", report.new)
        messages.success(self.request, text % {"count": localize(report.new)})
        return redirect(self.kind.list_name)
