"""What the state wants back is handed in when the memo that holds it is issued, and is no longer to be done."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agreements.models import Submission
from outreach.memos import LANGUAGE
from outreach.models import IssuedMemo, Memo

Kind = Submission.Kind


def held_in(memo: Memo, accounts_complete: bool) -> list[Submission.Kind]:
    """What of the state's reports the memo is. Accounts in which a line's use is missing are not ready to hand in."""
    if memo.kind == Memo.Kind.EVALUATION:
        return [Kind.EVALUATION]
    if memo.kind == Memo.Kind.ANNUAL:
        return [Kind.STATUS, Kind.KEY_FIGURES, *([Kind.ACCOUNTS] if accounts_complete else [])]
    return []


def kinds_of(memo: Memo, said: dict) -> list[Submission.Kind]:
    total = said.get("accounts_total")
    return held_in(memo, accounts_complete=bool(total) and not total["open_lines"])


def hand_in(document: IssuedMemo) -> None:
    """Mark what an issued memo holds as handed in on its day; what is marked already stays as it is.

    A correction takes over the marks of the memo that it replaces, with their day, and takes away those of what it no
    longer holds.
    """
    memo, kinds = document.memo, kinds_of(document.memo, document.payload)
    for mark in _marks(memo.replaces.document) if memo.replaces else []:
        if mark.kind in kinds:
            mark.note = _note(document)
            mark.save()
        else:
            mark.delete()
    for kind in kinds:
        Submission.objects.get_or_create(
            agreement=memo.agreement,
            kind=kind,
            year=_year(memo),
            defaults={"handed_in_on": timezone.localdate(document.issued_at), "note": _note(document)},
        )


def take_back(document: IssuedMemo) -> None:
    """Take the marks of a withdrawn memo away, but for those that somebody has written in since."""
    for mark in _marks(document):
        mark.delete()


def _marks(document: IssuedMemo) -> QuerySet[Submission]:
    memo = document.memo
    marks = Submission.objects.filter(agreement=memo.agreement, year=_year(memo), note=_note(document))
    return marks.filter(kind__in=kinds_of(memo, document.payload))


def _year(memo: Memo) -> int:
    return memo.year or memo.agreement.ends_on.year


def _note(document: IssuedMemo) -> str:
    with translation.override(LANGUAGE):
        return _("Memo no. %(number)s of %(day)s, issued in the portal.") % {
            "number": document.number,
            "day": document.memo.date.strftime("%d-%m-%Y"),
        }
