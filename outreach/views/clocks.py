from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views import View

from agreements import access
from agreements.models import Meeting
from kulturmetropol import spreadsheets
from kulturmetropol.forms import number
from outreach.actions import clocks as actions
from outreach.clocks import Clock, State, clocks, unconfirmed
from outreach.forms import clocks as forms

WORDS = {State.RED: "over tiden", State.MISSING: "uden udvalg", State.AMBER: "snart", State.GREEN: "i orden"}


class ClockPage(View):
    """The clocks are the secretariat's alone: to others they are not there."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not access.may_edit(request.user):
            raise Http404
        self.today = timezone.localdate()
        return super().dispatch(request, *args, **kwargs)


class ClockList(ClockPage):
    COLUMNS = ["kommunekode", "kommune", "udvalg", "tilstand", "sidst", "næste", "frist", "måneder_mellem_status"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        found = clocks(request.user, self.today)
        chosen = request.GET.get("tilstand", "")
        shown = [each for each in found if not chosen or each.state == chosen]
        if "format" in request.GET:
            return self.export(shown, request.GET["format"])
        context = {
            "clocks": shown,
            "chosen": chosen,
            "states": [(state, sum(each.state == state for each in found)) for state in State],
            "total": len(found),
            "unconfirmed": unconfirmed(request.user, self.today),
        }
        return render(request, "outreach/clock_list.html", context)

    def export(self, shown: list[Clock], format: str) -> HttpResponseBase:
        if format not in spreadsheets.FORMATS:
            raise Http404
        rows = (
            [
                each.municipality.code,
                each.municipality.name,
                each.committee and each.committee.name,
                WORDS[each.state],
                each.last and each.last.held_on,
                each.next and each.next.held_on,
                each.committee and each.due_on,
                each.interval or None,
            ]
            for each in shown
        )
        spreadsheets.exported.send(
            type(self),
            request=self.request,
            name="Udvalgenes ure",
            records=[each.membership for each in shown],
            columns=(),
            is_personal=False,
        )
        name = spreadsheets.file_name("Udvalgenes ure")
        return spreadsheets.FORMATS[format](name, self.COLUMNS, rows)


class ClockLog(ClockPage):
    """That a committee has had the region on its agenda, or will have."""

    def get(self, request: HttpRequest) -> HttpResponse:
        committee = request.GET.get("udvalg", "")
        initial = {"committee": committee} if number(committee) else {}
        return self.show(forms.LogMeetingForm(user=request.user, initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = forms.LogMeetingForm(request.POST, user=request.user)
        if not form.is_valid():
            return self.show(form)
        committee, day = form.cleaned_data["committee"], form.cleaned_data["held_on"]
        try:
            meeting = actions.log_meeting(committee=committee, day=day, today=self.today)
        except ValidationError as error:
            form.add_error("held_on", error)
            return self.show(form)
        line = _("%(meeting)s: it is logged.") if day <= self.today else _("%(meeting)s: it is planned.")
        messages.success(request, line % {"meeting": meeting})
        return redirect("clock_list")

    def show(self, form: forms.LogMeetingForm) -> HttpResponse:
        return render(self.request, "outreach/clock_log.html", {"form": form})


class MeetingConfirm(View):
    """Whether a planned meeting whose day has passed was held, with one click."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=pk)
        if not meeting.is_editable_by(request.user):
            raise PermissionDenied
        version, held = number(request.POST.get("version", "")), "holdt" in request.POST
        is_known = version and (held or "aflyst" in request.POST)
        if is_known and actions.confirm_meeting(meeting=meeting, version=version, held=held):
            line = _("%(meeting)s was held.") if held else _("%(meeting)s was cancelled.")
            messages.success(request, line % {"meeting": meeting})
        else:
            messages.warning(
                request,
                _("Somebody has already seen to the meeting of %(day)s.") % {"day": date_format(meeting.held_on)},
            )
        return redirect("clock_list")
