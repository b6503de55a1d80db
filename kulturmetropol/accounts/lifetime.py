"""How long one stays logged in: so many hours without doing anything, and so many days at all.

A session keeps when it began and when it was last used. Who edits is asked to log in again after half a day's pause,
the others after some days; a session from a municipality's login lasts a working day. The settings have the times.
"""

import time
from collections.abc import Mapping
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user, middleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

BEGAN, SEEN = "began", "seen"
ASKS_ITSELF = "X-Asks-Itself"  # static/js/portal.js sends it
WRITTEN_EVERY = 5 * 60  # a pause is known to five minutes, and not every page writes


def note_login(sender: Any, request: HttpRequest, user: Any, **more: Any) -> None:
    request.session.pop("typed", None)  # of a form that came after the former session had ended
    request.session.set_expiry(None)  # it was nobody's until now
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


def is_over(session: Mapping[str, Any], user: Any) -> bool:
    """Whether this session of the user has had its time, by what it holds. One that knows no times has not."""
    now = time.time()
    if now - session.get(BEGAN, now) > longest(session):
        return True
    pause = now - session.get(SEEN, now)
    # whether somebody edits is asked of the database, so not before it makes a difference
    if pause <= min(settings.SESSION_PAUSE_EDITING, settings.SESSION_PAUSE_READING):
        return False
    edits = import_string(settings.SECOND_FACTOR_ASKED_OF)(user)
    return pause > (settings.SESSION_PAUSE_EDITING if edits else settings.SESSION_PAUSE_READING)


def longest(session: Mapping[str, Any]) -> int:
    methods = {record.get("method") for record in session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])}
    return settings.SESSION_LONGEST_AT_PROVIDER if "socialaccount" in methods else settings.SESSION_COOKIE_AGE


def current_user(request: HttpRequest) -> Any:
    """Who is logged in; from here on the request speaks their language, until `LanguageMiddleware` ends it.

    A session that is over ends here, and is noted for the page that asks for a login.
    """
    user = get_user(request)
    if not user.is_authenticated:
        return user
    if is_over(request.session, user):
        request.session.flush()
        request.session_is_over = True  # type: ignore[attr-defined]
        return AnonymousUser()
    translation.activate(user.language)
    now = int(time.time())
    if now - request.session.get(SEEN, 0) > WRITTEN_EVERY and not asks_itself(request):
        request.session[SEEN] = now
        request.session.setdefault(BEGAN, now)
    return user


def asks_itself(request: HttpRequest) -> bool:
    """Whether a page that lies open asks how far some work is, which is nothing that its user does.

    What says so shortens its own session alone, and only once that knows when it was used.
    """
    return request.method == "GET" and ASKS_ITSELF in request.headers and SEEN in request.session


class AuthenticationMiddleware(middleware.AuthenticationMiddleware):
    """Django's, but a session that is over logs nobody in. Read when somebody asks, as there."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: current_user(request))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """A session of nobody ends within the hour: anybody makes as many as they like, and the night clears them."""
        session = request.session
        if session.modified and not session.is_empty() and SESSION_KEY not in session:
            session.set_expiry(settings.SESSION_OF_NOBODY)
        return response
