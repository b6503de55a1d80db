"""What others did since the user was last in: for the start page of the secretariat."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.choosing import choices
from agreements.models import AuditEvent, Document, Meeting
from initiatives.models import Activity, Initiative, Measurement, Participation, Story
from kulturmetropol.accounts.models import User
from kulturmetropol.history import Record
from outreach.models import ContactNote, GatePassage, Memo, OnboardingCase, StatusNote, Visit

SHOWN = 6
USUAL = timedelta(days=7)  # for who is in for the first time
LONGEST = timedelta(days=30)

# What each kind of record is called by, as a query of its history writes it.
NAMES: dict[type[Record], Any] = {
    Activity: F("title"),
    Measurement: F("indicator__name"),
    Story: F("title"),
    Initiative: F("title"),
    Participation: F("municipality__name"),
    Meeting: F("body__name"),
    Document: F("title"),
    GatePassage: F("case__municipality__name"),
    Visit: F("host__name"),
    ContactNote: F("municipality__name"),
    StatusNote: F("municipality__name"),
    Memo: Coalesce("municipality__name", "committee__municipality__name", "agreement__name"),
}
# A record without a page of its own is read on the page of another one.
PAGES: dict[type[Record], tuple[type[Record], str]] = {GatePassage: (OnboardingCase, "case_id")}
BY_LABEL = {model._meta.label_lower: model for model in NAMES}

VERBS = {
    "+": pgettext_lazy("what happened", "new"),
    "~": pgettext_lazy("what happened", "changed"),
    "-": pgettext_lazy("what happened", "deleted"),
}


@dataclass(frozen=True)
class News:
    """That `who` did something to a record; `url_name` and `key` are of the page to read it on, while there is one."""

    kind: Any
    name: str
    verb: Any
    when: datetime
    who: str
    url_name: str
    key: int | None


def last_time(user: User, now: datetime) -> datetime:
    """When the user logged in before this time; a week ago for a newcomer, a month ago at the most."""
    logins = AuditEvent.objects.filter(kind=AuditEvent.Kind.LOGIN, by=user).order_by("-at").values_list("at", flat=True)
    before = next(iter(logins[1:2]), now - USUAL)
    return max(before, now - LONGEST)


def news(user: User, since: datetime) -> list[News]:
    """The newest of what others did in the region that the user has chosen, each record once. One query."""
    region = choices(user).chosen.region.pk
    first, *others = [_rows(model, name, region, user, since) for model, name in NAMES.items()]
    found: dict[tuple[str, int], News] = {}
    for row in first.union(*others, all=True).order_by("-history_date")[: SHOWN * 5]:
        found.setdefault((row["model"], row["id"]), _told(row))
    return list(found.values())[:SHOWN]


def _rows(model: type[Record], name: Any, region: int, user: User, since: datetime) -> QuerySet:
    rows = model.history.model.objects.filter(history_date__gt=since, **{model.REGION: region})
    page, key = PAGES.get(model, (model, "id"))
    there = page._base_manager.filter(pk=OuterRef(key)).values("pk")
    return (
        rows.exclude(history_user=user)
        .exclude(history_user=None)  # what the portal does by itself is no news of somebody
        .order_by()
        .annotate(
            model=Value(model._meta.label_lower, CharField()),
            called=name,
            page=Subquery(there),
            who=Coalesce("history_user__name", Value("")),
        )
        .values("model", "id", "history_date", "history_type", "called", "page", "who")
    )


def _told(row: dict[str, Any]) -> News:
    model = BY_LABEL[row["model"]]
    page, _key = PAGES.get(model, (model, "id"))
    return News(
        kind=model._meta.verbose_name,
        name=row["called"] or "",
        verb=VERBS[row["history_type"]],
        when=timezone.localtime(row["history_date"]),
        who=row["who"] or _("somebody"),
        url_name=f"{page._meta.model_name}_detail",
        key=row["page"],
    )
