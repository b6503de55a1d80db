"""Who is to get a memo that goes to many: which committees each municipality has, and what to think of first."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from agreements.access import CHAIR, CULTURE_HEAD, GUEST
from agreements.models import Body, Municipality, Post, RoleGrant
from outreach.memos.fitting import about
from outreach.models import Memo, MemoRun

MEMBERS, EVERYBODY = "members", "everybody"


@dataclass(frozen=True)
class Place:
    """A municipality with its committees, the one that culture belongs to first."""

    municipality: Municipality
    committees: list[Body]
    warnings: list[str] = field(default_factory=list)
    is_proposed: bool = True


def places(run: MemoRun, to: str) -> list[Place]:
    """The members on the day of the memo, or all municipalities. Seven queries, however many they are."""
    municipalities = Municipality.objects.order_by("sort_order")
    if to == MEMBERS:
        municipalities = municipalities.filter(pk__in=run.agreement.memberships.on(run.date).values("municipality"))
    committees = _committees(run)
    fitting = set(about(run.kind, run.agreement).values_list("pk", flat=True))
    readable, issued, drafted = _with_readers(run), _with_memo(run, issued=True), _with_memo(run, issued=False)
    return [
        Place(
            municipality=each,
            committees=committees.get(each.pk, []),
            warnings=[
                text
                for text, applies in (
                    (_("Is not a member, so there is no status to give."), each.pk not in fitting),
                    (_("No committee is registered, so the memo goes to the municipality."), each.pk not in committees),
                    (_("No chair or culture head has access, so nobody is told."), each.pk not in readable),
                    (_("Has a memo of this kind and date already, so “No memo” is chosen."), each.pk in issued),
                    (_("There is a draft of this kind and date. It stays a draft."), each.pk in drafted),
                )
                if applies
            ],
            is_proposed=each.pk in fitting - issued,
        )
        for each in municipalities
    ]


def _committees(run: MemoRun) -> dict[int, list[Body]]:
    found: dict[int, list[Body]] = {}
    bodies = Body.objects.filter(culture_region=run.region, kind=Body.Kind.COMMITTEE)
    for body in sorted(bodies, key=lambda body: ("kultur" not in body.name.lower(), body.name)):
        found.setdefault(body.municipality_id, []).append(body)
    return found


def _with_readers(run: MemoRun) -> set[int]:
    """The municipalities in which somebody gets a mail about the memo and may read it."""
    posts = Post.objects.current(timezone.localdate()).filter(
        person__culture_region=run.region, person__user__is_active=True, kind__in=[CHAIR, CULTURE_HEAD]
    )
    guests = RoleGrant.objects.filter(culture_region=run.region, role=GUEST, user__is_active=True)
    represented = {own or of_body for own, of_body in posts.values_list("municipality", "body__municipality")}
    return represented | set(guests.values_list("municipality", flat=True))


def _with_memo(run: MemoRun, *, issued: bool) -> set[int]:
    memos = Memo.objects.filter(agreement=run.agreement, kind=run.kind, date=run.date)
    memos = memos.issued() if issued else memos.filter(status=Memo.Status.DRAFT)
    return {own or of_body for own, of_body in memos.values_list("municipality", "committee__municipality")}
