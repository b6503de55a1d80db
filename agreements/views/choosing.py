from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from agreements.choosing import choices
from agreements.models import ChosenAgreement
from kulturmetropol.views import back_or


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keeps what the user works with from now on, and goes back to the list that the user was at."""
    choice = choices(request.user).find(request.POST.get("valgt", ""))
    if choice is None:
        raise Http404
    ChosenAgreement.objects.update_or_create(
        user=request.user, defaults={"culture_region": choice.region, "agreement": choice.agreement}
    )
    return back_or("start", request)
