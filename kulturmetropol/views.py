"""The pages that every kind of record has: a list, a detail, forms, its history, and deleting with a way back.

A model says who may do what: `objects.visible_to(user)`, `is_readable_by`, `is_creatable_by`, `is_editable_by`. What a
user may not see is 404; what a user may see and not change is 403. Templates are found by the model's name, with a
generic one to fall back on.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import CreateView, DetailView, TemplateView, UpdateView
from django_filters.views import FilterView

from kulturmetropol import history
from kulturmetropol.forms import RecordForm
from kulturmetropol.ordering import OrderedRecord, move

PAGE_SIZE = 25


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
    template_name_suffix = "_list"
    paginate_by = PAGE_SIZE
    page_kwarg = "side"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.require_reader()
        return super().get(request, *args, **kwargs)


class DetailPage(RecordPage, DetailView):
    template_name_suffix = "_detail"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(editable=self.object.is_editable_by(self.request.user), **kwargs)


class FormPage(RecordPage):
    """What making and changing a record share. `initial_from` names the query parameters that fill in a new record."""

    template_name_suffix = "_form"
    form_class: Any = None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}  # type: ignore[misc]

    def saved(self) -> HttpResponse:
        messages.success(self.request, _("“%(record)s” is saved.") % {"record": short(self.object)})  # type: ignore[attr-defined]
        return redirect(self.get_success_url())  # type: ignore[attr-defined]

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()  # type: ignore[attr-defined]

    def raced(self, form: RecordForm) -> HttpResponse:
        form.add_error(
            None, _("Somebody else saved the same thing at the same moment. Look at the list, then try again.")
        )
        return self.form_invalid(form)  # type: ignore[attr-defined]


class CreatePage(FormPage, CreateView):
    initial_from: dict[str, str] = {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.require_reader()
        if not self.model.is_creatable_by(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        given = self.request.GET
        return {field: given[name] for name, field in self.initial_from.items() if given.get(name, "").isdecimal()}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                self.object = form.save()
        except IntegrityError:
            return self.raced(form)
        return self.saved()


class UpdatePage(FormPage, UpdateView):
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
        theirs = self.model._base_manager.get(pk=form.instance.pk)
        form.meet_conflict(theirs)
        latest = theirs.history.latest()
        return self.render_to_response(self.get_context_data(form=form, conflict=latest), status=409)


class DeletePage(RecordPage, DetailView):
    """Asks before it deletes; what others refer to stays."""

    template_name_suffix = "_delete"

    def get_object(self, queryset: models.QuerySet | None = None) -> Any:
        record = super().get_object(queryset)
        self.require_editor(record)
        return record

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = record = self.get_object()
        name = short(record)
        try:
            with transaction.atomic():
                record.delete()
        except ProtectedError as error:
            holders = sorted({f"{each._meta.verbose_name} “{short(each)}”" for each in error.protected_objects})
            return self.render_to_response(self.get_context_data(holders=holders), status=409)
        messages.success(request, _("“%(record)s” is deleted. You can bring it back below.") % {"record": name})
        return redirect(f"{self.model._meta.model_name}_deleted")


class HistoryPage(RecordPage, DetailView):
    template_name_suffix = "_history"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.object.history.select_related("history_user").order_by("-history_date", "-history_id")
        page = Paginator(rows, PAGE_SIZE).get_page(self.request.GET.get("side"))
        older = rows[page.end_index() : page.end_index() + 1].first()
        return super().get_context_data(entries=history.entries(list(page), older), page_obj=page, **kwargs)


class DeletedPage(RecordPage, TemplateView):
    """What has been deleted and is not back: for those who may edit, with a button that brings each back."""

    template_name_suffix = "_deleted"

    def get_queryset(self) -> models.QuerySet:
        return self.model.deleted_rows(self.request.user).select_related("history_user").order_by("-history_date")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.require_reader()
        if not self.model.is_creatable_by(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.get_queryset(), PAGE_SIZE).get_page(self.request.GET.get("side"))
        return super().get_context_data(page_obj=page, **kwargs)

    def post(self, request: HttpRequest, history_id: int) -> HttpResponse:
        row = get_object_or_404(self.get_queryset(), pk=history_id)
        try:
            record = history.restore(row)
        except ValidationError as error:
            what = {"record": short(row.instance), "reason": " ".join(error.messages)}
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
            page("slettede/<int:history_id>/", DeletedPage, "restore"),
            page("<int:pk>/rediger/", pages["update"], "update"),
            page("<int:pk>/slet/", DeletePage, "delete"),
            page("<int:pk>/historik/", HistoryPage, "history"),
        ]
    if issubclass(model, OrderedRecord):
        urls.append(page("<int:pk>/flyt/", MovePage, "move"))
    return urls
