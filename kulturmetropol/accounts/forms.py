from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from kulturmetropol.forms import form_helper


class LoginForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("The e-mail address and the password do not fit together. Check both and try again."),
        "inactive": _("This account is closed. Write to the secretariat."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = form_helper()
