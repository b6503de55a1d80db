"""Two forms that show each kind of field, one of them with everything wrong."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kulturmetropol.forms import Conflict, form_helper

from . import samples

PLACES = [("0175", "Rødovre"), ("0259", "Køge"), ("0183", "Ishøj")]


class FieldsForm(forms.Form):
    title = forms.CharField(label=_("Title"), help_text=_("One or two sentences for lists and memos."))
    held_on = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"class": "date-input"}))
    attendance = forms.IntegerField(label=_("Attendance"), min_value=0)
    status = forms.ChoiceField(label=_("Status"), choices=[("", "–"), ("running", _("Running"))])
    place = forms.ChoiceField(label=_("Municipality"), choices=PLACES, widget=forms.RadioSelect)
    places = forms.MultipleChoiceField(label=_("Municipalities"), choices=PLACES, widget=forms.CheckboxSelectMultiple)
    shared = forms.BooleanField(label=_("Shared with guests"), required=False)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea, required=False)
    file = forms.FileField(label=_("File"), required=False)
    locked = forms.CharField(label=_("Source"), disabled=True, required=False, initial="Tælling")

    conflicts: list[Conflict] = []
    kept_file: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = form_helper(
            (str(_("Activity")), ["title", ("held_on", "attendance"), "status", "place", "places", "shared"]),
            (str(_("Note")), ["note", "file", "locked"]),
        )


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Search"), required=False)
    status = forms.ChoiceField(label=_("Status"), choices=[("", _("All"))], required=False)


class DialogForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=[("lead", _("Lead"))], widget=forms.RadioSelect, initial="lead")
    starts_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"class": "date-input"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="dialog", **kwargs)
        self.helper = form_helper((str(_("Who is in")), ["role", "starts_on"]))


def with_faults() -> FieldsForm:
    form = FieldsForm(
        {"held_on": "31-02-2021", "attendance": "-3", "places": ["0175"], "shared": "on"}, auto_id="wrong_%s"
    )
    form.conflicts = [Conflict("title", str(_("Title")), "Min titel", "Den andens titel", keep_mine=True)]
    form.kept_file = SimpleNamespace(is_picture=False, shown="Køreplan.pdf")
    return form


def context() -> dict:
    return {
        "fields": FieldsForm(initial={"title": "Åbent øvelokale", "held_on": date(2020, 11, 6), "place": "0175"}),
        "faults": with_faults(),
        "conflict": SimpleNamespace(history_user=samples.user(), history_date=samples.DAY),
        "filter": SimpleNamespace(
            form=SearchForm(auto_id="filter_%s"), is_narrowed=True, scope="Kulturaftale 2021-2024", is_about_one=True
        ),
        "dialog": DialogForm(),
    }
