"""The verbs of networks, contacts and follow-ups. Each writes what belongs together in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TypedDict

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agreements import outbox
from agreements.models import Agreement, OutgoingMail, Person
from initiatives.models import Story
from kulturmetropol import history
from kulturmetropol.accounts.models import User
from outreach.contacts import story_key, who_answers
from outreach.models import ContactNote, Encounter, FollowUp, OnboardingCase

from .onboarding import begin_case

DAYS_TO_FOLLOW_UP = 14


class ToDo(TypedDict):
    text: str
    due_on: date
    owner: User | None


@transaction.atomic
def log_contact(*, note: ContactNote, user: User, to_do: ToDo | None = None) -> ContactNote:
    """Save a new contact and, with it, what is to follow from it."""
    note.entered_by = user
    note.save(force_insert=True)
    if to_do:
        FollowUp.objects.create(
            culture_region_id=note.culture_region_id, municipality_id=note.municipality_id, contact=note, **to_do
        )
    return note


# --- what an encounter becomes: each verb does it once, and returns None when somebody has done it already ------------


def _locked(encounter: Encounter) -> Encounter:
    """Two people who press at once do so one after the other."""
    Encounter._base_manager.select_for_update().get(pk=encounter.pk)
    return encounter


def _day_of(encounter: Encounter) -> date:
    """An encounter is written down before the event only by mistake: nothing is dated in the future."""
    return min(encounter.event.starts_on, timezone.localdate())


@transaction.atomic
def make_contact_note(*, encounter: Encounter, user: User) -> ContactNote | None:
    encounter = _locked(encounter)
    if ContactNote.objects.filter(encounter=encounter).exists():
        return None
    text = "\n".join(filter(None, [f"{encounter.whom}, {encounter.event.name}", encounter.text]))
    longest = ContactNote._meta.get_field("text").max_length or 0
    note = ContactNote(
        culture_region_id=encounter.event.culture_region_id,
        municipality_id=encounter.municipality_id,
        contacted_on=_day_of(encounter),
        kind=ContactNote.Kind.ENCOUNTER,
        text=text if len(text) <= longest else f"{text[: longest - 1]}…",
        encounter=encounter,
    )
    return log_contact(note=note, user=user)


@transaction.atomic
def make_follow_up(*, encounter: Encounter, user: User) -> FollowUp | None:
    """Due in 14 days, for the one who asks for it; both can be changed afterwards."""
    encounter = _locked(encounter)
    if FollowUp.objects.filter(encounter=encounter).exists():
        return None
    with translation.override(settings.LANGUAGE_CODE):  # what is kept is Danish, whoever does it
        text = _("Follow up the talk with %(whom)s") % {"whom": encounter.whom}
    return FollowUp.objects.create(
        culture_region_id=encounter.event.culture_region_id,
        municipality_id=encounter.municipality_id,
        text=text,
        due_on=timezone.localdate() + timedelta(days=DAYS_TO_FOLLOW_UP),
        owner=user,
        encounter=encounter,
    )


@transaction.atomic
def make_onboarding_case(*, encounter: Encounter, user: User) -> OnboardingCase | None:
    """Begin the municipality's way into the region's newest agreement.

    Raises `ValidationError` for a member, for a municipality that has a case already, and where there is no agreement
    to come into.
    """
    encounter = _locked(encounter)
    if OnboardingCase.objects.filter(encounter=encounter).exists():
        return None
    agreements = Agreement.objects.filter(culture_region=encounter.event.culture_region_id)
    agreement = agreements.exclude(status=Agreement.Status.ENDED).order_by("-starts_on").first()
    if agreement is None:
        raise ValidationError(_("There is no agreement that a municipality could come into. Create it first."))
    return begin_case(
        agreement=agreement,
        municipality=encounter.municipality,
        interested_on=_day_of(encounter),
        user=user,
        owner=user,
        encounter=encounter,
    )


# --- stories ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def send_story(
    *, story: Story, people: Iterable[Person], subject: str, text: str, user: User, again: str = ""
) -> list[Person]:
    """Mail a story to people of its municipality and log each as a contact; returns to whom it went.

    Nobody gets it twice, unless `again` names a new sending: then nobody gets that one twice. Raises
    `ValidationError` for somebody without a right e-mail address.
    """
    Story._base_manager.select_for_update().get(pk=story.pk)
    sent = []
    for person in people:
        key = story_key(story, person)
        if again and OutgoingMail.objects.filter(key=key).exists():
            key = f"{key}-{again}"
        if OutgoingMail.objects.filter(key=key).exists():
            continue
        outbox.post(
            region=story.region,
            key=key,
            recipient=person.email,
            subject=subject,
            body=text,
            reply_to=who_answers(story, user)[1],
        )
        note = ContactNote(
            culture_region=story.region,
            municipality_id=story.municipality_id,
            contacted_on=timezone.localdate(),
            kind=ContactNote.Kind.STORY,
            person=person,
            text=outbox.one_line(subject),
            story=story,
        )
        log_contact(note=note, user=user)
        sent.append(person)
    return sent


# --- follow-ups -------------------------------------------------------------------------------------------------------


@transaction.atomic
def mark_done(*, follow_up: FollowUp, version: int, done: bool) -> bool:
    """Say that a follow-up is done today, or open it again; False, and nothing done, on top of somebody else's save."""
    if bool(follow_up.done_on) == done or not history.claim(follow_up, version):
        return False
    follow_up.done_on = timezone.localdate() if done else None
    follow_up.save(update_fields=["done_on", "version"])
    return True
