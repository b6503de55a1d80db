from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.models import Body
from kulturmetropol.forms import form_helper, plain_date

FURTHEST = timedelta(days=732)


class LogMeetingForm(forms.Form):
    """Which committee had the region on its agenda, and when; or will have."""

    committee = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("Committee"))
    held_on = forms.DateField(label=gettext_lazy("Date"))

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["committee"].queryset = Body.objects.editable_by(user).filter(kind=Body.Kind.COMMITTEE)
        plain_date(self.fields["held_on"])
        self.helper = form_helper(("", ["committee", "held_on"]))

    def clean_held_on(self):
        day = self.cleaned_data["held_on"]
        if day > timezone.localdate() + FURTHEST:
            raise forms.ValidationError(_("The meeting is more than two years ahead. Check the year."))
        if day.year < 2000:
            raise forms.ValidationError(_("The meeting is before the year 2000. Check the year."))
        return day
