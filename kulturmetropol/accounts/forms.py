from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from kulturmetropol.forms import form_helper

from .models import User


class LoginForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("The e-mail address and the password do not fit together. Check both and try again."),
        "inactive": _("This account is closed. Write to the secretariat."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = form_helper()

    def get_invalid_login_error(self):
        """Who knows the password of a closed account is told that it is closed; nobody else learns of it."""
        user = User.objects.filter(email__iexact=self.cleaned_data["username"], is_active=False).first()
        if user and user.check_password(self.cleaned_data["password"]):
            self.confirm_login_allowed(user)
        return super().get_invalid_login_error()
