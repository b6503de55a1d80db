import re
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agreements.models import OutgoingMail
from initiatives.models import Initiative
from initiatives.progress import Movement
from kulturmetropol.glossary import TERMS
from kulturmetropol.navigation import Entry, Fold

from . import forms, samples

STATUSES = [
    ("running", "I gang"),
    ("completed", "Afsluttet"),
    ("paused", "På pause"),
    ("cancelled", "Aflyst"),
    ("planned", "Planlagt"),
]
PROSE = "### Overskrift\n\nTekst med **fed**, *kursiv* og en liste:\n\n- et punkt\n- et til\n\n> Et citat"
SPACES = (2, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64)


def colours() -> list[str]:
    """The names of the tokens that are colours, in their order."""
    text = Path(settings.BASE_DIR, "static/css/tokens.css").read_text(encoding="utf-8")
    return list(dict.fromkeys(re.findall(r"--([\w-]+): light-dark", text)))


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """404 where the portal is in use: it is the developers' page, and its data are made up."""
    if not settings.STYLE_PAGE:
        raise Http404
    entries = [Entry("Aftaler", "agreement_list", "agreement"), Entry("Indsatser", "initiative_list", "initiative")]
    context = {
        "user": samples.user(),
        "edits": True,
        "navigation": [("Aftalen", entries, [Fold("Mål, køreplan og tal", entries)])],
        "portal_name": "Kulturmetropolen",
        "has_demo_data": True,
        "model_name": "initiative",
        "messages": samples.messages(),
        "colours": colours(),
        "spaces": SPACES,
        "prose": PROSE,
        "found": [{"text": "Unges "}, {"text": "musik", "hit": True}],
        "used": {"open_lines": 3},
        "statuses": STATUSES,
        "movements": list(Movement),
        "mails": [{"status": each.value, "get_status_display": each.label} for each in OutgoingMail.Status],
        "progresses": samples.progresses(1),
        "areas": samples.area_cards(),
        "trend": samples.trend(),
        "clocks": samples.clocks(),
        "todos": samples.todos(),
        "term": TERMS[0],
        "news": samples.news(),
        "map": samples.tile_map(),
        "chart": samples.activity_chart(),
        "object": samples.initiatives[0],
        "list_url": "/indsatser/",
        "verbose_name_plural": Initiative._meta.verbose_name_plural,
        "day": samples.DAY,
        **samples.milestones(),
        **samples.matrix(),
        **samples.lists(),
        **forms.context(),
    }
    return render(request, "styleguide/page.html", context)
