"""Agenda items, documents, posts with their confirmation after an election, and a body's meeting plan."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import DetailView, TemplateView

from agreements import access, actions, elections
from agreements.filters import governance as filters
from agreements.forms import governance as forms
from agreements.models import AgendaItem, Agreement, Body, Document, Meeting, Post
from kulturmetropol.forms import number
from kulturmetropol.uploads import CONTENT_TYPES
from kulturmetropol.views import CreatePage, DetailPage, ListPage, RecordPage, UpdatePage


class AgendaItemCreate(CreatePage):
    model = AgendaItem
    form_class = forms.AgendaItemForm
    initial_from = {"moede": "meeting"}


class AgendaItemUpdate(UpdatePage):
    model = AgendaItem
    form_class = forms.AgendaItemForm


# --- documents --------------------------------------------------------------------------------------------------------


class DocumentList(ListPage):
    model = Document
    filterset_class = filters.DocumentFilter
    export_columns = [
        ("kulturregion", "culture_region.name"),
        ("titel", "title"),
        ("bilag", "annex"),
        ("organ", "meeting.body.name"),
        ("kommune", "meeting.body.municipality.name"),
        ("møde", "meeting.held_on"),
        ("aftale", "agreement.name"),
        ("delt_med_gæster", "shared_with_guests"),
    ]

    def get_queryset(self):
        return super().get_queryset().select_related("meeting__body__municipality", "agreement")


class DocumentDetail(DetailPage):
    model = Document

    def get_queryset(self):
        return super().get_queryset().select_related("culture_region", "meeting__body__municipality", "agreement")

    def get_context_data(self, **kwargs):
        return super().get_context_data(size=size_of(self.object), **kwargs)


def size_of(document: Document) -> int | None:
    try:
        return document.file.size
    except FileNotFoundError:
        return None


class DocumentCreate(CreatePage):
    model = Document
    form_class = forms.DocumentForm
    initial_from = {"moede": "meeting", "aftale": "agreement"}

    def get_initial(self) -> dict[str, Any]:
        """In the culture region of what it is made for."""
        initial = super().get_initial()
        for name, owners in (("meeting", Meeting.objects), ("agreement", Agreement.objects)):
            if name in initial and (owner := owners.editable_by(self.request.user).filter(pk=initial[name]).first()):
                initial["culture_region"] = owner.region.pk
        return initial

    def get_success_url(self) -> str:
        """Back to where it was added."""
        return (self.object.meeting or self.object.agreement or self.object).get_absolute_url()


class DocumentUpdate(UpdatePage):
    model = Document
    form_class = forms.DocumentUpdateForm


class DocumentDownload(View):
    """Hands the file out, never to be shown by the browser as a page of the portal."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        document = get_object_or_404(Document.objects.downloadable_by(request.user), pk=pk)
        try:
            file = document.file.open("rb")
        except FileNotFoundError as error:
            raise Http404 from error
        return FileResponse(
            file, as_attachment=True, filename=document.download_name, content_type=CONTENT_TYPES[document.extension]
        )


# --- posts ------------------------------------------------------------------------------------------------------------


class PostList(ListPage):
    model = Post
    filterset_class = filters.PostFilter
    export_columns = [
        ("kulturregion", "person.culture_region.name"),
        ("person", "person.name"),
        ("post", "get_kind_display"),
        ("organ", "body.name"),
        ("organets_kommune", "body.municipality.name"),
        ("kommunekode", "municipality.code"),
        ("kommune", "municipality.name"),
        ("fra", "starts_on"),
        ("til", "ends_on"),
    ]

    def get_queryset(self):
        return super().get_queryset().select_related("person", "body__municipality", "municipality")

    def get_context_data(self, **kwargs):
        to_confirm = (
            Post.objects.editable_by(self.request.user).about_chosen(self.request.user).to_confirm(timezone.localdate())
        )
        return super().get_context_data(to_confirm=to_confirm.count(), **kwargs)


