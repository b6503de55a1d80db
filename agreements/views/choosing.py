from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from agreements.choosing import choices
from agreements.models import ChosenAgreement


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keeps what the user works with from now on, and goes back to the list that the user was at."""
    choice = choices(request.user).find(request.POST.get("valgt", ""))
    if choice is None:
        raise Http404
    ChosenAgreement.objects.update_or_create(
        user=request.user, defaults={"culture_region": choice.region, "agreement": choice.agreement}
    )
    back = request.POST.get("tilbage", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "start")
