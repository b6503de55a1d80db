"""Whom the data are about: a person of the agreement, a user, or both, and which rows are theirs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Concat

from agreements import users
from agreements.models import AuditEvent, CultureRegion, OutgoingMail, Person, UserInvitation
from kulturmetropol.accounts.models import User
from kulturmetropol.privacy import register

PLACEHOLDER = "Slettet person"

# The rows about somebody: how a query finds them by the person, by the user and by e-mail addresses.
OWN_ROWS: dict[str, dict[str, str]] = {
    "accounts.User": {"user": "pk"},
    "account.EmailAddress": {"user": "user"},
    "agreements.RoleGrant": {"user": "user"},
    "agreements.ChosenAgreement": {"user": "user"},
    "agreements.UserInvitation": {"user": "accepted_by", "person": "person", "email": "email"},
    "accounts.CalendarSecret": {"user": "user"},
    "mfa.Authenticator": {"user": "user"},
    "socialaccount.SocialAccount": {"user": "user"},
    "usersessions.UserSession": {"user": "user"},
    "agreements.Person": {"person": "pk"},
    "agreements.Post": {"person": "person"},
    "outreach.Subscription": {"email": "email"},
    "agreements.OutgoingMail": {"email": "recipient"},
}


@dataclass(frozen=True)
class Subject:
    """`regions` is where to look for what names the subject in words or by address; None: everywhere."""

    person: Person | None
    user: User | None
    regions: frozenset[int] | None = None

    @classmethod
    def of_person(cls, person: Person, regions: Collection[int] | None = None) -> Subject:
        return cls(person, person.user, None if regions is None else frozenset(regions))

    @classmethod
    def of_user(cls, user: User, regions: Collection[int] | None = None) -> Subject:
        person = Person.objects.filter(user=user).first()
        return cls(person, user, None if regions is None else frozenset(regions))

    def __str__(self) -> str:
        return str(self.person or self.user)

    @property
    def region(self) -> CultureRegion | None:
        return self.person.culture_region if self.person else None

    @property
    def placeholder(self) -> str:
        """What stands in place of the name afterwards."""
        return f"{PLACEHOLDER} {self.person.pk}" if self.person else f"Slettet bruger {self.user.pk}"  # type: ignore[union-attr]

    @property
    def names(self) -> set[str]:
        return {each.name for each in (self.person, self.user) if each is not None and each.name}

    @property
    def emails(self) -> set[str]:
        return {each.email for each in (self.person, self.user) if each is not None and each.email}

    @cached_property
    def former_names(self) -> set[str]:
        names: set[str] = set()
        if self.person:
            names |= set(self.person.history.values_list("name", flat=True))
        if self.user:
            names |= set(AuditEvent.objects.filter(by=self.user).values_list("by_name", flat=True))
        return names - self.names - self._of_others("name", names)

    @cached_property
    def former_emails(self) -> set[str]:
        emails: set[str] = set()
        if self.person:
            emails |= set(self.person.history.values_list("email", flat=True))
        if self.user:
            told = OutgoingMail.objects.filter(key__startswith=f"{users.ADDRESS_CHANGED}-{self.user.pk}-")
            emails |= set(told.values_list("recipient", flat=True))
            emails |= set(UserInvitation.objects.filter(accepted_by=self.user).values_list("email", flat=True))
        return emails - {""} - self.emails - self._of_others("email", emails)

    def _of_others(self, field: str, values: Collection[str]) -> set[str]:
        """Those that are somebody else's today: the mailbox of an office goes from one to the next."""
        people = Person.objects.exclude(pk=self.person.pk if self.person else None)
        accounts = User.objects.exclude(pk=self.user.pk if self.user else None)
        taken = {
            value.casefold() for rows in (people, accounts) for value in rows.values_list(field, flat=True) if value
        }
        return {value for value in values if value.casefold() in taken}

    @property
    def words(self) -> list[str]:
        """What a text is searched for: addresses, and names of more than one word, the longest first; former ones, too.

        A name of one word would be found in sentences about something else.
        """
        names = {name for name in self.names | self.former_names if " " in name}
        return sorted(self.emails | self.former_emails | names, key=len, reverse=True)

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        words = "|".join(map(re.escape, self.words))
        return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) if words else None

    def own_rows(self) -> Iterator[models.QuerySet]:
        """For each model the rows that are about the subject."""
        for label, paths in OWN_ROWS.items():
            model = apps.get_model(label)
            found = Q(pk__in=[])
            if self.user and "user" in paths:
                found |= Q(**{paths["user"]: self.user.pk})
            if self.person and "person" in paths:
                found |= Q(**{paths["person"]: self.person.pk})
            for email in self.emails if "email" in paths else ():
                found |= Q(**{f"{paths['email']}__iexact": email})
            yield with_names(model._base_manager.filter(found).filter(self.in_regions(model)))

    def in_regions(self, model: Any) -> Q:
        """Rows of the regions, or of no region's model."""
        if self.regions is None or not hasattr(model, "REGION"):
            return Q()
        return Q(**{f"{model.REGION}__in": self.regions})

    def events(self) -> models.QuerySet[AuditEvent]:
        """What the user did or what was done to the user: in the regions, or in none."""
        if self.user is None:
            return AuditEvent.objects.none()
        found = AuditEvent.objects.about_somebody(self.user)
        if self.regions is not None:
            found = found.filter(Q(region__in=self.regions) | Q(region__isnull=True))
        return found

    def named_on(self) -> Iterator[tuple[models.Model, Any]]:
        """The records that name the subject by a relation, each with the field."""
        for model in register.stored():
            if register.is_about_somebody(model):
                continue
            for field in register.fields_of(model):
                about = {Person: self.person, User: self.user}.get(field.related_model)
                if about is not None and field.name in register.personal_fields(model):
                    rows = model._base_manager.filter(self.in_regions(model), **{field.name: about})
                    for record in with_names(rows).order_by("pk"):
                        yield record, field

    def mentions(self) -> Iterator[tuple[models.Model, list[Any]]]:
        """The records whose free text holds a name or an address of the subject, each with the fields."""
        for model, fields in free_texts():
            for record in self.holding(with_names(model._base_manager.filter(self.in_regions(model))), fields):
                yield record, [field for field in fields if self.is_in(getattr(record, field.name))]

    def holding(self, rows: models.QuerySet, fields: list[Any]) -> list[Any]:
        holding = Q(pk__in=[])
        for field in fields:
            for word in self.words:
                holding |= Q(**{f"{field.name}__icontains": word})
        return [
            row
            for row in rows.filter(holding).order_by("pk")
            if any(self.is_in(getattr(row, field.name)) for field in fields)
        ]

    def earlier_mentions(self) -> Iterator[tuple[Any, list[Any]]]:
        """The history rows whose free text does, each with the fields."""
        for model, fields in free_texts():
            rows = model.history.model.objects  # type: ignore[attr-defined]
            found = self.holding(rows.filter(self.in_regions(model)), fields)
            if self.regions is not None:
                orphans = self.holding(rows.filter(**{f"{model.REGION}__isnull": True}), fields)  # type: ignore[attr-defined]
                found += [row for row in orphans if region_of(row, model) in {None, *self.regions}]
            for row in found:
                yield row, [field for field in fields if self.is_in(getattr(row, field.name))]

    def is_in(self, text: str) -> bool:
        return bool(self.pattern and self.pattern.search(text))

    def without(self, text: str) -> str:
        return self.pattern.sub(self.placeholder, text) if self.pattern else text


