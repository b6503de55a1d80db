from django import forms
from django.utils.translation import gettext_lazy as _

from kulturmetropol.forms import form_helper


class SendAgainForm(forms.Form):
    recipient = forms.EmailField(label=_("To"), help_text=_("Correct the address here if it is wrong."))

    def __init__(self, *args, mail, **kwargs):
        super().__init__(*args, initial={"recipient": mail.recipient}, **kwargs)
        if mail.is_secret:
            self.fields["recipient"].disabled = True
            self.fields["recipient"].help_text = _(
                "The link in it is the recipient's alone: it goes to no other address."
            )
        self.helper = form_helper()
