"""What onboarding asks for: invitations, next steps, decisions of councils, answers."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from agreements import access
from kulturmetropol.todo import Todo
from outreach.models import OnboardingCase
from outreach.onboarding import Due, Kind, Stage, waits_for, with_what_they_wait_for


def todos(user, today: date) -> list[Todo]:
    cases = with_what_they_wait_for(OnboardingCase.objects.visible_to(user).about_chosen(user).moving())
    cases = cases.select_related("agreement__culture_region")
    return [_todo(due, user) for case in cases for due in waits_for(case, today) if _is_told(due, today)]


def _is_told(due: Due, today: date) -> bool:
    return due.kind == Kind.INVITATION or due.is_near(today)


def _todo(due: Due, user) -> Todo:
    case = due.case
    title, verb, url = _in_words(due, admin=access.may_administer(user, case.agreement.culture_region_id))
    return Todo(
        key=f"onboarding-{due.kind}-{due.invitation.pk if due.kind == Kind.ANSWER else case.pk}-{due.due_on}",
        title=title,
        note=f"{_('Onboarding')} · {case.municipality} · {case.get_stage_display()}",
        due_on=due.due_on,
        url=url,
        verb=verb,
        owner=case.owner_id,
    )


def _in_words(due: Due, *, admin: bool) -> tuple[str, str, str]:
    """What is to be done, as a verb, and where: those who are no admins read the case and prepare it."""
    case, invitation = due.case, due.invitation
    page, words = case.get_absolute_url(), {"municipality": case.municipality}
    look = _("Open the case")
    if due.kind == Kind.INVITATION:
        write = f"{reverse('invitation_create')}?sag={case.pk}"
        if invitation:
            write = reverse("invitation_send", args=[invitation.pk])
        title = _("Invite %(municipality)s") % words
        return (title, _("Write an invitation"), write) if admin else (title, look, page)
    if due.kind == Kind.DECISION:
        title = _("%(municipality)s decides about joining") % words
        register = reverse("onboardingcase_gate", args=[case.pk, Stage.COUNCIL])
        return (title, _("Register the decision"), register) if admin else (title, look, page)
    if due.kind == Kind.ANSWER:
        title = _("%(municipality)s has not answered: %(what)s") % {**words, "what": invitation.what}
        page = f"{page}#invitation-{invitation.pk}"
        return title, _("Register the answer") if admin else look, page
    return case.next_step, look, page
