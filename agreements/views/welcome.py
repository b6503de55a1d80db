"""Where the link of an invitation leads: it says who invites to what, and lets its receiver in.

Opening the link does nothing, for mail programs open links to look at them. The token moves from the address into the
session, as its hash: so it stands in no log, no history of the browser and no address that is sent along.
"""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.ratelimit import consume_or_429
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agreements import inviting
from agreements.forms.users import WelcomeForm
from agreements.models import UserInvitation
from kulturmetropol.views import RACED

KEPT_AS = "user_invitation"


@login_not_required
@never_cache
@require_safe
def follow_link(request: HttpRequest, token: str) -> HttpResponse:
    if stopped := consume_or_429(request, action="invitation", limit_get=True):
        return stopped
    request.session[KEPT_AS] = UserInvitation.hash_of(token)
    return redirect("welcome")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    if stopped := consume_or_429(request, action="invitation"):
        return stopped
    kept = request.session.get(KEPT_AS, "")
    invitation = inviting.find(kept) if kept else None
    if invitation is None:
        return page(request, "welcome/unknown.html", status=404)
    if invitation.state != UserInvitation.State.WAITING:
        return page(request, "welcome/over.html", status=410, invitation=invitation)
    user = inviting.user_at(invitation.email)
    if user is None:
        if request.user.is_authenticated:
            return page(request, "welcome/somebody_else.html", invitation=invitation)
        return come_in(request, invitation)
    if not user.is_active:
        return page(request, "welcome/closed.html", invitation=invitation, status=403)
    if not request.user.is_authenticated:
        return page(request, "welcome/log_in.html", invitation=invitation)
    if request.user.pk != user.pk:
        return page(request, "welcome/somebody_else.html", invitation=invitation)
    return take_role(request, invitation)


def come_in(request: HttpRequest, invitation: UserInvitation) -> HttpResponse:
    """For who has no account yet: a name, a password if one wants one, and in."""
    sent = request.POST if request.method == "POST" else None
    form = WelcomeForm(sent, email=invitation.email, initial={"name": invitation.name})
    if form.is_valid():
        name, password = form.cleaned_data["name"], form.cleaned_data["password1"]
        try:
            user = inviting.accept(invitation=invitation, name=name, password=password)
        except ValidationError as error:
            form.add_error(None, error.messages)
        except IntegrityError:
            form.add_error(None, RACED)
        else:
            del request.session[KEPT_AS]
            record_authentication(request, user, method="invitation")
            return perform_login(request, user, email=user.email)
    return page(request, "welcome/come_in.html", invitation=invitation, form=form)


def take_role(request: HttpRequest, invitation: UserInvitation) -> HttpResponse:
    """For who has an account and has logged in to it: a button."""
    if request.method == "POST":
        try:
            inviting.accept(invitation=invitation)
        except ValidationError as error:
            return page(request, "welcome/take_role.html", invitation=invitation, faults=error.messages)
        except IntegrityError:
            return page(request, "welcome/take_role.html", invitation=invitation, faults=[RACED])
        del request.session[KEPT_AS]
        messages.success(request, _("Welcome. You have accepted the invitation."))
        return redirect("start")
    return page(request, "welcome/take_role.html", invitation=invitation)


def page(
    request: HttpRequest,
    template: str,
    *,
    status: int = 200,
    invitation: UserInvitation | None = None,
    **context: object,
) -> HttpResponse:
    if invitation:
        context |= {"invitation": invitation, "what": inviting.in_words(invitation)}
    response = render(request, template, context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
