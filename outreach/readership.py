"""Who of KMP, the politicians, and of KMK, the culture heads, gets the newsletter, and who does not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from agreements.models import Body, Membership, OutgoingMail, Person, Post
from outreach.actions.marketing import invitation_key
from outreach.models import Subscription

Kind = Body.Kind
OF_POLITICIANS = (Kind.POLITICIANS, Kind.STEERING_GROUP, Kind.CHAIRMANSHIP)


@dataclass
class Reader:
    """Somebody who ought to have the newsletter, by which posts, at which address, and how things stand."""

    person: Person
    email: str
    state: str | None = None  # of the subscription, where there is one
    invited_at: datetime | None = None  # this month
    posts: list[Post] = field(default_factory=list)

    @property
    def can_be_invited(self) -> bool:
        """Who has unsubscribed has said no."""
        return bool(self.email) and self.state in (None, "waiting") and self.invited_at is None


def readers(user, today: date) -> list[Reader]:
    """Everybody in KMP and KMK today in the regions that the user edits, by name. Three queries.

    The culture heads of the members are in KMK, whether or not anybody has written them down as such.
    """
    members = Membership.objects.editable_by(user).on(today).values("municipality")
    posts = (
        Post.objects.editable_by(user)
        .current(today)
        .filter(
            Q(body__kind__in=[*OF_POLITICIANS, Kind.CULTURE_HEADS])
            | Q(kind=Post.Kind.CULTURE_HEAD, municipality__in=members)
        )
        .select_related("person__user", "person__culture_region", "body", "municipality")
        .order_by("person__name", "person", "starts_on")
    )
    found: dict[int, Reader] = {}
    for post in posts:
        person = post.person
        email = person.email or (person.user.email if person.user else "")
        found.setdefault(person.pk, Reader(person, email)).posts.append(post)
    _attach_states(found.values())
    return list(found.values())


def _attach_states(readers: Iterable[Reader]) -> None:
    readers = list(readers)
    addresses = {each.email.lower() for each in readers if each.email}
    regions = {each.person.culture_region_id for each in readers}
    rows = Subscription.objects.filter(culture_region__in=regions)
    states = {(row.culture_region_id, row.email.lower()): row.state for row in rows if row.email.lower() in addresses}
    now = timezone.now()
    keys = {invitation_key(each.person, now): each for each in readers}
    invited = dict(OutgoingMail.objects.filter(key__in=keys).values_list("key", "created_at"))
    for key, reader in keys.items():
        reader.state = states.get((reader.person.culture_region_id, reader.email.lower()))
        reader.invited_at = invited.get(key)
