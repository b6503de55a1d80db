"""What stands in a user's calendar of this app."""

from django.utils.translation import gettext as _

from kulturmetropol.history import last_saved
from kulturmetropol.ics import Entry

from . import invitations
from .models import FollowUp, OnboardingCase, Visit


def entries(user) -> list[Entry]:
    return [*_follow_ups(user), *_onboarding(user), *_visits(user)]


def _follow_ups(user):
    """The user's own, as long as they are open."""
    mine = FollowUp.objects.visible_to(user).open().filter(owner=user)
    for each in mine.select_related("municipality").annotate(changed=last_saved(FollowUp)):
        yield Entry(
            key=f"followup-{each.pk}",
            title=_("Follow-up: %(what)s") % {"what": each.text},
            starts=each.due_on,
            path=each.get_absolute_url(),
            text=str(each.municipality or ""),
            changed=each.changed,
        )


def _onboarding(user):
    """Of each case that moves, the day by which the municipality decides, until its council has, and the next step."""
    cases = OnboardingCase.objects.visible_to(user).moving().select_related("municipality", "agreement")
    for case in cases.annotate(changed=last_saved(OnboardingCase)):
        shared = {"path": case.get_absolute_url(), "changed": case.changed}
        if case.decision_deadline and case.stage != OnboardingCase.Stage.COUNCIL:
            yield Entry(
                key=f"onboarding-decision-{case.pk}",
                title=_("%(municipality)s decides about joining") % {"municipality": case.municipality},
                starts=case.decision_deadline,
                text=str(case.agreement),
                **shared,
            )
        if case.next_step_on:
            yield Entry(
                key=f"onboarding-step-{case.pk}",
                title=f"{case.municipality}: {case.next_step}",
                starts=case.next_step_on,
                text=str(case.agreement),
                **shared,
            )


def _visits(user):
    visits = Visit.objects.visible_to(user).select_related("host", "body", "culture_region")
    for visit in visits.annotate(changed=last_saved(Visit)):
        yield invitations.entry(visit, path=visit.get_absolute_url(), changed=visit.changed)
