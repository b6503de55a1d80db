from datetime import date, timedelta

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement
from kulturmetropol.forms import TOO_LONG, form_helper, plain_date


class CopyAgreementForm(forms.Form):
    """The name and the period of an agreement that is begun from another one. It proposes the next four years."""

    name = forms.CharField(label=_("Name"), max_length=150)
    starts_on = forms.DateField(label=_("Starts on"))
    ends_on = forms.DateField(label=_("Ends on"))

    def __init__(self, *args, agreement: Agreement, **kwargs):
        self.agreement = agreement
        super().__init__(*args, **{**kwargs, "initial": self.proposal()})
        name = self.fields["name"]
        # as in the forms of records: a browser would cut pasted text off without a word
        name.widget.attrs["data-limit"] = name.widget.attrs.pop("maxlength")
        for validator in name.validators:
            if isinstance(validator, MaxLengthValidator):
                validator.message = TOO_LONG
        for date_field in ("starts_on", "ends_on"):
            plain_date(self.fields[date_field])
        self.helper = form_helper((_("The new agreement"), ["name", ("starts_on", "ends_on")]))

    def proposal(self) -> dict:
        """The four years after the agreement, and its name with these years in it."""
        starts_on = self.agreement.ends_on + timedelta(days=1)
        ends_on = date(starts_on.year + 4, starts_on.month, min(starts_on.day, 28)) - timedelta(days=1)
        name = self.agreement.name
        for old, new in [(self.agreement.starts_on, starts_on), (self.agreement.ends_on, ends_on)]:
            name = name.replace(str(old.year), str(new.year))
        return {"name": name, "starts_on": starts_on, "ends_on": ends_on}
