"""Who may see and do what, one sentence each. Every record belongs to a culture region; roles are given per region.

Staff and admins are granted their role. Committee chairs and culture heads have theirs by a post that is current today,
so it ends with the term of office. A guest of an interested municipality reads only what is shared with guests.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone

from kulturmetropol.accounts.models import User
from kulturmetropol.compiled import Compiled

STAFF, ADMIN, GUEST = "staff", "admin", "guest"
CHAIR, CULTURE_HEAD = "chair", "culture_head"
READING_POSTS = (CHAIR, CULTURE_HEAD)


# every page asks for them
GRANTS = Compiled(
    lambda user: (
        apps.get_model("agreements", "RoleGrant")
        .objects.filter(user=user)
        .values_list("role", "culture_region_id", "municipality_id")
    )
)
POSTS = Compiled(
    lambda user, day: (
        apps.get_model("agreements", "Post")
        .objects.current(day)
        .filter(person__user=user, kind__in=READING_POSTS)
        .values_list("kind", "person__culture_region_id", "municipality_id", "body__municipality_id")
    )
)


@dataclass
class Roles:
    """What one user is, read from the database once: ids of culture regions, and of municipalities in them."""

    user: User

    @cached_property
    def _grants(self) -> list[tuple[str, int, int | None]]:
        if self.user.is_superuser:
            regions = apps.get_model("agreements", "CultureRegion").objects.values_list("pk", flat=True)
            return [(ADMIN, region, None) for region in regions]
        return GRANTS(self.user.pk)

    @cached_property
    def _posts(self) -> list[tuple[str, int, int]]:
        return [
            (kind, region, municipality or of_body)
            for kind, region, municipality, of_body in POSTS(self.user.pk, timezone.localdate())
        ]

    @cached_property
    def administered(self) -> set[int]:
        return {region for role, region, _municipality in self._grants if role == ADMIN}

    @cached_property
    def edited(self) -> set[int]:
        return {region for role, region, _municipality in self._grants if role in (STAFF, ADMIN)}

    @cached_property
    def read(self) -> set[int]:
        return self.edited | {region for _kind, region, _municipality in self._posts}

    @cached_property
    def own_municipalities(self) -> set[int]:
        return {municipality for _kind, _region, municipality in self._posts if municipality}

    @cached_property
    def represented(self) -> set[tuple[int, int]]:
        """The culture region and the municipality of each post, as chair or as culture head."""
        return {(region, place) for _kind, region, place in self._posts if place}

    @cached_property
    def headed(self) -> set[tuple[int, int]]:
        """The culture region and the municipality of each post as culture head."""
        return {(region, place) for kind, region, place in self._posts if kind == CULTURE_HEAD and place}

    @cached_property
    def recorded(self) -> set[int]:
        """The culture regions in which the user may record what took place, everywhere or in the own municipality."""
        return self.edited | {region for region, _municipality in self.headed}

    @cached_property
    def invited(self) -> set[int]:
        return {region for role, region, _municipality in self._grants if role == GUEST}

    @cached_property
    def invited_for(self) -> set[tuple[int, int]]:
        """The culture region that has invited the user as a guest, and the municipality that the user comes from."""
        return {(region, place) for role, region, place in self._grants if role == GUEST and place}


def roles(user: Any) -> Roles:
    """The roles of a logged-in user, read once in a request: they are kept on the user object."""
    if not hasattr(user, "_roles"):
        user._roles = Roles(user)
    return user._roles


def may_read(user: User) -> bool:
    return bool(roles(user).read)


def may_edit(user: User, region: int | None = None) -> bool:
    """May the user edit records of the culture region with this id; without one, of any."""
    edited = roles(user).edited
    return bool(edited) if region is None else region in edited


def may_administer(user: User, region: int | None = None) -> bool:
    """May the user decide who comes in, in the culture region with this id; without one, in any."""
    administered = roles(user).administered
    return bool(administered) if region is None else region in administered


def colleagues(user: User) -> QuerySet[User]:
    """The staff and admins of the culture regions that the user edits, to give work to."""
    return User.objects.filter(
        pk__in=apps.get_model("agreements", "RoleGrant")
        .objects.filter(culture_region__in=roles(user).edited, role__in=[STAFF, ADMIN])
        .values("user")
    )


def may_record(user: User, region: int | None = None, municipalities: Collection[int] = ()) -> bool:
    """Editors record what took place anywhere in their region, culture heads what took place in their own municipality.

    Without a region: may the user record anything at all?
    """
    mine = roles(user)
    if region is None:
        return bool(mine.recorded)
    if region in mine.edited:
        return True
    return bool(municipalities) and all((region, each) in mine.headed for each in municipalities)


def may_see_account(user: User, region: int, municipality: int) -> bool:
    """Editors see what every member gives and gets; chairs and culture heads see it of their own municipality alone."""
    mine = roles(user)
    return region in mine.edited or (region, municipality) in mine.represented


def current(day: date) -> Q:
    """The rows whose period of office holds `day`."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
