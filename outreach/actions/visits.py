"""What people do with a visit: take it a step on, choose who travels, invite, and promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agreements import outbox
from agreements.models import Municipality, Person
from kulturmetropol.history import claim
from outreach import invitations
from outreach.models import Ambassador, FollowUp, Visit

Status = Visit.Status


@dataclass(frozen=True)
class Step:
    """A named transition of a visit: from which statuses it leads to which."""

    name: str
    label: Any  # in the language of the page
    before: tuple[str, ...]
    after: str


STEPS = {
    step.name: step
    for step in [
        Step("tilbyd", pgettext_lazy("visit", "Mark as offered"), (Status.PLANNED,), Status.OFFERED),
        Step("bekraeft", pgettext_lazy("visit", "Confirm"), (Status.PLANNED, Status.OFFERED), Status.CONFIRMED),
        Step("afholdt", pgettext_lazy("visit", "Mark as held"), (Status.CONFIRMED,), Status.HELD),
        Step("aflys", pgettext_lazy("visit", "Cancel the visit"), Visit.AHEAD, Status.CANCELLED),
    ]
}
CHANGED = gettext_lazy("Somebody else has changed the visit in the meantime. Look at it as it is now, then try again.")


def steps(visit: Visit, today: date) -> list[Step]:
    """What can be done with the visit today, in the order of the way."""
    return [step for step in STEPS.values() if not why_not(visit, step, today)]


def why_not(visit: Visit, step: Step, today: date) -> str:
    """Why the visit cannot take the step, in words for people; empty when it can."""
    if visit.status not in step.before:
        return _("A visit that is %(status)s cannot take this step.") % {
            "status": str(visit.get_status_display()).lower()
        }
    if step.after == Status.HELD and visit.held_on > today:
        return _("The visit is on %(day)s. It can be marked as held from that day.") % {
            "day": date_format(visit.held_on)
        }
    return ""


def way(visit: Visit) -> list[tuple[str, str]]:
    """The statuses from planned to held, each with whether the visit is past it, at it, or not there yet."""
    statuses: list[str] = [*Visit.AHEAD, Status.HELD]
    at = statuses.index(visit.status) if visit.status in statuses else -1
    signs = ["past"] * at + ["here"] + ["ahead"] * len(statuses)
    return [(str(Status(status).label), sign) for status, sign in zip(statuses, signs, strict=False)]


def status_row(visit: Visit):
    """The row of the history that gave the visit its status, with who and when; None where it has no history."""
    since = None
    for row in visit.history.select_related("history_user").order_by("-history_id"):
        if row.status != visit.status:
            break
        since = row
    return since


@transaction.atomic
def take_step(*, visit: Visit, step: Step, version: int, reason: str = "") -> Visit:
    """Take the step on top of the `version` that the user saw.

    Raises `ValidationError`, and does nothing, when somebody else has saved since, or the visit cannot take the step.
    """
    if not claim(visit, version):
        raise ValidationError(CHANGED)
    visit.refresh_from_db()
    if refusal := why_not(visit, step, timezone.localdate()):
        raise ValidationError(refusal)
    visit.status, visit.status_reason = step.after, reason
    visit.full_clean()
    visit.save(update_fields=["status", "status_reason", "version"])
    return visit


def choose(*, visit: Visit, municipality: Municipality) -> tuple[Ambassador, bool]:
    """Ask a municipality for an ambassador; whom it sends is said later. Twice is once.

    Returns the ambassador and whether it is new. Raises `ValidationError` where the municipality cannot send one.
    """
    if visit.status == Status.CANCELLED:
        raise ValidationError(_("The visit is cancelled. Nobody travels to it."))
    asked = Ambassador.objects.filter(visit=visit, municipality=municipality)
    if found := asked.first():
        return found, False
    ambassador = Ambassador(visit=visit, municipality=municipality)
    ambassador.full_clean()
    try:
        with transaction.atomic():
            ambassador.save()
    except IntegrityError:
        return asked.get(person__isnull=True), False
    return ambassador, True


def promise(*, visit: Visit, text: str, due_on: date, owner) -> FollowUp:
    """What the region has promised the host, as something to follow up."""
    follow_up = FollowUp(
        culture_region=visit.culture_region,
        municipality=visit.host,
        visit=visit,
        text=text,
        due_on=due_on,
        owner=owner,
    )
    follow_up.full_clean()
    follow_up.save()
    return follow_up


@transaction.atomic
def invite(*, visit: Visit, people: list[Person], subject: str, text: str, user: Any) -> list[Person]:
    """Post the invitation, or its change or cancellation, to people with an address; returns those who are new to it.

    Nobody is sent the same of a visit twice: a mail's key names the visit, the person, and the version of the visit
    in which what it tells became what it is.
    """
    revision = invitations.revision(visit)
    calendar = invitations.calendar(visit, revision)
    before = set(invitations.sent(visit, revision))
    for person in people:
        outbox.post(
            region=visit.culture_region,
            key=invitations.key(visit, person.pk, revision),
            recipient=person.email,
            subject=subject,
            body=text,
            calendar=calendar,
            reply_to=user.email,
        )
    return [person for person in people if person.pk not in before]
