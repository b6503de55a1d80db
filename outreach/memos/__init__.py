"""What stands in a memo: its payload, which its template shows and which the PDF carries along as JSON.

A payload is plain data: texts, numbers, dates, lists and dicts. Each kind has a module here with a function that
gathers its own, and a template `outreach/memos/<kind>.html` in which the keys of the payload are the variables.
"""

from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy

from kulturmetropol.pdf import DataFile, unprintable, write_pdf
from outreach.models import Memo
from outreach.models.memos import canonical

from . import annual, evaluation, item, measures, meeting, municipality, onboarding, status

TEMPLATE = "outreach/memos/{kind}.html"
LANGUAGE = "da"  # the committees' own
ATTACHMENT = "notat.json"

Gather = Callable[[Memo], dict[str, Any]]
GATHERERS: dict[str, Gather] = {
    Memo.Kind.STATUS: status.gather,
    Memo.Kind.MUNICIPALITY: municipality.gather,
    Memo.Kind.MEASURES: measures.gather,
    Memo.Kind.ONBOARDING: onboarding.gather,
    Memo.Kind.AGENDA: meeting.agenda,
    Memo.Kind.MINUTES: meeting.minutes,
    Memo.Kind.ANNUAL: annual.gather,
    Memo.Kind.EVALUATION: evaluation.gather,
}


def payload(memo: Memo, number: int | None = None) -> dict[str, Any]:
    """All that the memo says. A memo without a number is a draft."""
    with translation.override(LANGUAGE):
        return {
            "format": 1,
            "kind": memo.kind,
            "kind_name": str(memo.get_kind_display()),
            "draft": number is None,
            "number": number,
            "replaces": replaced(memo),
            "author": str(memo.agreement.culture_region),
            "agreement": {
                "name": memo.agreement.name,
                "heading": memo.agreement.culture_region.heading,
                "years": memo.agreement.years,
                "case_number": memo.agreement.case_number,
            },
            "recipient": recipient(memo),
            "date": memo.date,
            "case_officer": memo.case_officer,
            "case_number": memo.case_number,
            "sections": included_sections(memo),
            **GATHERERS[memo.kind](memo),
        }


def recipient(memo: Memo) -> dict[str, str]:
    place = memo.place
    return {
        "name": memo.committee.name if memo.committee else memo.addressee,
        "municipality": place.name if place else "",
        "municipality_code": place.code if place else "",
    }


def replaced(memo: Memo) -> dict[str, Any] | None:
    """The issued memo that this one corrects."""
    return {"number": memo.replaces.document.number, "date": memo.replaces.date} if memo.replaces else None


def included_sections(memo: Memo) -> dict[str, str]:
    """The Markdown of the sections that are part of the memo, by name."""
    return {name: getattr(memo, name) for name in Memo.SECTIONS if getattr(memo, f"{name}_included")}


def memo_html(said: dict[str, Any], *, on_screen: bool = False) -> str:
    """A payload as a page: the one that becomes the PDF, or with a style sheet of its own for the browser."""
    with translation.override(LANGUAGE):
        return render_to_string(
            TEMPLATE.format(kind=said["kind"]), {**said, "day": said["date"], "on_screen": on_screen}
        )


def body(said: dict[str, Any], page: str = "") -> str:
    """What a payload's `page` says below its head, as HTML to paste into another system."""
    return item.body(page or memo_html(said))


def memo_pdf(said: dict[str, Any], page: str = "") -> bytes:
    """A payload as a PDF, with itself attached. The same to the byte for the same payload.

    Who has its `page` already gives it along.
    """
    data = DataFile(name=ATTACHMENT, content=canonical(said), description=DESCRIPTION, day=said["date"])
    return write_pdf(page or memo_html(said), data)


DESCRIPTION = "Notatets oplysninger som data"
UNPRINTABLE = gettext_lazy("The font of the memo lacks these signs: %(signs)s. Write them in another way.")


def signs_without_print(said: dict[str, Any]) -> list[str]:
    """The signs anywhere in the memo that its font lacks, for the author to replace."""
    return sorted(unprintable(memo_html(said)))
