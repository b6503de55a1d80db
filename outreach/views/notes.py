from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import DetailView

from agreements import access
from initiatives.progress import months_later
from kulturmetropol.forms import number
from kulturmetropol.todo import lateness
from kulturmetropol.views import CreatePage, DetailPage, ListPage, RecordPage, UpdatePage
from outreach import asking, channels, drafting
from outreach.actions import notes as actions
from outreach.filters import notes as filters
from outreach.forms import notes as forms
from outreach.models import StatusNote

MOVED_ON = gettext_lazy("Somebody else has saved the status note in the meantime. Look at it, then try again.")


def opened_on(request: HttpRequest) -> int:
    """The version of the note that the user saw; without one nothing is done."""
    return number(request.POST.get("version", ""))


class StatusNoteList(ListPage):
    """All to editors, what is due first; to chairs and culture heads the published ones of their own municipality."""

    model = StatusNote
    filterset_class = filters.StatusNoteFilter
    export_columns = [
        ("kulturregion", "culture_region.name"),
        ("kommunekode", "municipality.code"),
        ("kommune", "municipality.name"),
        ("måned", "month"),
        ("status", "get_status_display"),
        ("tekst", "text"),
        ("udvalg", "meeting.body.name"),
        ("møde", "meeting.held_on"),
        ("frist", "due_on"),
        ("offentliggjort", "published_on"),
    ]

    def get_queryset(self):
        notes = super().get_queryset().select_related("municipality", "culture_region", "meeting__body__municipality")
        return notes.due_first()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        rows = list(context["object_list"])
        for note in rows:
            if note.due_on and note.status in StatusNote.UNPUBLISHED:
                note.days_left, note.when = (note.due_on - today).days, lateness(note.due_on, today)
        return context | {"object_list": rows}


class StatusNotePage(RecordPage):
    model = StatusNote

    def get_queryset(self):
        notes = super().get_queryset()
        return notes.select_related("municipality", "culture_region", "meeting__body__municipality", "requested_by")


class StatusNoteDetail(StatusNotePage, DetailPage):
    def get_context_data(self, **kwargs):
        note, today = self.object, timezone.localdate()
        chosen = self.request.GET.get("kanal", "")
        lengths = channels.lengths(note.text)
        may_edit = note.is_editable_by(self.request.user)
        context = super().get_context_data(
            lengths=lengths,
            chosen=next((each for each in lengths if each.channel.key == chosen), lengths[0]),
            may_edit=may_edit,
            when=lateness(note.due_on, today) if note.due_on else "",
            days_left=(note.due_on - today).days if note.due_on else None,
            unpublished=note.status in StatusNote.UNPUBLISHED,
            **kwargs,
        )
        # how to unlock it is of no use to those who only read
        return context if may_edit else context | {"locked": ""}


class StatusNoteCreate(CreatePage):
    """Makes the note with its draft; the author goes on with the text."""

    model = StatusNote
    form_class = forms.StatusNoteCreateForm
    initial_from = {"kommune": "municipality", "maaned": "month", "moede": "meeting"}

    def get_initial(self):
        last_month = months_later(timezone.localdate().replace(day=1), -1)
        return {"month": last_month.isoformat(), **super().get_initial()}

    def form_valid(self, form):
        self.remarks = actions.fill_with_draft(form.instance, timezone.localdate())
        return super().form_valid(form)

    def saved(self):
        tell(self.request, self.remarks)
        return redirect("statusnote_update", self.object.pk)


def tell(request: HttpRequest, remarks: list[str]) -> None:
    messages.success(request, _("The draft is written from the month's activities. Read it through and make it yours."))
    for remark in remarks:
        messages.warning(request, remark)


class StatusNoteUpdate(StatusNotePage, UpdatePage):
    form_class = forms.StatusNoteForm

    def form_valid(self, form):
        actions.begin(form.instance)
        return super().form_valid(form)

    def get_context_data(self, **kwargs):
        # of what is saved, or of what was sent and is not saved yet
        text = kwargs["form"]["text"].value() if "form" in kwargs else self.object.text
        return super().get_context_data(lengths=channels.lengths(text or ""), **kwargs)


