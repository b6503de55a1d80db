"""allauth's forms as the portal writes them: labels that are seen, no hints inside the fields, one layout."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.recovery_codes import forms as recovery_codes
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext_lazy as _

from kulturmetropol.forms import form_helper

PLACEHOLDER = "placeholder"
HIDDEN = {"credential": _("Passkey")}
CODE = _("Code")
NEW_PASSWORD = _("New password")


class PlainForm(forms.Form):
    error_title = _("It did not work")
    labels: dict[str, Any] = {}
    help_texts: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop(PLACEHOLDER, None)
            field.label = {**HIDDEN, **self.labels}.get(name, field.label)
            field.help_text = self.help_texts.get(name, "")
        self.helper = form_helper()


class LoginForm(PlainForm, account.LoginForm):
    labels = {"login": _("E-mail"), "password": _("Password")}


class RequestLoginCodeForm(PlainForm, account.RequestLoginCodeForm):
    labels = {"email": _("E-mail")}


class ConfirmLoginCodeForm(PlainForm, account.ConfirmLoginCodeForm):
    labels = {"code": CODE}


class ReauthenticateForm(PlainForm, account.ReauthenticateForm):
    labels = {"password": _("Password")}


class NewPasswordForm(PlainForm):
    labels = {
        "oldpassword": _("Present password"),
        "password1": NEW_PASSWORD,
        "password2": _("New password again"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = " ".join(password_validators_help_texts()[1:2])

    def clean(self) -> dict[str, Any]:
        cleaned = forms.Form.clean(self) or self.cleaned_data
        if cleaned.get("password1") and cleaned.get("password2") and cleaned["password1"] != cleaned["password2"]:
            self.add_error("password2", _("The two passwords are not alike."))
        return cleaned


class ChangePasswordForm(NewPasswordForm, account.ChangePasswordForm):
    pass


class SetPasswordForm(NewPasswordForm, account.SetPasswordForm):
    pass


class ResetPasswordForm(PlainForm, account.ResetPasswordForm):
    labels = {"email": _("E-mail")}


class ResetPasswordKeyForm(NewPasswordForm, account.ResetPasswordKeyForm):
    pass


class AuthenticateForm(PlainForm, mfa.AuthenticateForm):
    labels = {"code": CODE}


class ReauthenticateByCodeForm(PlainForm, mfa.ReauthenticateForm):
    labels = {"code": CODE}


class AuthenticatePasskeyForm(PlainForm, webauthn.AuthenticateWebAuthnForm):
    pass


class ReauthenticateByPasskeyForm(PlainForm, webauthn.ReauthenticateWebAuthnForm):
    pass


class LoginByPasskeyForm(PlainForm, webauthn.LoginWebAuthnForm):
    pass


class ActivateAppForm(PlainForm, totp.ActivateTOTPForm):
    labels = {"code": _("The code that the app shows")}


class DeactivateAppForm(PlainForm, totp.DeactivateTOTPForm):
    pass


class AddPasskeyForm(PlainForm, webauthn.AddWebAuthnForm):
    labels = {"name": _("What you call it"), "passwordless": _("Log in with it alone, without a password")}
    help_texts = {
        "name": _("Such as “My phone”, so that you know it again."),
        "passwordless": _("The device then asks for its code, a finger or a face each time."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["passwordless"] = True


class EditPasskeyForm(PlainForm, webauthn.EditWebAuthnForm):
    labels = {"name": _("What you call it")}


class RecoveryCodesForm(PlainForm, recovery_codes.GenerateRecoveryCodesForm):
    pass
