"""The verbs of onboarding (A1): a municipality comes in gate by gate, and each step is one transaction.

A step carries the `version` of the case that the admin saw. Where somebody else has moved the case since, nothing is
done and None or False comes back. What cannot be raises `ValidationError`, with messages by field.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreements import inviting, outbox, users
from agreements.models import Agreement, Document, Membership, Municipality, Person, RoleGrant
from kulturmetropol import history
from outreach.models import GatePassage, Invitation, OnboardingCase

Stage = OnboardingCase.Stage
Answer = Invitation.Answer


@transaction.atomic
def begin_case(
    *,
    agreement: Agreement,
    municipality: Municipality,
    interested_on: date,
    user: Any,
    contacts: Iterable[Person] = (),
    **fields: Any,
) -> OnboardingCase:
    """A case and its first gate. `fields` are the columns that are known already: `owner`, `note`, `encounter` …"""
    errors = {}
    if is_member(agreement, municipality):
        errors["municipality"] = _("%(municipality)s is a member of the agreement already.") % {
            "municipality": municipality
        }
    if interested_on > timezone.localdate():
        errors["interested_on"] = still_to_come()
    if errors:
        raise ValidationError(errors)
    case = OnboardingCase(agreement=agreement, municipality=municipality, interested_on=interested_on, **fields)
    case.full_clean()
    case.save()
    case.contacts.set(contacts)
    _write_passage(GatePassage(case=case, gate=Stage.IDENTIFIED, passed_on=interested_on, entered_by=user))
    return case


@transaction.atomic
def pass_gate(
    *,
    case: OnboardingCase,
    version: int,
    gate: str,
    passed_on: date,
    user: Any,
    document: Document | None = None,
    note: str = "",
    council_case_number: str = "",
    member_from: date | None = None,
) -> GatePassage | None:
    """Move the case on to `gate`. Gates may be skipped, but for the council's decision before a municipality joins.

    The council's gate takes its case number. Joining makes the membership, from `member_from` or from `passed_on`, and
    ends the access of the municipality's guests.
    """
    if not history.claim(case, version):
        return None
    case.refresh_from_db()
    if reason := case.why_not_pass(gate):
        raise ValidationError({"gate": reason})
    passage = GatePassage(case=case, gate=gate, passed_on=passed_on, document=document, note=note, entered_by=user)
    _write_passage(passage, council_case_number=council_case_number)
    case.stage = gate
    if gate == Stage.COUNCIL:
        case.council_decided_on, case.council_case_number = passed_on, council_case_number.strip()
    case.save(update_fields=["stage", "council_decided_on", "council_case_number"])
    if gate == Stage.JOINED:
        _join(case, member_from or passed_on)
        end_guest_access(case, user)
    return passage


@transaction.atomic
def correct_passage(*, passage: GatePassage, version: int, council_case_number: str = "") -> bool:
    """Save what `passage` has become; its `version` is the one that the admin saw.

    The council's decision is corrected on the case as well, and on the membership that has been made of it.
    """
    if not history.claim(passage, version):
        return False
    case = OnboardingCase._base_manager.select_for_update().get(pk=passage.case_id)
    passage.case = case
    _write_passage(passage, council_case_number=council_case_number)
    if passage.gate == Stage.COUNCIL:
        old = {"council_decided_on": case.council_decided_on, "council_case_number": case.council_case_number}
        new = {"council_decided_on": passage.passed_on, "council_case_number": council_case_number.strip()}
        made = Membership._base_manager.filter(agreement=case.agreement_id, municipality=case.municipality_id, **old)
        for record in [case, *made.select_for_update()]:
            for name, value in new.items():
                setattr(record, name, value)
            history.claim(record, record.version)
            record.save(update_fields=list(new))
    return True


def decline(*, case: OnboardingCase, version: int, reason: str, user: Any = None) -> bool:
    """The municipality does not come in. Its guests lose their access."""
    with transaction.atomic():
        moved = _stop(case, version, Stage.DECLINED, reason)
        if moved:
            end_guest_access(case, user)
        return moved


def pause(*, case: OnboardingCase, version: int, reason: str) -> bool:
    """The case rests: nothing is due until it is resumed."""
    return _stop(case, version, Stage.PAUSED, reason)


@transaction.atomic
def resume(*, case: OnboardingCase, version: int) -> bool:
    """A paused case goes on where it was: at the last gate it passed."""
    if not history.claim(case, version):
        return False
    case.refresh_from_db()
    if case.stage != Stage.PAUSED:
        raise ValidationError(_("The case is not paused."))
    case.stage, case.stage_reason = case.last_gate(), ""
    case.save(update_fields=["stage", "stage_reason"])
    return True


@transaction.atomic
def _stop(case: OnboardingCase, version: int, stage: str, reason: str) -> bool:
    if not history.claim(case, version):
        return False
    case.refresh_from_db()
    if closed := case.why_closed():
        raise ValidationError(closed)
    if case.stage == stage:
        raise ValidationError(_("The case is paused already."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    case.stage, case.stage_reason = stage, reason.strip()
    case.save(update_fields=["stage", "stage_reason"])
    return True


@transaction.atomic
def add_contact(*, case: OnboardingCase, version: int, name: str, email: str) -> Person | None:
    """A contact person of the case: somebody whom the culture region knows by this address, or somebody new."""
    if not history.claim(case, version):
        return None
    case.refresh_from_db()
    if closed := case.why_closed():
        raise ValidationError(closed)
    person = Person.objects.filter(culture_region=case.region, email__iexact=email).first() if email else None
    if person is None:
        person = Person(culture_region=case.region, name=name, email=email)
        person.full_clean()
        person.save()
    case.contacts.add(person)
    return person


def is_member(agreement: Agreement, municipality: Municipality) -> bool:
    """Whether the municipality is a member of the agreement, or will be: it has joined and not left."""
    not_left = Q(left_on__isnull=True) | Q(left_on__gt=timezone.localdate())
    return agreement.memberships.filter(not_left, municipality=municipality).exists()


def still_to_come() -> str:
    return _("This day is still to come. Write the day on which it took place.")


def _write_passage(passage: GatePassage, council_case_number: str = "") -> None:
    """Saves the passage, or raises everything that is wrong with it, by field."""
    errors: dict[str, Any] = {}
    try:
        passage.full_clean()
    except ValidationError as error:
        errors |= error.message_dict
    if passage.passed_on > timezone.localdate():
        errors["passed_on"] = still_to_come()
    if passage.document and passage.document.culture_region_id != passage.region.pk:
        errors["document"] = _("This belongs to another culture region.")
    if passage.gate == Stage.COUNCIL and not council_case_number.strip():
        errors["council_case_number"] = _("Write the case number of the council's decision.")
    if errors:
        raise ValidationError(errors)
    passage.save()


def _decided(case: OnboardingCase) -> str:
    """In the portal's own language, as it is kept."""
    with translation.override(settings.LANGUAGE_CODE):
        words = _("Onboarding: the council's decision of %(day)s, case number %(number)s.")
        return words % {"day": date_format(case.council_decided_on or ""), "number": case.council_case_number}


