"""In which language somebody reads the portal: a user's own, outside the cookie's, and Danish unless chosen."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from kulturmetropol.accounts.models import User

BACK = "tilbage"


def known(language: str | None) -> str:
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class LanguageMiddleware:
    """The cookie's language, for those outside and until it is known who asks: reading the user brings in theirs.

    What a browser would rather read is not asked: the portal is Danish, and so are the titles and texts in it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(known(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME))):
            response = self.get_response(request)
        patch_vary_headers(response, ["Cookie"])
        return response


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Where the language is chosen. Public pages link to it: a form of theirs could not be in everybody's cache."""
    back = request.POST.get(BACK) or request.GET.get(BACK, "")
    if not (back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)):
        back = "/"
    if request.method != "POST":
        return render(request, "language.html", {"back": back})
    language = known(request.POST.get("language"))
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(language=language)
    return remember(redirect(back), language)


def remember(response: HttpResponse, language: str) -> HttpResponse:
    """The choice in the browser's cookie, where it holds before somebody has logged in."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response
