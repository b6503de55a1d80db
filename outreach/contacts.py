"""When each municipality was in touch with the region last, whom to ask there, and which stories wait to be sent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from agreements.choosing import edited_at_hand
from agreements.models import CultureRegion, Membership, Municipality, OutgoingMail, Person, Post
from initiatives.models import Story
from outreach.models import ContactNote, FollowUp, OnboardingCase

LONGEST_SILENCE = timedelta(days=90)
LONGEST_WAIT = timedelta(days=7)  # from a story's publishing until its culture head has it
LANGUAGE = "da"  # the culture heads' own


@dataclass
class Line:
    """A municipality of a culture region: `since` is the day of its membership, None while it is in onboarding."""

    region: CultureRegion
    municipality: Municipality
    today: date
    since: date | None
    last: ContactNote | None = None
    next: FollowUp | None = None
    heads: list[Person] = field(default_factory=list)

    @property
    def is_member(self) -> bool:
        return self.since is not None

    @property
    def days(self) -> int | None:
        return (self.today - self.last.contacted_on).days if self.last else None

    @property
    def is_silent(self) -> bool:
        """Whether nobody has been in touch for too long, or ever."""
        return self.last is None or self.today - self.last.contacted_on > LONGEST_SILENCE


def overview(user, today: date) -> list[Line]:
    """Every member and every municipality on its way in, the one that has waited longest for a contact first.

    Five queries, however many municipalities there are.
    """
    regions = edited_at_hand(user)
    lines: dict[tuple[int, int], Line] = {}
    members = Membership.objects.editable_by(user).about_chosen(user).on(today)
    for each in members.select_related("municipality", "agreement__culture_region").order_by("joined_on"):
        region = each.agreement.culture_region
        lines.setdefault((region.pk, each.municipality_id), Line(region, each.municipality, today, each.joined_on))
    for case in (
        OnboardingCase.objects.visible_to(user)
        .about_chosen(user)
        .open()
        .select_related("municipality", "agreement__culture_region")
    ):
        region = case.agreement.culture_region
        lines.setdefault((region.pk, case.municipality_id), Line(region, case.municipality, today, None))
    for note in ContactNote.objects.editable_by(user).about_chosen(user).latest_of_each():
        if line := lines.get((note.culture_region_id, note.municipality_id)):
            line.last = note
    for follow_up in FollowUp.objects.editable_by(user).about_chosen(user).next_of_each():
        if line := lines.get((follow_up.culture_region_id, follow_up.municipality_id)):
            line.next = follow_up
    heads = culture_heads(today).filter(person__culture_region__in=regions).select_related("person")
    for post in heads.order_by("person__name"):
        if line := lines.get((post.person.culture_region_id, post.municipality_id)):
            line.heads.append(post.person)
    return sorted(lines.values(), key=_longest_ago_first)


def _longest_ago_first(line: Line) -> tuple[date, int]:
    return line.last.contacted_on if line.last else date.min, line.municipality.sort_order


def culture_heads(today: date) -> QuerySet[Post]:
    return Post.objects.current(today).filter(kind=Post.Kind.CULTURE_HEAD, municipality__isnull=False)


# --- stories ----------------------------------------------------------------------------------------------------------


def unsent_stories(user, today: date) -> QuerySet[Story]:
    """What is published and has not been sent to a culture head of its municipality, the oldest first."""
    sent = ContactNote.objects.filter(story=OuterRef("pk"), kind=ContactNote.Kind.STORY)
    stories = Story.objects.editable_by(user).filter(~Exists(sent), published_on__lte=today)
    return stories.order_by("published_on", "pk")


def recipients(story: Story, today: date) -> QuerySet[Person]:
    """The culture heads of the story's municipality that a mail can reach."""
    heads = culture_heads(today).filter(municipality=story.municipality_id)
    found = Person.objects.filter(culture_region=story.region, pk__in=heads.values("person"))
    return found.exclude(email="").order_by("name")


def story_key(story: Story, person: Person) -> str:
    """What the mail that tells the person of the story is called."""
    return f"story-{story.pk}-person-{person.pk}"


def sendings(story: Story, people: Iterable[Person]) -> dict[int, date]:
    """When each of the people was sent the story last, by the person's id; by the mail, where the note is deleted."""
    keys = {story_key(story, person): person.pk for person in people}
    mails = OutgoingMail.objects.filter(key__in=keys).values_list("key", "created_at")
    notes = ContactNote.objects.filter(story=story, kind=ContactNote.Kind.STORY, person__in=keys.values())
    return {keys[key]: timezone.localdate(created_at) for key, created_at in mails} | dict(
        notes.order_by("contacted_on").values_list("person_id", "contacted_on")
    )


def who_answers(story: Story, user) -> tuple[str, str]:
    """Name and address of whom a culture head writes back to: the initiative's manager, or else the sender."""
    manager = story.initiative.manager
    return (manager.name, manager.email) if manager and manager.email else (str(user), user.email)


def proposed_mail(story: Story, user) -> dict[str, str]:
    """Subject and text of the mail that tells of a story: Danish, plain, for the sender to change."""
    name, email = who_answers(story, user)
    told = {
        "title": story.title,
        "municipality": story.municipality,
        "text": plain(story.text),
        "url": f"{settings.SITE_URL}{story.get_absolute_url()}",
        "name": name,
        "email": email,
        "sender": user,
        "region": story.region,
    }
    with override(LANGUAGE):
        return {
            "subject": _("A story from %(municipality)s: %(title)s") % told,
            "text": _(
                "Hello,\n\nHere is a story from %(municipality)s that you are welcome to share with your committee and "
                "your citizens.\n\n%(title)s\n\n%(text)s\n\nThe story in the portal: %(url)s\n\n"
                "Questions, or more like this? Write to %(name)s, %(email)s.\n\nKind regards\n%(sender)s\n%(region)s"
            )
            % told,
        }


MARKS = [
    (re.compile(r"^#+ +", re.MULTILINE), ""),
    (re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)"), r"\1 (\2)"),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])([*_])(?=\S)(.+?)(?<=\S)\1(?![\w*])"), r"\2"),
]


def plain(markdown: str) -> str:
    """Markdown as it reads in a mail: without marks of emphasis and headings, an address behind its words."""
    for mark, instead in MARKS:
        markdown = mark.sub(instead, markdown)
    return markdown.strip()
