"""What the portal decides where allauth asks: who comes in, how mail leaves, how secrets are kept."""

import base64
import logging
import smtplib
import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.mail.exceptions import MailerDoesNotExist
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kulturmetropol.accounts.models import User
from kulturmetropol.smtp import UncertainError

logger = logging.getLogger(__name__)

# without these mails nobody comes further; the others tell of something that has been done already
AWAITED = {"account/email/login_code", "account/email/password_reset_key", "account/email/unknown_account"}
MAIL_FAULTS = (smtplib.SMTPException, OSError, UncertainError, MailerDoesNotExist)

TOO_MANY = _("Too many attempts. Wait five minutes, and try again.")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "The e-mail address and the password do not fit together. Check both and try again."
        ),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("The code is not right, or it has been used or is too old."),
        "incorrect_password": _("The password is not right."),
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        try:
            return super().is_safe_url(url)
        except ValueError:  # what looks like an address of IPv6 and is none
            return False

    def get_password_change_redirect_url(self, request: Any) -> str:
        return reverse("account")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """On the portal's own address, whichever the request named."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_URL + path.replace("UID-KEY", key)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just logged in need not do so again."""
        records = get_authentication_records(context.request, context.request.user)
        if records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Sends at once, past the outbox: a code is a secret, and worth nothing in an hour.

        A mail that is waited for and cannot leave ends the request with a page that says so. It is the same page for
        an address without an account, as mail goes to those too.
        """
        context = {"portal_url": settings.SITE_URL, "email": email, **context}
        with translation.override(User.objects.language_of(email)):
            message = self.render_mail(template_prefix, email, context, headers={"Auto-Submitted": "auto-generated"})
        try:
            message.send()
        except MAIL_FAULTS as error:
            logger.warning("The mail %s was not sent: %s", template_prefix, type(error).__name__)
            if template_prefix in AWAITED:
                raise ImmediateHttpResponse(render(self.request, "account/mail_failed.html", status=503)) from error


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def encrypt(self, text: str) -> str:
        """A copy of the database alone makes no codes."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}

    def _get_site_name(self) -> str:
        return "Kulturmetropol"


def _fernet() -> MultiFernet:
    """The key is made from SECRET_KEY; keys of SECRET_KEY_FALLBACKS still open what they closed."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [salted_hmac("kulturmetropol.second_factor", "", secret=each, algorithm="sha256") for each in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest.digest())) for digest in digests])


class ProviderAdapter(DefaultSocialAccountAdapter):
    """A municipality's login opens the account of the address that it vouches for, and makes none.

    Nothing is remembered of the provider: who owns the address today is asked each time.
    """

    def authenticate_by_email(self, sociallogin: Any) -> tuple | None:
        email = vouched_for(sociallogin)
        users = filter_users_by_email(email, for_login=True) if email else []
        return (users[0], email) if len(users) == 1 else None

    def get_requests_session(self) -> Any:
        """Goes where it is sent by the settings and nowhere on from there: a redirect is a fault."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def pre_social_login(self, request: Any, sociallogin: Any) -> None:
        if not sociallogin.is_existing:
            logger.info("A login by %s fits no account.", sociallogin.account.provider)
            provider = sociallogin.provider.name
            page = render(request, "socialaccount/no_account.html", {"provider": provider}, status=403)
            raise ImmediateHttpResponse(page)


def vouched_for(sociallogin: Any) -> str:
    """The e-mail address that the provider has verified, of a domain that is its own. Empty: none.

    Both answers of the provider must be about the same person, and say «verified» in no other way than true.
    """
    answers = [sociallogin.account.extra_data.get(name) for name in ("id_token", "userinfo")]
    if not all(answers) or answers[0].get("sub") != answers[1].get("sub"):
        return ""
    email = str(answers[1].get("email", "")).strip().lower()
    if answers[1].get("email_verified") is not True:
        return ""
    domains = sociallogin.provider.app.settings["domains"]
    return email if email.rpartition("@")[2] in domains else ""