class PostDetail(DetailPage):
    model = Post

    def get_context_data(self, **kwargs):
        may_invite = self.object.kind in access.READING_POSTS and access.may_administer(
            self.request.user, self.object.region.pk
        )
        return super().get_context_data(may_invite=may_invite, **kwargs)

    def get_queryset(self):
        return super().get_queryset().select_related("person__culture_region", "body__municipality", "municipality")


class PostCreate(CreatePage):
    model = Post
    form_class = forms.PostForm
    initial_from = {"person": "person", "organ": "body", "kommune": "municipality"}

    def get_success_url(self) -> str:
        return self.object.person.get_absolute_url()


class PostUpdate(UpdatePage):
    model = Post
    form_class = forms.PostForm


class PostConfirm(RecordPage, TemplateView):
    """The posts that the last election has ended: each goes on or not, with one click."""

    model = Post
    template_name_suffix = "_confirm"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.require_reader()
        if not Post.is_creatable_by(request.user):
            raise PermissionDenied
        self.today = timezone.localdate()
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self):
        return Post.objects.editable_by(self.request.user).about_chosen(self.request.user).to_confirm(self.today)

    def get_context_data(self, **kwargs):
        posts = self.get_queryset().select_related("person", "body__municipality")
        return super().get_context_data(
            posts=posts.order_by("body__municipality__sort_order", "body__name", "kind", "person__name"),
            term=elections.term_after(elections.last_election(self.today)),
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        post = self.get_queryset().filter(pk=number(request.POST.get("post", ""))).first()
        if post is None:
            messages.warning(request, _("Somebody has already seen to this post."))
        elif "fortsaetter" in request.POST:
            if actions.continue_post(post=post, today=self.today):
                messages.success(request, _("%(post)s goes on in the new term.") % {"post": post})
        elif "sluttet" in request.POST and actions.end_post(post=post, today=self.today):
            messages.success(request, _("%(post)s has ended.") % {"post": post})
        return redirect("post_confirm")


# --- the meeting plan -------------------------------------------------------------------------------------------------


class MeetingPlan(RecordPage, DetailView):
    """Proposes a body's meetings of a year after those of the year before; they are made once somebody has agreed."""

    model = Body
    template_name_suffix = "_plan"

    def get_object(self, queryset=None):
        body = super().get_object(queryset)
        self.require_editor(body)
        if not self.models_of(body):
            raise Http404
        return body

    def models_of(self, body: Body) -> list[Meeting]:
        """The meetings that the plan is made after: those of the year that were not cancelled."""
        year = self.kwargs["year"]
        if not 2000 <= year <= 2100:
            return []
        meetings = body.meetings.filter(held_on__year=year).exclude(status=Meeting.Status.CANCELLED)
        return list(meetings.order_by("held_on", "pk"))

    @property
    def next_year(self) -> int:
        return self.kwargs["year"] + 1

    def rows(self, data=None) -> list[forms.PlanRowForm]:
        body = self.object
        there = set(body.meetings.filter(held_on__year=self.next_year).values_list("held_on", flat=True))
        return [
            forms.PlanRowForm(
                data,
                model=model,
                taken=day in there,
                year=self.next_year,
                initial={"held_on": day, "include": day not in there},
            )
            for model in self.models_of(body)
            for day in [actions.same_day_next_year(model.held_on)]
        ]

    def get_context_data(self, **kwargs):
        rows = kwargs.pop("rows", None) or self.rows()
        return super().get_context_data(rows=rows, year=self.kwargs["year"], next_year=self.next_year, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        rows = self.rows(request.POST)
        if not all(list(map(forms.PlanRowForm.is_valid, rows))):  # all of them: each says its own faults
            return self.render_to_response(self.get_context_data(rows=rows))
        days = [(row.model, row.cleaned_data["held_on"]) for row in rows if row.cleaned_data["include"]]
        made = actions.plan_meetings(body=self.object, days=days)
        text = ngettext("%(count)d meeting is planned.", "%(count)d meetings are planned.", len(made))
        messages.success(request, text % {"count": len(made)})
        if len(made) < len(days):
            messages.warning(request, _("Where the body already has a meeting on the day, no second one was made."))
        return redirect(self.object)
