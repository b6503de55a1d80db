from django import forms
from django.utils.translation import gettext_lazy as _

from kulturmetropol.forms import Group, RecordForm, form_helper
from kulturmetropol.richtext import is_empty
from outreach.forms.notes import WithdrawForm
from outreach.memos import fitting
from outreach.models import Memo

EMPTY_SECTION = _("The section is empty. Write its text, or take the section out of the memo.")


Kind = Memo.Kind
RECIPIENT = ["committee", "municipality"]
# what each kind is about, beside its agreement
ABOUT: dict[str, list[str]] = {
    Kind.STATUS: RECIPIENT,
    Kind.MUNICIPALITY: RECIPIENT,
    Kind.MEASURES: RECIPIENT,
    Kind.ONBOARDING: RECIPIENT,
    Kind.AGENDA: ["meeting"],
    Kind.MINUTES: ["meeting"],
    Kind.ANNUAL: ["year"],
    Kind.EVALUATION: [],
}
FITTED = ["agreement", "committee", "municipality", "meeting", "year", "date"]
IN_THE_MIDDLE = {Kind.EVALUATION: _("Lessons")}


class MemoCreateForm(RecordForm):
    """Asks for what the memo's kind is about; the kind stands on the instance before, as all that a correction is about
    does."""

    owner = "agreement"

    class Meta:
        model = Memo
        fields = ["agreement", "committee", "municipality", "meeting", "year", "date", "case_officer", "case_number"]
        widgets = {"case_officer": forms.TextInput(attrs={"list": "case-officers"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        about, is_correction = ABOUT[self.instance.kind], bool(self.instance.replaces_id)
        asked = [] if is_correction else ["agreement", *about]
        for name in {"agreement", "committee", "municipality", "meeting", "year"} - set(asked):
            del self.fields[name]
        for name in {"meeting", "year"} & set(self.fields):
            self.fields[name].required = True
        self.helper = form_helper(
            *([] if is_correction else [(_("The memo"), ["agreement", *([tuple(about)] if about else [])])]),
            (_("Case"), [("date", "case_officer"), "case_number"]),
            *self.get_sections(),
        )
        self.helper.render_hidden_fields = True

    def get_sections(self) -> list[Group]:
        return []

    def clean(self):
        cleaned = super().clean()
        about = {name: cleaned.get(name) if name in self.fields else getattr(self.instance, name) for name in FITTED}
        if about["agreement"] and (self.instance._state.adding or set(FITTED) & set(self.changed_data)):
            for name, fault in fitting.faults(Memo(kind=self.instance.kind, **about)).items():
                if name not in self.errors:
                    self.add_error(name, fault)
        return cleaned


class MemoForm(MemoCreateForm):
    def get_sections(self):
        return [
            (_("Opening"), ["opening_included", "opening"]),
            (IN_THE_MIDDLE.get(self.instance.kind, _("In the middle")), ["situation_included", "situation"]),
            (_("Closing"), ["closing_included", "closing"]),
        ]

    class Meta(MemoCreateForm.Meta):
        fields = [*MemoCreateForm.Meta.fields, *Memo.SECTION_FIELDS]

    def clean(self):
        cleaned = super().clean()
        require_text_of_sections(self, cleaned)
        return cleaned


def require_text_of_sections(form: forms.ModelForm, cleaned: dict) -> None:
    for name in Memo.SECTIONS:
        if cleaned.get(f"{name}_included") and name not in form.errors and is_empty(cleaned.get(name, "")):
            form.add_error(name, EMPTY_SECTION)


class WithdrawMemoForm(WithdrawForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Everybody who can see the memo reads this in its place.")
