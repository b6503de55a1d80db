"""What a memo of each kind can be about: whom, which meeting, which year."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreements.models import Agreement, Meeting, Municipality
from outreach.models import Memo

from .onboarding import case_of

Faults = dict[str, str]


def faults(memo: Memo) -> Faults:
    """What of the memo does not fit its kind, by the field that is to be mended; empty when all fits."""
    return CHECKS[memo.kind](memo) if memo.kind in CHECKS else {}


def agreement_of(meeting: Meeting) -> Agreement | None:
    """The agreement that a meeting is held under: its region's on that day, or else the one that work goes on under."""
    region, day = meeting.body.culture_region, meeting.held_on
    of_the_day = Agreement.objects.filter(culture_region=region, starts_on__lte=day, ends_on__gte=day)
    return of_the_day.order_by("-starts_on").first() or Agreement.objects.latest_of(region)


def about(kind: str, agreement: Agreement) -> QuerySet[Municipality]:
    """The municipalities that a memo of the kind can be about."""
    if kind == Memo.Kind.MUNICIPALITY:
        return Municipality.objects.filter(memberships__agreement=agreement)
    return Municipality.objects.all()


def _of_member(memo: Memo) -> Faults:
    if memo.place is None or about(memo.kind, memo.agreement).filter(pk=memo.place.pk).exists():
        return {}
    return {
        _recipient(memo): _("%(municipality)s is not a member of %(agreement)s, so there is no status to give.")
        % _who(memo)
    }


def _of_case(memo: Memo) -> Faults:
    if memo.place is None or case_of(memo.agreement, memo.place):
        return {}
    return {
        _recipient(memo): _("%(municipality)s has no open onboarding case of %(agreement)s. Begin the case first.")
        % _who(memo)
    }


def _of_meeting(memo: Memo) -> Faults:
    if memo.meeting and memo.meeting.status == Meeting.Status.CANCELLED:
        return {"meeting": _("The meeting is cancelled.")}
    return {}


def _of_held_meeting(memo: Memo) -> Faults:
    if memo.meeting and memo.date and memo.date < memo.meeting.held_on:
        return {
            "date": _("The meeting is on %(day)s. Minutes are written after it.")
            % {"day": date_format(memo.meeting.held_on)}
        }
    return _of_meeting(memo)


def _of_year(memo: Memo) -> Faults:
    first, last = memo.agreement.starts_on.year, memo.agreement.ends_on.year
    if memo.year is None:
        return {}
    if not first <= memo.year <= last:
        return {
            "year": _("The agreement runs from %(first)s to %(last)s. Choose one of these years.")
            % {"first": first, "last": last}
        }
    if memo.date and memo.year > memo.date.year:
        return {"year": _("The year begins after the memo's date. Its status cannot be given yet.")}
    return {}


def _recipient(memo: Memo) -> str:
    return "committee" if memo.committee_id else "municipality"


def _who(memo: Memo) -> dict[str, object]:
    return {"municipality": memo.place, "agreement": memo.agreement}


CHECKS: dict[str, Callable[[Memo], Faults]] = {
    Memo.Kind.MUNICIPALITY: _of_member,
    Memo.Kind.ONBOARDING: _of_case,
    Memo.Kind.AGENDA: _of_meeting,
    Memo.Kind.MINUTES: _of_held_meeting,
    Memo.Kind.ANNUAL: _of_year,
}