class EditorsPage(StatusNotePage):
    """A page about one note for those who may edit it."""

    def get_note(self) -> StatusNote:
        note = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        self.require_editor(note)
        return note


class StatusNoteStep(EditorsPage, View):
    """One step, by a button: `verb` names it."""

    http_method_names = ["post"]
    verb = ""

    DONE = {
        "approve": gettext_lazy("The text is approved. Publish it when the time is right."),
        "publish": gettext_lazy("The text is published on a page of its own."),
        "reopen": gettext_lazy("The status note is a draft again."),
    }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        note = self.get_note()
        try:
            if actions.step(note=note, verb=self.verb, version=opened_on(request), today=timezone.localdate()):
                messages.success(request, self.DONE[self.verb])
            else:
                messages.warning(request, MOVED_ON)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(note)


class StatusNoteWithdraw(EditorsPage, DetailView):
    """Withdraws with a reason. What was typed stays when somebody else has saved in the meantime."""

    template_name_suffix = "_withdraw"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self.get_note(), forms.WithdrawForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        note, form = self.get_note(), forms.WithdrawForm(request.POST)
        if not form.is_valid():
            return self.show(note, form)
        today, reason = timezone.localdate(), form.cleaned_data["reason"]
        try:
            if actions.step(note=note, verb="withdraw", version=opened_on(request), today=today, reason=reason):
                messages.success(request, _("The status note is withdrawn."))
                return redirect(note)
            form.add_error(None, MOVED_ON)
        except ValidationError as error:
            form.add_error(None, error)
        return self.show(self.get_note(), form, status=409)

    def show(self, note: StatusNote, form: forms.WithdrawForm, status: int = 200) -> HttpResponse:
        self.object = note
        return self.render_to_response(self.get_context_data(form=form), status=status)


class StatusNoteRedraft(EditorsPage, DetailView):
    """Writes the draft anew; asks first where a person has written the text, and shows both."""

    template_name_suffix = "_redraft"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.ask(self.get_note())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        note = self.get_note()
        if actions.is_written_by_person(note) and "erstat" not in request.POST:
            return self.ask(note)
        try:
            remarks = actions.redraft(note=note, version=opened_on(request), today=timezone.localdate())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(note)
        if remarks is None:
            messages.warning(request, MOVED_ON)
            return redirect(note)
        tell(request, remarks)
        return redirect("statusnote_update", note.pk)

    def ask(self, note: StatusNote) -> HttpResponse:
        if locked := note.why_locked():
            messages.error(self.request, locked)
            return redirect(note)
        self.object = note
        drafted = drafting.draft(
            region=note.culture_region, municipality=note.municipality, month=note.month, today=timezone.localdate()
        )
        by_person = note.text != drafted.text and actions.is_written_by_person(note)
        return self.render_to_response(self.get_context_data(drafted=drafted, by_person=by_person))


class StatusNoteAsk(RecordPage, View):
    """A chair or a culture head asks for a status note before a meeting of the own municipality's committee."""

    model = StatusNote

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not access.may_read(request.user):
            raise Http404
        if not access.roles(request.user).represented:
            raise PermissionDenied
        self.today = timezone.localdate()
        self.committees = asking.own_committees(request.user)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(forms.AskForm(committees=self.committees, today=self.today))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = forms.AskForm(request.POST, committees=self.committees, today=self.today)
        if not form.is_valid():
            return self.show(form)
        committee, day = form.chosen
        try:
            note = actions.ask(user=request.user, committee=committee, day=day, today=self.today)
        except ValidationError as error:
            form.add_error(None, error)
            return self.show(form)
        messages.success(
            request,
            _("The secretariat has been asked. The status is ready by %(day)s.") % {"day": date_format(note.due_on)},
        )
        return redirect("start")

    def show(self, form: forms.AskForm) -> HttpResponse:
        return render(self.request, "outreach/statusnote_ask.html", {"form": form, "has_committee": self.committees})
