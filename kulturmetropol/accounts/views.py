"""The pages about one's own account that allauth does not have, and the gate to a municipality's own login."""

import logging

from allauth.account import views as allauth_views
from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from .openid import Adapter
from .second_factor import lacks_second_factor
from .sessions import end, ended_elsewhere, places

logger = logging.getLogger(__name__)


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    kinds = list(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    context = {
        "has_app": Authenticator.Type.TOTP in kinds,
        "has_codes": Authenticator.Type.RECOVERY_CODES in kinds,
        "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
        "places": len(places(request.user, None)),
        "lacks_second_factor": lacks_second_factor(request.user),
    }
    return render(request, "account/account.html", context)


@login_not_required
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Ends the session, and has the browser forget what it keeps: pages, and texts that were not saved."""
    response = allauth_views.logout(request)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@reauthentication_required(allow_get=True)
def devices(request: HttpRequest) -> HttpResponse:
    here = request.session.session_key
    if request.method == "POST":
        ended = end(request.user, but=here)
        if ended:
            ended_elsewhere.send(devices, request=request, count=ended)
        done = ngettext(
            "You are logged out in one other place.", "You are logged out in %(count)s other places.", ended
        )
        messages.success(request, done % {"count": ended})
        return redirect("usersessions_list")
    return render(request, "usersessions/usersession_list.html", {"places": places(request.user, here)})


@require_POST
@reauthentication_required
def end_device(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends one session of the user; the one that asks is ended by logging out."""
    if not end(request.user, but=request.session.session_key, pk=pk):
        raise Http404
    ended_elsewhere.send(end_device, request=request, count=1)
    messages.success(request, _("You are logged out there."))
    return redirect("usersessions_list")


@login_not_required
@require_safe
def provider_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """On to the municipality's login. allauth would let the address change what is asked for there; here it cannot.

    Nor can another site's link log somebody in who is logged in at the municipality: it leads to our page of logins.
    """
    if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
        return redirect("account_login")
    request.GET = request.GET.copy()
    for name in set(request.GET) - {"next"}:
        del request.GET[name]
    try:
        return OAuth2LoginView.adapter_view(Adapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except (RequestException, OAuth2Error) as error:
        return _silent(request, provider_id, error)


@login_not_required
@require_safe
def provider_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        return OAuth2CallbackView.adapter_view(Adapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except (RequestException, OAuth2Error, ValueError, KeyError, TypeError) as error:
        return _silent(request, provider_id, error)


def _silent(request: HttpRequest, provider_id: str, error: Exception) -> HttpResponse:
    logger.warning("The login of %s failed: %s", provider_id, type(error).__name__)
    return render(request, "socialaccount/authentication_error.html", status=503)