def _join(case: OnboardingCase, joined_on: date) -> None:
    """The membership of the agreement; one that is registered already is told of the council's decision."""
    decision: dict[str, Any] = {
        "council_decided_on": case.council_decided_on,
        "council_case_number": case.council_case_number,
    }
    memberships = Membership._base_manager.select_for_update()
    old = memberships.filter(agreement=case.agreement_id, municipality=case.municipality_id).first()
    if old is None:
        membership = Membership(
            agreement=case.agreement,
            municipality=case.municipality,
            joined_on=joined_on,
            source=_decided(case),
            **decision,
        )
        membership.full_clean()
        membership.save()
    elif old.left_on:
        what = {"municipality": case.municipality, "day": date_format(old.left_on)}
        raise ValidationError(
            {
                "gate": _(
                    "%(municipality)s has been a member of the agreement before, until %(day)s, and has one membership "
                    "of each agreement. Take the day of leaving off that membership, then let the municipality join."
                )
                % what
            }
        )
    else:
        for name, value in decision.items():
            setattr(old, name, getattr(old, name) or value)
        history.claim(old, old.version)
        old.save(update_fields=list(decision))


def end_guest_access(case: OnboardingCase, by: Any) -> None:
    """The guests of the case's municipality lose their role in the culture region, and invitations of guests end."""
    users.lock(case.region)
    inviting.withdraw_guests(region=case.region, municipality=case.municipality, by=by)
    guests = RoleGrant.objects.filter(
        culture_region=case.region, municipality=case.municipality_id, role=RoleGrant.Role.GUEST
    )
    for grant in guests.select_related("user", "municipality"):
        users.take_role(grant=grant, by=by)


# --- invitations ------------------------------------------------------------------------------------------------------


def recipients(case: OnboardingCase) -> list[Person]:
    """The contact persons that a mail can reach, each address once."""
    found = {person.email.lower(): person for person in case.contacts.exclude(email="").order_by("-name")}
    return sorted(found.values(), key=lambda person: person.name)


@transaction.atomic
def send_invitation(*, invitation: Invitation, subject: str, body: str, calendar: str, user: Any) -> bool:
    """Mail the invitation to the case's contact persons, and let the case pass the gate «invited».

    False, and nothing done, where it has been sent already. `calendar` is the text of an .ics file, or empty.
    """
    invitation = Invitation._base_manager.select_for_update().get(pk=invitation.pk)
    if invitation.sent_on:
        return False
    case = OnboardingCase._base_manager.select_for_update().get(pk=invitation.case_id)
    if closed := case.why_closed():
        raise ValidationError(closed)
    people = recipients(case)
    if not people:
        raise ValidationError(_("No contact person of the case has an e-mail address."))
    for person in people:
        outbox.post(
            region=case.region,
            key=f"invitation-{invitation.pk}-{person.pk}",
            recipient=person.email,
            subject=subject,
            body=body,
            calendar=calendar,
            reply_to=user.email,
        )
    today = timezone.localdate()
    history.claim(invitation, invitation.version)
    invitation.sent_on = today
    invitation.save(update_fields=["sent_on"])
    if not case.why_not_pass(Stage.INVITED):
        pass_gate(case=case, version=case.version, gate=Stage.INVITED, passed_on=today, user=user)
    return True


@transaction.atomic
def record_answer(*, invitation: Invitation, version: int, answer: str, answered_on: date) -> bool:
    """What the municipality answered, and when. False, and nothing done, where the invitation has changed since."""
    if not history.claim(invitation, version):
        return False
    invitation.refresh_from_db()
    if not invitation.sent_on:
        raise ValidationError(_("The invitation has not been sent yet."))
    invitation.answer, invitation.answered_on = answer, answered_on
    invitation.full_clean()
    invitation.save(update_fields=["answer", "answered_on"])
    return True