def with_names(rows: models.QuerySet) -> models.QuerySet:
    """With what the name of a record may be made of, so that many cost no more queries than one."""
    paths = list(relations(rows.model, 3))
    return rows.select_related(*paths) if paths else rows


def relations(model: type[models.Model], depth: int) -> Iterator[str]:
    """The paths to what a record belongs to, such as `meeting__body__municipality`."""
    for field in model._meta.concrete_fields:
        if field.is_relation and depth:
            yield field.name
            yield from (f"{field.name}__{path}" for path in relations(field.related_model, depth - 1))


def region_of(row: Any, model: Any) -> int | None:
    """The region of a history row whose record went together with what it belonged to, by what history knows of that.

    None where nobody can tell any more.
    """
    *steps, last = model.REGION.split("__")
    for step in steps:
        field = row._meta.get_field(step)
        key, parent = getattr(row, field.attname), field.related_model
        row = parent._base_manager.filter(pk=key).first() or parent.history.filter(id=key).first()
        if row is None:
            return None
    return getattr(row, f"{last}_id")


def free_texts() -> Iterator[tuple[type[models.Model], list[Any]]]:
    """The models with text in which somebody may be named. What is in files is not searched."""
    for label, names in register.FREE_TEXT.items():
        model = apps.get_model(label)
        fields = [model._meta.get_field(name) for name in names]
        yield model, [field for field in fields if not isinstance(field, models.FileField)]


def erased_people() -> models.QuerySet[Person]:
    return Person.objects.filter(
        name=Concat(models.Value(f"{PLACEHOLDER} "), Cast("pk", models.CharField())), email="", user=None
    )
