from datetime import date

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.models import Body, Meeting, Membership, Municipality
from initiatives.progress import months_later
from kulturmetropol.forms import RecordForm, form_helper, plain_date
from outreach.models import StatusNote

MONTHS_OFFERED = 24
OPEN_FOR = 31  # days: so long after a meeting a note may still be tied to it


def month_choices() -> list[tuple[str, str]]:
    """This month and those before it."""
    now = timezone.localdate().replace(day=1)
    months = [months_later(now, -back) for back in range(MONTHS_OFFERED)]
    return [(month.isoformat(), capfirst(date_format(month, "F Y"))) for month in months]


def recent_meetings():
    """The committee meetings that a note may be for."""
    first = timezone.localdate() - timezone.timedelta(days=OPEN_FOR)
    return (
        Meeting.objects.filter(body__kind=Body.Kind.COMMITTEE, held_on__gte=first)
        .exclude(status=Meeting.Status.CANCELLED)
        .order_by("held_on", "body__municipality__sort_order")
    )


class StatusNoteCreateForm(RecordForm):
    """Which municipality and which month; the draft is written from these."""

    month = forms.TypedChoiceField(choices=month_choices, coerce=date.fromisoformat, label=_("Month"))

    owner = "culture_region"
    groups = [(_("The status note"), ["culture_region", ("municipality", "month"), "meeting"])]

    class Meta:
        model = StatusNote
        fields = ["culture_region", "municipality", "month", "meeting"]
        help_texts = {"meeting": _("If it is for a committee's meeting: it is due when the papers go out.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.members = (
            Membership.objects.on(timezone.localdate())
            .filter(agreement__culture_region__in=access.roles(self.user).edited)
            .values("municipality")
        )
        self.fields["municipality"].queryset = Municipality.objects.filter(pk__in=self.members)
        self.fields["meeting"].queryset = recent_meetings().editable_by(self.user)

    def clean(self):
        cleaned = super().clean()
        region, municipality = cleaned.get("culture_region"), cleaned.get("municipality")
        if region and municipality:
            of_region = self.members.filter(agreement__culture_region=region)
            if not of_region.filter(municipality=municipality).exists():
                self.add_error("municipality", _("The municipality is not a member of this culture region."))
        return cleaned


class StatusNoteForm(RecordForm):
    owner = "culture_region"
    groups = [(_("The text"), ["text", "meeting"])]

    class Meta:
        model = StatusNote
        fields = ["text", "meeting"]
        widgets = {"text": forms.Textarea(attrs={"data-lengths": "lengths"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own = Q(body__municipality=self.instance.municipality_id, body__culture_region=self.instance.culture_region_id)
        offered = Q(pk__in=recent_meetings().filter(own).values("pk")) | Q(pk=self.instance.meeting_id)
        self.fields["meeting"].queryset = Meeting.objects.filter(offered).order_by("held_on")


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        label=_("Why"),
        help_text=_("For colleagues. Readers of the public page see only that it is withdrawn."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = form_helper(("", ["reason"]))


class AskForm(forms.Form):
    """Before which meeting: one that is known, or a committee and a day."""

    meeting = forms.ModelChoiceField(
        Meeting.objects.none(), required=False, empty_label=_("Another meeting"), label=_("Meeting")
    )
    committee = forms.ModelChoiceField(Body.objects.none(), required=False, label=_("Committee"))
    held_on = forms.DateField(required=False, label=_("Date"))

    def __init__(self, *args, committees, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        meetings = Meeting.objects.filter(body__in=committees, status=Meeting.Status.PLANNED, held_on__gt=today)
        self.fields["meeting"].queryset = meetings.order_by("held_on", "body__name")
        self.fields["committee"].queryset = committees
        if len(first_two := committees[:2]) == 1:
            self.fields["committee"].initial = first_two[0]
        plain_date(self.fields["held_on"])
        self.helper = form_helper(
            (_("Before which meeting?"), ["meeting"]), (_("If it is not in the list"), [("committee", "held_on")])
        )

    def clean(self):
        cleaned = super().clean()
        meeting = cleaned.get("meeting")
        if meeting and cleaned.get("held_on"):
            self.add_error("held_on", _("Choose a meeting in the list or write a date, not both."))
        if not meeting and "meeting" not in self.errors:
            for name in ("committee", "held_on"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, self.fields[name].error_messages["required"])
        return cleaned

    @property
    def chosen(self) -> tuple[Body, date]:
        """The committee and the day of its meeting."""
        meeting = self.cleaned_data["meeting"]
        return (
            (meeting.body, meeting.held_on)
            if meeting
            else (self.cleaned_data["committee"], self.cleaned_data["held_on"])
        )
