"""Those who edit must have a second factor; without one they come no further than to the pages that set it up."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
SET_UP = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}


def lacks_second_factor(user) -> bool:
    """Whether the user must have a second factor and has none."""
    if not settings.SECOND_FACTOR_REQUIRED or not user.is_authenticated:
        return False
    return import_string(settings.SECOND_FACTOR_ASKED_OF)(user) and not is_mfa_enabled(user, FACTORS)


class SecondFactorMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, *arguments) -> HttpResponse | None:
        """Pages that need no login, logging out among them, stay open."""
        if not getattr(view, "login_required", True) or request.resolver_match.url_name in SET_UP:
            return None
        if not lacks_second_factor(request.user):
            return None
        messages.warning(request, _("Set up an app or a passkey first. It is asked of everybody who edits here."))
        return redirect("mfa_index")
