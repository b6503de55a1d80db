from django import forms
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements.models import Body, Meeting
from kulturmetropol.forms import RecordForm, form_helper, plain_date
from outreach.models import Measure, MeasureList, OpenQuestion


class MeasureListForm(RecordForm):
    owner = "agreement"
    groups = [(_("List of measures"), ["agreement", "title", "introduction"])]

    class Meta:
        model = MeasureList
        fields = ["agreement", "title", "introduction"]


def own_meetings(queryset, chosen: int | None):
    """The meetings of the culture region's own bodies, which propose measures and answer what they leave open."""
    return queryset.filter(Q(body__municipality__isnull=True) | Q(pk=chosen))


class MeasureForm(RecordForm):
    number = forms.IntegerField(
        required=False, min_value=1, max_value=999, label=_("Number"), help_text=_("Empty: the next one.")
    )

    owner = "list"
    groups = [
        (_("The measure"), ["list", ("direction", "number"), "title", "introduction", "points"]),
        (_("Who and how far"), [("origin", "responsible"), "status", "status_reason", "runs"]),
    ]

    class Meta:
        model = Measure
        fields = [
            "list",
            "direction",
            "number",
            "title",
            "introduction",
            "points",
            "origin",
            "responsible",
            "status",
            "status_reason",
            "runs",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["origin"].queryset = own_meetings(self.fields["origin"].queryset, self.instance.origin_id)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("number") is None and "number" not in self.errors and cleaned.get("list"):
            numbers = cleaned["list"].measures.filter(direction=cleaned.get("direction")).exclude(pk=self.instance.pk)
            cleaned["number"] = (numbers.aggregate(last=Max("number"))["last"] or 0) + 1
        return cleaned


class OpenQuestionForm(RecordForm):
    owner = "measure"
    groups = [
        (_("Open question"), ["measure", "text"]),
        (_("Answer"), ["answer", ("answered_on", "meeting")]),
    ]

    class Meta:
        model = OpenQuestion
        fields = ["measure", "text", "answer", "answered_on", "meeting"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = own_meetings(self.fields["meeting"].queryset, self.instance.meeting_id)

    def clean_answered_on(self):
        day = self.cleaned_data["answered_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(gettext("The day has not come yet. Write the day on which it was answered."))
        return day


class AnswerForm(OpenQuestionForm):
    """What a meeting said, about a question that stands."""

    groups = [(_("Answer"), ["answer", ("answered_on", "meeting")])]

    class Meta(OpenQuestionForm.Meta):
        fields = ["answer", "answered_on", "meeting"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["answer"].required = self.fields["answered_on"].required = True
        self.fields["meeting"].queryset = self.fields["meeting"].queryset.filter(
            body__culture_region=self.instance.region
        )


class AgendaForm(forms.Form):
    """Which meeting of the chairmanship takes the list up: one that is planned, or a new one, which is not saved."""

    meeting = forms.ModelChoiceField(
        queryset=Meeting.objects.none(),
        required=False,
        blank=True,
        widget=forms.RadioSelect,
        empty_label=_("A new meeting, on the day below"),
        label=_("Meeting"),
    )
    held_on = forms.DateField(required=False, label=_("Day of the new meeting"))

    def __init__(self, *args, measure_list: MeasureList, **kwargs):
        super().__init__(*args, **kwargs)
        self.chairmanship = Body.objects.filter(culture_region=measure_list.region, kind=Body.Kind.CHAIRMANSHIP).first()
        coming = Meeting.objects.filter(body=self.chairmanship).coming(timezone.localdate())
        self.fields["meeting"].queryset = coming
        self.fields["meeting"].initial = coming.first()
        if not coming:
            del self.fields["meeting"]
        plain_date(self.fields["held_on"])
        self.helper = form_helper((_("Meeting of the chairmanship"), list(self.fields)))

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        if self.chairmanship is None:
            raise forms.ValidationError(
                gettext("The culture region has no chairmanship among its bodies. Create it first.")
            )
        meeting, day = cleaned.get("meeting"), cleaned["held_on"]
        if meeting and day:
            self.add_error("held_on", gettext("Choose a planned meeting or a new one, not both."))
        elif not meeting and not day:
            self.add_error("held_on", gettext("Write the day of the new meeting, or choose a planned one."))
        elif day and day < timezone.localdate():
            self.add_error("held_on", gettext("The day is over. A list is put on the agenda of a coming meeting."))
        return {"meeting": meeting or Meeting(body=self.chairmanship, held_on=day)}
