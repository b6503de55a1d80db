"""The places where a user is logged in: which there are, and how they end."""

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.dispatch import Signal
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from .lifetime import is_over

# that a user has logged out elsewhere: `request`, and `count`, how many places that were
ended_elsewhere = Signal()

# the first that fits: Edge calls itself Chrome, too, and Chrome Safari
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}


@dataclass(frozen=True)
class Place:
    pk: int
    browser: str
    system: str
    ip: str
    since: datetime
    is_here: bool


def places(user, here: str | None) -> list[Place]:
    """Where the user is logged in, the newest first. `here` is the key of the session that asks."""
    live = _live_keys(user)
    return [
        Place(row.pk, *device(row.user_agent), row.ip, row.created_at, row.session_key == here)
        for row in UserSession.objects.filter(user=user).order_by("-created_at", "-pk")
        if row.session_key in live
    ]


def _live_keys(user) -> set[str]:
    """The keys of sessions that have not run out, nor been ended by a new password."""
    now_hash = user.get_session_auth_hash()
    stored = Session.objects.filter(
        session_key__in=UserSession.objects.filter(user=user).values("session_key"), expire_date__gt=timezone.now()
    )
    return {
        session.session_key
        for session, kept in ((session, session.get_decoded()) for session in stored)
        if constant_time_compare(kept.get(HASH_SESSION_KEY, ""), now_hash) and not is_over(kept, user)
    }


def end(user, *, but: str | None = None, pk: int | None = None) -> int:
    """End the sessions of a user: the one of this `pk`, or all. The session `but` stays. Returns how many ended."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=but)
    if pk is not None:
        rows = rows.filter(pk=pk)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)


def device(user_agent: str) -> tuple[str, str]:
    """The browser and the system, as people call them; empty for what is not known."""
    browser = next((name for sign, name in BROWSERS.items() if re.search(rf"{sign}\w*/", user_agent)), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in user_agent), "")
    return browser, system


def end_others(sender, request, user, **more) -> None:
    """A new password ends all sessions but the one it was made in."""
    end(user, but=request.session.session_key if request.user.is_authenticated else None)
