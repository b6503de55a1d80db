"""A form that is sent when its user is logged out, or in again, by then: the way back to it is kept.

What was typed is kept by the browser (`static/js/drafts.js`): nobody is logged in whom the server could keep it for.
Without scripts it is shown once more, to be copied: no browser keeps the page that it was typed on.
"""

import re
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, middleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

SECRET = re.compile("csrf|password|code|credential|token", re.IGNORECASE)
LONGEST = 20_000


def form_page(request: HttpRequest) -> str:
    """The page that the form stands on. It may be another one than it was sent to, which may take nothing but forms."""
    page = request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return urlsplit(page)._replace(scheme="", netloc="", fragment="").geturl()
    return request.get_full_path()


def typed(request: HttpRequest) -> str:
    """The words that the form brought, one field after the other."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    words = [value for name, value in fields if not SECRET.search(name) and re.search(r"[^\W\d_]", value)]
    return "\n\n".join(words)[:LONGEST]


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    def handle_no_permission(self, request, view_func):
        if request.method != "POST":
            if hasattr(request, "session_is_over"):
                messages.info(request, _("You were logged out after a pause. Log in, and you are back where you were."))
            return super().handle_no_permission(request, view_func)
        messages.warning(
            request,
            _("You were logged out, so nothing is saved yet. Log in, and you are back where you were."),
            extra_tags="expired",
        )
        request.session["typed"] = typed(request)
        return redirect_to_login(form_page(request), self.get_login_url(view_func), REDIRECT_FIELD_NAME)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was opened before a login or a logout in another tab."""
    return render(request, "403_csrf.html", {"form_page": form_page(request), "typed": typed(request)}, status=403)
