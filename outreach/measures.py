"""The list of measures as a document, and what is carried out under each measure."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext_lazy

from agreements.models import CultureRegion
from kulturmetropol.pdf import render_pdf, unprintable

from .clocks import State, clocks
from .memos import LANGUAGE
from .memos.measures import said_of
from .models import (
    ContactNote,
    Measure,
    MeasureList,
    NetworkEvent,
    OnboardingCase,
    OpenQuestion,
    StatusNote,
    Subscription,
    Visit,
)

# the document --------------------------------------------------------------------------------------------------------


def measures_pdf(measure_list: MeasureList) -> bytes:
    with translation.override(LANGUAGE):
        return render_pdf("outreach/memos/measure_list.html", measures_context(measure_list))


def measures_context(measure_list: MeasureList) -> dict[str, Any]:
    return {
        "list": said_of(measure_list),
        "author": measure_list.agreement.culture_region,
        "day": last_changed(measure_list),
    }


def last_changed(measure_list: MeasureList) -> datetime.date:
    """The day on which anything in the list was last saved or deleted: the same file as long as nothing changes."""
    saved = [
        MeasureList.history.filter(id=measure_list.pk),
        Measure.history.filter(list=measure_list),
        OpenQuestion.history.filter(measure__list=measure_list),
    ]
    latest = [rows.aggregate(latest=Max("history_date"))["latest"] for rows in saved]
    return timezone.localdate(max(filter(None, latest)))


def signs_without_print(measure_list: MeasureList) -> list[str]:
    """The signs anywhere in the list that the document's font lacks, for the author to replace."""
    texts = measure_list.measures.values_list(
        "title", "introduction", "points", "status_reason", "questions__text", "questions__answer"
    )
    words = [measure_list.title, measure_list.introduction, *(text or "" for row in texts for text in row)]
    return sorted(unprintable("\n".join(words)))


# what runs under a measure -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A part of the portal: where it is listed, how much there is for a user in a region, and the words for it."""

    url_name: str
    count: Callable[[Any, CultureRegion], int]
    words: Any


def _rows(queryset: Callable[[], QuerySet]) -> Callable[[Any, CultureRegion], int]:
    """Counts the rows of a queryset that belong to the region."""

    def count(user: Any, region: CultureRegion) -> int:
        rows = queryset()
        return rows.filter(**{rows.model.REGION: region}).count()

    return count


def _red_clocks(user: Any, region: CultureRegion) -> int:
    found = clocks(user, timezone.localdate())
    return sum(each.state == State.RED and each.agreement.culture_region_id == region.pk for each in found)


PARTS = {
    Measure.Runs.ONBOARDING: Part(
        "onboardingcase_list",
        _rows(lambda: OnboardingCase.objects.open()),
        ngettext_lazy("%(count)d open case", "%(count)d open cases", "count"),
    ),
    Measure.Runs.VISITS: Part(
        "visit_list",
        _rows(lambda: Visit.objects.exclude(status__in=[Visit.Status.HELD, Visit.Status.CANCELLED])),
        ngettext_lazy("%(count)d visit ahead", "%(count)d visits ahead", "count"),
    ),
    Measure.Runs.NETWORKS: Part(
        "networkevent_list",
        _rows(lambda: NetworkEvent.objects.all()),
        ngettext_lazy("%(count)d network event", "%(count)d network events", "count"),
    ),
    Measure.Runs.STATUS_NOTES: Part(
        "statusnote_list",
        _rows(lambda: StatusNote.objects.published()),
        ngettext_lazy("%(count)d published status note", "%(count)d published status notes", "count"),
    ),
    Measure.Runs.CLOCKS: Part(
        "clock_list", _red_clocks, ngettext_lazy("%(count)d red clock", "%(count)d red clocks", "count")
    ),
    Measure.Runs.CONTACTS: Part(
        "contactnote_list",
        _rows(lambda: ContactNote.objects.filter(contacted_on__year=timezone.localdate().year)),
        ngettext_lazy("%(count)d contact this year", "%(count)d contacts this year", "count"),
    ),
    Measure.Runs.MARKETING: Part(
        "subscription_list",
        _rows(lambda: Subscription.objects.confirmed()),
        ngettext_lazy("%(count)d newsletter subscriber", "%(count)d newsletter subscribers", "count"),
    ),
}


def where_it_runs(measure: Measure) -> str:
    """The address of the part of the portal in which the measure is carried out; empty when it is in none."""
    return reverse(PARTS[measure.runs].url_name) if measure.runs else ""


def how_much_runs(measure: Measure, user: Any) -> str:
    """«3 kommende besøg»: how much of it there is in the measure's culture region."""
    if not measure.runs:
        return ""
    part = PARTS[measure.runs]
    return part.words % {"count": part.count(user, measure.region)}
