"""The menu: the three apps and the money, each with what the user may open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.choosing import choices
from agreements.models import (
    AccountLine,
    Agreement,
    AuditEvent,
    Body,
    Contribution,
    CultureRegion,
    Document,
    Meeting,
    Membership,
    Municipality,
    OtherParty,
    OutgoingMail,
    Person,
    PortalUser,
    Post,
    Purpose,
    UserInvitation,
)
from initiatives.models import (
    Activity,
    Indicator,
    Initiative,
    InitiativeArea,
    KeyFigure,
    Measurement,
    Milestone,
    Participation,
    ResultTarget,
    Story,
    TargetGroup,
)
from outreach.models import (
    ContactNote,
    FollowUp,
    Measure,
    Memo,
    MemoRun,
    NetworkEvent,
    OnboardingCase,
    SocialLink,
    StatusNote,
    Subscription,
    Visit,
)


@dataclass(frozen=True)
class Page:
    """A page of the menu that shows no records of one kind: its address, and who may open it."""

    label: str
    url_name: str
    is_readable_by: Callable[[Any], bool]


CLOCKS = Page(_("The committees' clocks"), "clock_list", access.may_edit)

Target = type[Any] | Page


@dataclass(frozen=True)
class Group:
    """A part of the menu: what people open every day, and under a name each, folded, what they seldom need."""

    title: str
    everyday: list[Target]
    rare: list[tuple[str, list[Target]]]


GROUPS = [
    Group(
        _("The agreement"),
        [Agreement, Municipality, Meeting, Document],
        [
            (_("Foundation and economy"), [Purpose, Membership, Contribution, AccountLine, OtherParty]),
            (_("People and bodies"), [Body, Person, Post]),
        ],
    ),
    Group(
        _("Initiatives"),
        [InitiativeArea, Initiative, Activity, Story, Participation],
        [
            (
                _("Targets, roadmap and figures"),
                [ResultTarget, Milestone, Indicator, Measurement, KeyFigure, TargetGroup],
            )
        ],
    ),
    Group(
        _("Outreach"),
        [Measure, OnboardingCase, Visit, StatusNote, Memo],
        [
            (_("Contact with municipalities"), [CLOCKS, NetworkEvent, ContactNote, FollowUp]),
            (_("Mail and channels"), [MemoRun, Subscription, SocialLink, OutgoingMail]),
        ],
    ),
    Group("", [], [(_("Administration"), [PortalUser, UserInvitation, AuditEvent])]),
]

# A page that shows its records in a way of its own is called by what it shows.
LABELS = {
    Milestone: _("Roadmap"),
    Participation: _("Who is in"),
    OnboardingCase: _("Onboarding"),
    Visit: _("Tour-de-Kommune"),
    Subscription: _("Newsletter"),
    AuditEvent: _("Audit log"),
    UserInvitation: _("Invitations"),
    MemoRun: _("Issue to many"),
}


@dataclass(frozen=True)
class Entry:
    label: str
    url_name: str
    prefix: str


@dataclass(frozen=True)
class Fold:
    """Stands open on the pages that it leads to. `prefixes`: the kinds of records, and the names of other pages."""

    title: str
    entries: list[Entry]

    @property
    def prefixes(self) -> list[str]:
        return [entry.prefix for entry in self.entries]


def navigation(request: HttpRequest) -> dict:
    """Context processor: the menu, the region whose portal this is, what to choose, and whether data are made up."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    regions = list(CultureRegion.objects.filter(pk__in=access.roles(user).read | access.roles(user).invited))
    options = choices(user)
    region = options.chosen.region if options.chosen else regions[0] if len(regions) == 1 else None
    return {
        "edits": bool(access.roles(user).edited),
        "choices": options,
        "navigation": _menu(user),
        "portal_name": region.name if region else "Kulturmetropol",
        "has_demo_data": any(region.has_demo_data for region in regions),
    }


def _menu(user) -> list[tuple[str, list[Entry], list[Fold]]]:
    """Of each group its title, its entries, and what is folded, without what has nothing that the user may open."""
    groups = []
    for group in GROUPS:
        everyday = _entries(group.everyday, user)
        rare = [Fold(title, entries) for title, targets in group.rare if (entries := _entries(targets, user))]
        if everyday or rare:
            groups.append((group.title, everyday, rare))
    return groups


def _entries(targets: list[Target], user) -> list[Entry]:
    return [_entry(each) for each in targets if each.is_readable_by(user)]


def _entry(target: Target) -> Entry:
    if isinstance(target, Page):
        return Entry(target.label, target.url_name, target.url_name)
    meta = target._meta
    return Entry(LABELS.get(target, meta.verbose_name_plural), f"{meta.model_name}_list", meta.model_name)
