"""The newsletter's public pages: signing up, confirming and unsubscribing. They tell nothing about any address.

Opening a link does nothing, for mail programs open links to look at them; what happens, happens by a button.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from agreements.models import CultureRegion
from outreach import floods
from outreach.actions import marketing as actions
from outreach.forms.marketing import SignupForm
from outreach.views.public import about

opened_and_sent = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@never_cache
@opened_and_sent
def signup(request: HttpRequest, slug: str) -> HttpResponse:
    """The answer is the same whether the address is new, waiting, confirmed or unsubscribed."""
    region = get_object_or_404(CultureRegion, slug=slug)
    form = SignupForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        if floods.admit(form=f"newsletter-{region.pk}", request=request):
            actions.ask(region=region, email=form.cleaned_data["email"])
            return page(request, region, "public/newsletter_asked.html")
        form.add_error(None, _("Many have signed up from here within an hour. Wait an hour, and send it again."))
        status = 429
    return page(request, region, "public/newsletter_signup.html", status=status, form=form)


@login_not_required
@never_cache
@opened_and_sent
def confirm(request: HttpRequest, signed: str) -> HttpResponse:
    now = timezone.now()
    confirmation = actions.find_confirmation(signed, now)
    if confirmation is None:
        raise Http404
    region = confirmation.subscription.culture_region
    if request.method == "POST" and actions.confirm(confirmation=confirmation, now=now):
        return page(request, region, "public/newsletter_confirmed.html")
    if confirmation.has_expired:
        return page(request, region, "public/newsletter_expired.html", status=410)
    return page(request, region, "public/newsletter_confirm.html", subscription=confirmation.subscription)


@csrf_exempt
@login_not_required
@never_cache
@opened_and_sent
def unsubscribe(request: HttpRequest, signed: str) -> HttpResponse:
    """Mail programs unsubscribe their users by a POST of their own (RFC 8058): the address is the key, and is all."""
    subscription = actions.find_by_unsubscribe_address(signed)
    if subscription is None:
        raise Http404
    region = subscription.culture_region
    if request.method == "POST":
        actions.unsubscribe(subscription=subscription, now=timezone.now())
        return page(request, region, "public/newsletter_left.html")
    return page(request, region, "public/newsletter_unsubscribe.html", subscription=subscription)


def page(
    request: HttpRequest, region: CultureRegion, template: str, *, status: int = 200, **context: object
) -> HttpResponse:
    response = render(request, template, about(region, request) | context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
