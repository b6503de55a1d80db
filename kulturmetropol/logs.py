"""The log: one line for each record, one for each request, and in no line a secret or an e-mail address.

Addresses that are secrets themselves (a calendar's, a link to a new password) are cut off where the secret begins.
Query strings are left out: they hold what people search for, and what other sites send along.
"""

import json
import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path
from django.utils.functional import SimpleLazyObject, empty

access_log = logging.getLogger("kulturmetropol.access")
security_log = logging.getLogger("kulturmetropol.security")

SECRET_PATH = re.compile(
    r"(/kalender/(?!ny-adresse/)|/offentligt/nyhedsbrev/(?:bekraeft|afmeld)/|/valgt-billede/"
    r"|/velkommen/|/glemt-adgangskode/(?!sendt/|skiftet/))[^\s\"'<>]+"
)
QUERY = re.compile(r"(/[^\s?\"'<>]*)\?[^\s\"'<>]+")
E_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
OF_A_REQUEST = ("method", "path", "status", "milliseconds")
REFUSED = {403, 429}

current: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


def mask(text: str) -> str:
    text = QUERY.sub(r"\1?…", text)
    return E_MAIL.sub("…@…", SECRET_PATH.sub(r"\1…", text))


class PlainFormatter(logging.Formatter):
    """For people: a line, and below it the traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


class JsonFormatter(logging.Formatter):
    """For machines: every record is one line, its traceback in it."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": mask(record.getMessage()),
        }
        # Django's own line on the answer comes when the request is over, and brings it along
        if isinstance(request := current.get() or getattr(record, "request", None), HttpRequest):
            line |= {"request_id": id_of(request), "user_id": user_id(request)}
        if record.name in {access_log.name, security_log.name}:
            line |= {name: getattr(record, name) for name in OF_A_REQUEST if hasattr(record, name)}
        if record.exc_info:
            line["traceback"] = mask(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


class RequestLogMiddleware:
    """Gives each request an id, for the log and in the answer, and writes a line when it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = given_id(request) or uuid.uuid4().hex  # type: ignore[attr-defined]
        token = current.set(request)
        began = time.monotonic()
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = id_of(request)
            log(request, response.status_code, round((time.monotonic() - began) * 1000))
        finally:
            current.reset(token)
        return response


def given_id(request: HttpRequest) -> str:
    """The id that the proxy in front has given; anybody else's word is not taken, nor what does not look like one."""
    given = request.headers.get("X-Request-ID", "") if settings.TRUST_PROXY_HEADERS else ""
    return given if REQUEST_ID.fullmatch(given) else ""


def log(request: HttpRequest, status: int, milliseconds: int) -> None:
    path = mask(escape_uri_path(request.path))
    extra = {"method": request.method, "path": path, "status": status, "milliseconds": milliseconds}
    access_log.info("%s %s %d %d ms", request.method, path, status, milliseconds, extra=extra)
    # to whoever is logged in, what is not theirs is not found
    if status in REFUSED or (status == 404 and user_id(request)):
        security_log.warning("Refused: %s %s %d", request.method, path, status, extra=extra)


def id_of(request: HttpRequest) -> str:
    return getattr(request, "request_id", "")


def user_id(request: HttpRequest) -> int | None:
    """Of the one who is logged in, if the request has asked for that: a line of the log reads nothing itself."""
    user = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject) and user.__dict__["_wrapped"] is empty:
        return None
    return getattr(user, "pk", None)
