from django import forms
from django.utils.translation import gettext_lazy as _

from kulturmetropol.forms import form_helper


class SendAgainForm(forms.Form):
    recipient = forms.EmailField(label=_("To"), help_text=_("Correct the address here if it is wrong."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = form_helper()
