from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from kulturmetropol.forms import RecordForm
from kulturmetropol.pdf import unprintable
from outreach.actions.runs import Recipient
from outreach.forms.memos import require_text_of_sections
from outreach.memos import UNPRINTABLE
from outreach.models import Memo, MemoRun
from outreach.recipients import EVERYBODY, MEMBERS, Place


class MemoRunForm(RecordForm):
    """What stands in all the memos, and to whom they go."""

    to = forms.ChoiceField(
        label=_("Recipients"),
        choices=[(MEMBERS, _("All members of the agreement")), (EVERYBODY, _("All 98 municipalities"))],
        initial=MEMBERS,
        widget=forms.RadioSelect,
        help_text=_("On the next page you see who gets the memo, and can leave some out or choose another committee."),
    )

    owner = "agreement"
    groups = [
        (_("The memo"), [("kind", "agreement"), "to"]),
        (_("Case"), [("date", "case_officer"), "case_number"]),
        (_("Opening"), ["opening_included", "opening"]),
        (_("In the middle"), ["situation_included", "situation"]),
        (_("Closing"), ["closing_included", "closing"]),
    ]

    class Meta:
        model = MemoRun
        fields = ["kind", "agreement", "date", "case_officer", "case_number", *Memo.SECTION_FIELDS]
        widgets = {"case_officer": forms.TextInput(attrs={"list": "case-officers"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = [(kind.value, kind.label) for kind in MemoRun.KINDS]
        self.fields["kind"] = forms.ChoiceField(label=_("Kind"), choices=kinds, initial=kinds[0][0])

    def clean(self):
        cleaned = super().clean()
        require_text_of_sections(self, cleaned)
        for name in ["case_officer", *[each for each in Memo.SECTIONS if cleaned.get(f"{each}_included")]]:
            if signs := unprintable(cleaned.get(name) or ""):
                self.add_error(name, UNPRINTABLE % {"signs": " ".join(sorted(signs))})
        return cleaned


class RecipientsForm(forms.Form):
    """For each municipality which committee gets the memo, or the municipality itself, or nobody.

    `before` is what was sent with a form about other recipients: what was chosen there is proposed where it still fits.
    """

    ITSELF, NOBODY = "kommune", "ingen"
    PREFIX = "til-"

    def __init__(self, *args, places: list[Place], before: Mapping[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.places = places
        for place in places:
            committees = [(str(each.pk), each.name) for each in place.committees]
            choices = [*committees, (self.ITSELF, _("The municipality")), (self.NOBODY, _("No memo"))]
            name = self.name_of(place)
            usual = before[name] if before.get(name) in dict(choices) else choices[0][0]
            self.fields[name] = forms.ChoiceField(
                label=place.municipality.name,
                choices=choices,
                initial=usual if place.is_proposed else self.NOBODY,
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    @classmethod
    def chosen(cls, sent: Mapping[str, str]) -> dict[str, str]:
        """What was chosen, by the names of the fields, to be kept while the memo is mended."""
        return {name: value for name, value in sent.items() if name.startswith(cls.PREFIX)}

    @classmethod
    def name_of(cls, place: Place) -> str:
        return cls.PREFIX + place.municipality.code

    def rows(self):
        """Each municipality with its field."""
        return [(place, self[self.name_of(place)]) for place in self.places]

    def recipients(self) -> list[Recipient]:
        """Those that are chosen, or proposed as long as nothing is."""
        found = []
        for place, field in self.rows():
            chosen = field.value()
            if chosen != self.NOBODY:
                committees = [each for each in place.committees if str(each.pk) == chosen]
                found.append(Recipient(place.municipality, *committees))
        return found
