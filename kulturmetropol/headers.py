"""What stands on every answer: no browser keeps what somebody saw who was logged in, text says its signs, and the
browser's cameras, positions and the like stay shut.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

# what the browser can do and the portal has no use for; passkeys and copying an address are the portal's own
FORBIDDEN = [
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "sync-xhr",
    "usb",
    "window-management",
    "xr-spatial-tracking",
]
OWN = ["clipboard-write", "publickey-credentials-create", "publickey-credentials-get"]
PERMISSIONS = ", ".join([*(f"{name}=()" for name in FORBIDDEN), *(f"{name}=(self)" for name in OWN)])

METHODS = ["GET", "HEAD", "OPTIONS", "POST"]


class HeadersMiddleware:
    """Static files are answered before it, and stay with the browser.

    Whether somebody is logged in is told by the cookie: asking the session would ask the database. A view that says
    itself how long its answer may be kept is right.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # some views would answer TRACE, and others, as if it were GET
        response = self.get_response(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, no-store"
        kind = response.headers.get("Content-Type", "")
        if kind.startswith("text/") and "charset=" not in kind:
            response.headers["Content-Type"] = f"{kind}; charset=utf-8"
        return response


class PageCompression(GZipMiddleware):
    """Pages alone: files that are handed out are compressed in their own way, or not worth it.

    What is secret in a page cannot be guessed from its length (BREACH): Django masks the form's token anew for each
    answer, and adds bytes of a random number.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type", "").startswith("text/html"):
            return super().process_response(request, response)
        return response
