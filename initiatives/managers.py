"""Whom a municipality can ask: the region's project managers, and the managers of the initiatives it takes part in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from agreements.models import Person, Post

from .models import Initiative, Participation


@dataclass
class Manager:
    """`posts` are what the person is project manager of, `initiatives` those of the municipality that they manage."""

    person: Person
    posts: list[Post] = field(default_factory=list)
    initiatives: list[Initiative] = field(default_factory=list)


def managers(user, municipalities: Collection[int], today: date) -> list[Manager]:
    """By name. Two queries."""
    found: dict[int, Manager] = {}
    posts = Post.objects.visible_to(user).about_chosen(user).current(today).filter(kind=Post.Kind.PROJECT_MANAGER)
    for post in posts.select_related("person", "body__municipality", "municipality"):
        found.setdefault(post.person_id, Manager(post.person)).posts.append(post)
    closed = [Initiative.Status.COMPLETED, Initiative.Status.CANCELLED]
    taken_part_in = (
        Participation.objects.visible_to(user)
        .about_chosen(user)
        .on(today)
        .filter(municipality__in=municipalities, initiative__manager__isnull=False)
        .exclude(initiative__status__in=closed)
    )
    for participation in taken_part_in.select_related("initiative__manager", "initiative__area"):
        initiative = participation.initiative
        manager = found.setdefault(initiative.manager_id, Manager(initiative.manager))
        if initiative not in manager.initiatives:
            manager.initiatives.append(initiative)
    return sorted(found.values(), key=lambda each: (each.person.name, each.person.pk))
