"""Help, for everybody: the guides, the glossary, and the way to the accessibility statement."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kulturmetropol.glossary import TERMS
from kulturmetropol.help.guides import GUIDES, Guide, own_guides

LINK = re.compile(r"\[([^]]+)\]\(([^)]+)\)")
GLOSSARY = "ordliste#"


@dataclass(frozen=True)
class Part:
    """A piece of a step. `url` is empty where it is no link."""

    text: str
    url: str = ""


@login_not_required
@require_safe
def page(request: HttpRequest, slug: str = "") -> HttpResponse:
    """A guide; without a name the one for the user's own role, with the others to choose among."""
    own = own_guides(request.user)
    guide = next((each for each in GUIDES if each.slug == slug), None) if slug else own[0]
    if guide is None:
        raise Http404
    others = [each for each in [*own, *(each for each in GUIDES if each not in own)] if each != guide]
    context = {"guide": guide, "is_own": guide in own, "tasks": tasks(guide, guide in own), "others": others}
    return render(request, "help/guide.html", context | frame(request))


def tasks(guide: Guide, is_own: bool) -> list[tuple[str, list[list[Part]]]]:
    return [(task.title, [parts(str(step), is_own) for step in task.steps]) for task in guide.tasks]


def parts(step: str, is_own: bool) -> list[Part]:
    """A step with its links; those to pages that are not the reader's are words alone."""
    found, at = [], 0
    for link in LINK.finditer(step):
        words, target = link.groups()
        found += [Part(step[at : link.start()]), Part(words, address(target, is_own))]
        at = link.end()
    return [*found, Part(step[at:])]


def address(target: str, is_own: bool) -> str:
    if target.startswith(GLOSSARY):
        return f"{reverse('glossary')}#{target.removeprefix(GLOSSARY)}"
    return reverse(target) if is_own else ""


@login_not_required
@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    return render(request, "help/glossary.html", {"terms": TERMS} | frame(request))


@login_not_required
@require_safe
def statement(request: HttpRequest) -> HttpResponse:
    """To the accessibility statement, as the law wants it of `/was`."""
    if settings.ACCESSIBILITY_STATEMENT_URL:
        return redirect(settings.ACCESSIBILITY_STATEMENT_URL)
    return render(request, "help/no_statement.html", status=404)


def frame(request: HttpRequest) -> dict[str, Any]:
    layout = "base.html" if request.user.is_authenticated else "outside.html"
    return {"layout": layout, "is_wide": True, "is_help": True}
