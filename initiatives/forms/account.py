from django import forms
from django.utils.translation import gettext_lazy as _

from kulturmetropol.forms import plain_date


class PeriodForm(forms.Form):
    """A period in the address: from one day to another, or a year of the agreement."""

    fra = forms.DateField(required=False, label=_("From"))
    til = forms.DateField(required=False, label=_("To"))
    aar = forms.IntegerField(required=False, widget=forms.HiddenInput, label=_("Year"))

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.years = years
        for name in ("fra", "til"):
            plain_date(self.fields[name])
            self.fields[name].help_text = ""

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("fra"), cleaned.get("til")
        if first and last and first > last:
            self.add_error("til", _("The period ends before it starts. Check the two dates."))
        if cleaned.get("aar") and cleaned["aar"] not in self.years:
            self.add_error(None, _("The agreement does not run in that year. Choose one of its years."))
        return cleaned
