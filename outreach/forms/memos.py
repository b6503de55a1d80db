from django import forms
from django.utils.translation import gettext_lazy as _

from kulturmetropol.forms import RecordForm
from kulturmetropol.richtext import is_empty
from outreach.models import Memo

EMPTY_SECTION = _("The section is empty. Write its text, or take the section out of the memo.")


class MemoCreateForm(RecordForm):
    owner = "agreement"
    groups = [(_("The memo"), ["agreement", "committee", ("date", "case_officer"), "case_number"])]

    class Meta:
        model = Memo
        fields = ["agreement", "committee", "date", "case_officer", "case_number"]
        widgets = {"case_officer": forms.TextInput(attrs={"list": "case-officers"})}


class MemoForm(MemoCreateForm):
    groups = [
        (_("The memo"), ["agreement", "committee", ("date", "case_officer"), "case_number"]),
        (_("Opening"), ["opening_included", "opening"]),
        (_("After the members"), ["situation_included", "situation"]),
        (_("Closing"), ["closing_included", "closing"]),
    ]

    class Meta(MemoCreateForm.Meta):
        fields = [
            *MemoCreateForm.Meta.fields,
            *[field for name in Memo.SECTIONS for field in (f"{name}_included", name)],
        ]

    def clean(self):
        cleaned = super().clean()
        for name in Memo.SECTIONS:
            if cleaned.get(f"{name}_included") and name not in self.errors and is_empty(cleaned.get(name, "")):
                self.add_error(name, EMPTY_SECTION)
        return cleaned
