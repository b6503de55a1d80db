"""allauth's forms as the portal writes them: labels that are seen, no hints inside the fields, one layout."""

import json
from typing import Any

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.recovery_codes import forms as recovery_codes
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _

from kulturmetropol.forms import form_helper

PLACEHOLDER = "placeholder"
HIDDEN = {"credential": _("Passkey")}
CODE = _("Code")
NEW_PASSWORD = _("New password")


class CredentialField(forms.JSONField):
    """What a device answers. JSON that no device writes is none: Python fails at thousands of brackets or digits."""

    def to_python(self, value: Any) -> Any:
        try:
            found = super().to_python(value)
            json.dumps(found, ensure_ascii=False).encode()
        except (RecursionError, ValueError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
        return found

    def bound_data(self, data: Any, initial: Any) -> Any:
        """As it was sent, and not read once more."""
        return InvalidJSONInput(data) if isinstance(data, str) else data


class PlainForm(forms.Form):
    error_title = _("It did not work")
    labels: dict[str, Any] = {}
    help_texts: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "credential" in self.fields:
            self.fields["credential"] = CredentialField(widget=forms.HiddenInput)
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


# as a device's answer that lacks something, or whose parts do not fit together, fails in fido2 and allauth
MALFORMED = (LookupError, TypeError, ValueError, AttributeError)


class PasskeyForm(PlainForm):
    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class AuthenticatePasskeyForm(PasskeyForm, webauthn.AuthenticateWebAuthnForm):
    pass


class ReauthenticateByPasskeyForm(PasskeyForm, webauthn.ReauthenticateWebAuthnForm):
    pass


class LoginByPasskeyForm(PasskeyForm, webauthn.LoginWebAuthnForm):
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

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class EditPasskeyForm(PlainForm, webauthn.EditWebAuthnForm):
    labels = {"name": _("What you call it")}


class RecoveryCodesForm(PlainForm, recovery_codes.GenerateRecoveryCodesForm):
    pass
