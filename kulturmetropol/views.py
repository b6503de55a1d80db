"""The pages that every kind of record has: a list, a detail, forms, its history, and deleting with a way back.

A model says who may do what: `objects.visible_to(user)`, `is_readable_by`, `is_creatable_by`, `is_editable_by`. What a
user may not see is 404; what a user may see and not change is 403. Templates are found by the model's name, with a
generic one to fall back on.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import CreateView, DetailView, TemplateView, UpdateView
from django_filters.views import FilterView

from kulturmetropol import history, spreadsheets
from kulturmetropol.forms import RecordForm, begin_writing, number
from kulturmetropol.importing import Import
from kulturmetropol.ordering import OrderedRecord, move
from kulturmetropol.reverting import Reversal, revert

PAGE_SIZE = 25
RACED = gettext_lazy("Somebody else saved the same thing at the same moment. Look at the list, then try again.")
AND_NEW = "ny"  # the name of the button that saves and starts the next


class RecordPage:
    """Finds the record for the user, and the template by the record's name."""

    model: Any = None
    request: HttpRequest
    template_name_suffix: str

    def get_queryset(self) -> models.QuerySet:
        return self.model.objects.visible_to(self.request.user)

    def get_template_names(self) -> list[str]:
        meta = self.model._meta
        suffix = self.template_name_suffix
        return [f"{meta.app_label}/{meta.model_name}{suffix}.html", f"generic/{suffix.lstrip('_')}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meta = self.model._meta
        return super().get_context_data(  # type: ignore[misc]
            model=self.model,
            model_name=meta.model_name,
            verbose_name=meta.verbose_name,
            verbose_name_plural=meta.verbose_name_plural,
            list_url=self.list_url(),
            **kwargs,
        )

    def list_url(self) -> str | None:
        """Where the record's kind is listed; some stand only on the page of another record."""
        try:
            return reverse(f"{self.model._meta.model_name}_list")
        except NoReverseMatch:
            return None

    def require_reader(self) -> None:
        if not self.model.is_readable_by(self.request.user):
            raise Http404

    def require_editor(self, record: Any) -> None:
        if not record.is_editable_by(self.request.user):
            raise PermissionDenied


class ListPage(RecordPage, FilterView):
    """A list with its filter. `export_columns` names what it holds as a spreadsheet, `?format=csv` or `xlsx`.

    `import_kind` is how rows of such a spreadsheet come in.
    """

    template_name_suffix = "_list"
    paginate_by = PAGE_SIZE
    page_kwarg = "side"
    export_columns: spreadsheets.Columns = ()
    import_kind: type[Import] | None = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.require_reader()
        if missing := self.get_filterset_class().missing(request):
            return redirect(f"{request.path}?{request.GET.urlencode()}&{urlencode(missing)}".replace("?&", "?"))
        if "format" in request.GET:
            return self.export(request.GET["format"])
        return super().get(request, *args, **kwargs)

    def export(self, format: str) -> HttpResponseBase:
        """Every row that fits the filter, in the order of the list; none where the filter makes no sense."""
        if format not in spreadsheets.FORMATS or not self.export_columns:
            raise Http404
        filterset = self.get_filterset(self.get_filterset_class())
        records = filterset.qs if filterset.is_valid() else filterset.queryset.none()
        name = self.model._meta.verbose_name_plural
        self.tell_of_export(name, records)
        return spreadsheets.export(in_full_order(records), self.export_columns, format=format, name=str(name))

    def tell_of_export(self, name: Any, records: models.QuerySet, is_personal: bool | None = None) -> None:
        spreadsheets.exported.send(
            type(self),
            request=self.request,
            name=name,
            records=records,
            columns=self.export_columns,
            is_personal=is_personal,
        )

    def may_import(self) -> bool:
        return self.import_kind is not None and self.import_kind.is_allowed(self.request.user)

    def paginate_queryset(self, queryset: models.QuerySet, page_size: int) -> tuple:
        return super().paginate_queryset(in_full_order(queryset), page_size)


def in_full_order(queryset: models.QuerySet) -> models.QuerySet:
    """Ends the order with the key: rows that are alike in it could stand on two pages otherwise, or on none."""
    return queryset.order_by(*(queryset.query.order_by or queryset.model._meta.ordering), "pk")


class DetailPage(RecordPage, DetailView):
    template_name_suffix = "_detail"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        locked, is_editor = self.object.why_locked(), self.object.is_editable_by(self.request.user)
        has_history = isinstance(self.object, history.Record) and (is_editor or not self.object.history_for_editors)
        editable = is_editor and not locked
        return super().get_context_data(editable=editable, locked=locked, has_history=has_history, **kwargs)


class FormPage(RecordPage):
    """What making and changing a record share. `initial_from` names the query parameters that fill in a new record."""

    template_name_suffix = "_form"
    form_class: Any = None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if isinstance(context["form"], RecordForm) and context["form"].is_bound:
            context["form"].keep_uploads()
        return context

    def saved(self) -> HttpResponse:
        messages.success(self.request, _("“%(record)s” is saved.") % {"record": short(self.object)})  # type: ignore[attr-defined]
        return redirect(self.get_success_url())  # type: ignore[attr-defined]

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()  # type: ignore[attr-defined]

    def raced(self, form: RecordForm) -> HttpResponse:
        return self.refused(form, RACED)

    def refused(self, form: RecordForm, error: Any) -> HttpResponse:
        """What stands in the way since the form was checked."""
        form.add_error(None, error)
        return self.form_invalid(form)  # type: ignore[attr-defined]


class CreatePage(FormPage, CreateView):
    """`next_keeps` names the fields of `initial_from` that the next record starts with after “Save and new”."""

    initial_from: dict[str, str] = {}
    next_keeps: tuple[str, ...] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.require_reader()
        if not self.model.is_creatable_by(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        for name, field in self.initial_from.items():
            known = self.model._meta.get_field(field)
            values = [each for each in self.request.GET.getlist(name) if number(each) or not known.is_relation]
            if values:
                initial[field] = values if known.many_to_many else values[-1]
        return initial

    def get_form(self, form_class: Any = None) -> Any:
        """One begins to write at once, in the first field that holds nothing yet."""
        form = super().get_form(form_class)
        if not form.is_bound:
            begin_writing(form)
        return form

    def get_success_url(self) -> str:
        if not self.next_keeps or AND_NEW not in self.request.POST:
            return super().get_success_url()
        kept = QueryDict(mutable=True)
        for name, field in self.initial_from.items():
            if field in self.next_keeps:
                kept.setlist(name, self.request.POST.getlist(field))
        return f"{self.request.path}?{kept.urlencode()}"

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                self.object = form.save()
        except IntegrityError:
            return self.raced(form)
        except ValidationError as error:
            return self.refused(form, error)
        return self.saved()


class UpdatePage(FormPage, UpdateView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What is locked is not opened for editing; a form that was open already hears it from the record itself."""
        self.object = self.get_object()
        if locked := self.object.why_locked():
            messages.error(request, locked)
            return redirect(self.object)
        return super().get(request, *args, **kwargs)

    def get_object(self, queryset: models.QuerySet | None = None) -> Any:
        record = super().get_object(queryset)
        self.require_editor(record)
        return record

    def form_valid(self, form: Any) -> HttpResponse:
        """Saves on top of the version that the user saw; otherwise shows what somebody else has saved since."""
        try:
            with transaction.atomic():
                if history.claim(form.instance, form.opened_on):
                    self.object = form.save()
                    return self.saved()
        except IntegrityError:
            return self.raced(form)
        except ValidationError as error:
            return self.refused(form, error)
        return self.conflict()

    def conflict(self) -> HttpResponse:
        """The form once more, on top of what the record has become since it was read for this request."""
        self.object = self.get_object()
        form: Any = self.get_form()
        if not form.is_valid():
            return self.form_invalid(form)
        form.meet_conflict(self.object)
        context = self.get_context_data(form=form, conflict=self.object.history.latest())
        return self.render_to_response(context, status=409)


class DeletePage(RecordPage, DetailView):
    """Asks before it deletes; what others refer to stays, and what is locked."""

    template_name_suffix = "_delete"

    def get_object(self, queryset: models.QuerySet | None = None) -> Any:
        record = super().get_object(queryset)
        self.require_editor(record)
        return record

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = record = self.get_object()
        if record.why_locked():
            return self.render_to_response(self.get_context_data(), status=409)
        name = short(record)
        try:
            with transaction.atomic():
                record.delete()
        except ValidationError:  # it has been locked in this very moment, as the page says
            return self.render_to_response(self.get_context_data(), status=409)
        except ProtectedError as error:
            holders = sorted({f"{each._meta.verbose_name} “{short(each)}”" for each in error.protected_objects})
            return self.render_to_response(self.get_context_data(holders=holders), status=409)
        messages.success(request, _("“%(record)s” is deleted. You can bring it back below.") % {"record": name})
        return redirect(f"{self.model._meta.model_name}_deleted")


class HistoryPage(RecordPage, DetailView):
    template_name_suffix = "_history"

    def get_object(self, queryset: models.QuerySet | None = None) -> Any:
        record = super().get_object(queryset)
        if record.history_for_editors:
            self.require_editor(record)
        return record

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.object.history.select_related("history_user").order_by("-history_date", "-history_id")
        page = Paginator(rows, PAGE_SIZE).get_page(self.request.GET.get("side"))
        older = rows[page.end_index() : page.end_index() + 1].first()
        return super().get_context_data(
            entries=history.entries(list(page), older),
            page_obj=page,
            editable=self.object.is_editable_by(self.request.user),
            **kwargs,
        )


class RevertPage(RecordPage, DetailView):
    """Shows field by field what taking the record back to a row of its history would change, and then does it."""

    template_name_suffix = "_revert"

    def get_object(self, queryset: models.QuerySet | None = None) -> Any:
        record = super().get_object(queryset)
        self.require_editor(record)
        return record

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reversal = Reversal(self.object, self.get_row())
        if not reversal.problems:
            self.require_editor(reversal.target)
        return super().get_context_data(row=reversal.row, reversal=reversal, **kwargs)

    def get_row(self) -> Any:
        rows = self.object.history.exclude(history_type="-").select_related("history_user")
        return get_object_or_404(rows, pk=self.kwargs["history_id"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        seen = request.POST.get("version", "")
        try:
            with transaction.atomic():
                reversal = revert(self.object, self.get_row(), version=number(seen))
                if reversal:
                    self.require_editor(reversal.target)
        except ValidationError:
            reversal = None  # the page says what stands in the way
        except IntegrityError:
            reversal = None
            messages.error(request, RACED)
        if reversal:
            messages.success(request, _("“%(record)s” is taken back.") % {"record": short(reversal.target)})
            return redirect(reversal.target)
        self.object = self.get_object()
        conflict = self.object.history.latest() if str(self.object.version) != seen else None
        return self.render_to_response(self.get_context_data(conflict=conflict), status=409)


class DeletedPage(RecordPage, TemplateView):
    """What has been deleted and is not back: for those who may edit, with a button that brings each back."""

    template_name_suffix = "_deleted"

    def get_queryset(self) -> models.QuerySet:
        return (
            self.model.deleted_rows(self.request.user)
            .select_related("history_user")
            .order_by("-history_date", "-history_id")
        )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.require_reader()
        if not self.model.is_creatable_by(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.get_queryset(), PAGE_SIZE).get_page(self.request.GET.get("side"))
        return super().get_context_data(page_obj=page, rows=history.named(list(page)), **kwargs)


class RestorePage(DeletedPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, history_id: int) -> HttpResponse:
        row = get_object_or_404(self.get_queryset(), pk=history_id)
        try:
            record = history.restore(row)
        except ValidationError as error:
            ((_row, name),) = history.named([row])
            what = {"record": short(name), "reason": " ".join(error.messages)}
            messages.error(request, _("“%(record)s” cannot come back: %(reason)s") % what)
            return redirect(f"{self.model._meta.model_name}_deleted")
        messages.success(request, _("“%(record)s” is back.") % {"record": short(record)})
        return redirect(record)


class MovePage(RecordPage, View):
    """Moves an ordered record one place up or down, and goes back to the page the button stands on."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = get_object_or_404(self.get_queryset(), pk=pk)
        self.require_editor(record)
        move(record, up="op" in request.POST)
        return redirect(f"{getattr(record, record.parent).get_absolute_url()}#{record._meta.model_name}-{pk}")


def back_or(page: str, request: HttpRequest) -> HttpResponse:
    """On to the page of the portal that the form says it stands on; to `page` where it says none."""
    back = request.POST.get("tilbage", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_ours else page)


def short(record: Any, length: int = 80) -> str:
    text = str(record)
    return text if len(text) <= length else f"{text[:length].rsplit(' ', 1)[0]} …"


def record_urls(slug: str, **pages: type[View]) -> list[URLPattern]:
    """The addresses of a kind of record under `slug`, for the pages given: list, detail, create, update.

    Where people edit it (create, update), it can also be deleted and brought back, and has a history.
    """
    model = next(iter(pages.values())).model  # type: ignore[attr-defined]
    name = model._meta.model_name

    def page(route: str, view: Any, verb: str) -> URLPattern:
        initial = {} if view in pages.values() else {"model": model}
        return path(f"{slug}/{route}", view.as_view(**initial), name=f"{name}_{verb}")

    urls = []
    if "list" in pages:
        urls += [page("", pages["list"], "list"), page("<int:pk>/", pages["detail"], "detail")]
    if "update" in pages:
        urls += [
            page("opret/", pages["create"], "create"),
            page("slettede/", DeletedPage, "deleted"),
            page("slettede/<int:history_id>/", RestorePage, "restore"),
            page("<int:pk>/rediger/", pages["update"], "update"),
            page("<int:pk>/slet/", DeletePage, "delete"),
            page("<int:pk>/historik/", HistoryPage, "history"),
            page("<int:pk>/historik/<int:history_id>/", RevertPage, "revert"),
        ]
    if issubclass(model, OrderedRecord):
        urls.append(page("<int:pk>/flyt/", MovePage, "move"))
    return urls
