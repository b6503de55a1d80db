"""What costs the server much may be asked for so many times a minute by each user, and then waits for the next.

Ways in and public forms have brakes of their own (allauth's, and `outreach.floods`).
"""

import time
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

MINUTE = 60
PER_MINUTE = {"search": 120, "preview": 120, "export": 40, "pdf": 40, "import": 30}


def cost_of(request: HttpRequest) -> str:
    """What kind of costly thing is asked for; empty where it is none."""
    name = str(request.resolver_match.url_name) if request.resolver_match else ""
    if request.method == "POST":
        return {"import_upload": "import", "memo_preview": "preview"}.get(name, "")
    if name == "search":
        return "search"
    if name == "memo_pdf":
        return ""  # an issued one is handed out as it is stored; the view brakes where one has to be made
    if name.endswith("_pdf"):
        return "pdf"
    return "export" if request.GET.get("format") else ""


class BrakeMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, *arguments: Any) -> HttpResponse | None:
        cost = cost_of(request)
        return wait(request, cost) if cost and request.user.is_authenticated else None


def wait(request: Any, cost: str) -> HttpResponse | None:
    """The page that says wait, where the user has asked for as much of this as a minute allows."""
    if is_admitted(request.user.pk, cost):
        return None
    response = render(request, "wait.html", status=429)
    response.headers["Retry-After"] = str(MINUTE)
    return response


def this_minute() -> int:
    return int(time.time()) // MINUTE


def is_admitted(user: int, cost: str) -> bool:
    """Counts one more of this minute. Two at the same moment may count as one: it is a brake, not a lock."""
    key = f"brake-{cost}-{user}-{this_minute()}"
    count = cache.get(key, 0) + 1
    cache.set(key, count, 2 * MINUTE)
    return count <= PER_MINUTE[cost]
