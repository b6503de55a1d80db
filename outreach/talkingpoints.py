"""What an ambassador can tell: drafted from the account of the ambassador's own municipality, for people to edit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.models import Agreement, Municipality
from initiatives.account import Account, account
from initiatives.views.account import usual_period
from kulturmetropol.amounts import amount

from .models import Visit


def draft(visit: Visit, today: date) -> str:
    """Markdown, one piece for each municipality that sends an ambassador, in the order of the alphabet."""
    with translation.override(settings.LANGUAGE_CODE):
        return "\n\n".join(_of(municipality, visit, today) for municipality in travelling(visit))


def travelling(visit: Visit) -> list[Municipality]:
    municipalities = {each.municipality for each in visit.ambassadors.select_related("municipality")}
    return sorted(municipalities, key=lambda each: each.sort_order)


def _of(municipality: Municipality, visit: Visit, today: date) -> str:
    agreement = _agreement(municipality, visit)
    lines: list[str] = []
    if agreement:
        first, last = usual_period(agreement, today)
        found = account(agreement=agreement, municipality=municipality, first=first, last=last, today=today)
        lines = [f"- {line}" for line in points(found)]
    title = f"**{municipality}, {agreement}**" if agreement else f"**{municipality}**"
    return "\n".join([title, "", *(lines or [_("There are no figures for the municipality yet.")])])


def _agreement(municipality: Municipality, visit: Visit) -> Agreement | None:
    """The agreement of the municipality that work goes on under, or else its last one."""
    agreements = Agreement.objects.filter(
        culture_region=visit.culture_region_id, memberships__municipality=municipality
    ).order_by("-starts_on")
    return min(agreements, key=lambda each: each.status == Agreement.Status.ENDED, default=None)


def points(found: Account) -> Iterable[str]:
    """A sentence for each thing that is registered; nothing is said of what is not."""
    name = found.municipality
    if found.participations.own:
        initiatives = _counted(
            ngettext("%(count)s initiative", "%(count)s initiatives", found.participations.own),
            found.participations.own,
        )
        sentence = _("%(name)s takes part in %(initiatives)s.")
        if found.leads == found.participations.own:
            sentence = _("%(name)s leads %(initiatives)s.")
        elif found.leads:
            sentence = _("%(name)s takes part in %(initiatives)s and leads %(leads)d of them.")
        yield sentence % {"name": name, "initiatives": initiatives, "leads": found.leads}
    if found.activities.own:
        activities = _counted(
            ngettext("%(count)s activity", "%(count)s activities", found.activities.own), found.activities.own
        )
        if found.attendance.own:
            yield _("%(activities)s in the municipality, with %(attendance)s taking part.") % {
                "activities": activities,
                "attendance": _counted(
                    ngettext("%(count)s person", "%(count)s people", found.attendance.own), found.attendance.own
                ),
            }
        else:
            yield _("%(activities)s in the municipality.") % {"activities": activities}
    if found.stories.own and found.last_story_on:
        yield _("%(stories)s, the latest of %(day)s.") % {
            "stories": _counted(
                ngettext("%(count)s good story", "%(count)s good stories", found.stories.own), found.stories.own
            ),
            "day": date_format(found.last_story_on),
        }
    if found.per_inhabitant is not None:
        yield _("The municipality gives DKK %(amount)s per inhabitant (%(years)s).") % {
            "amount": amount(found.per_inhabitant),
            "years": found.years,
        }
    if found.others_per_krone is not None:
        yield _("For each krone that %(name)s gives, the others put in DKK %(amount)s.") % {
            "name": name,
            "amount": amount(found.others_per_krone),
        }


def _counted(words: str, count: int) -> str:
    return words % {"count": number_format(count, use_l10n=True, force_grouping=True)}
