"""Drafts a status note: what one municipality's citizens had from the region in a month, in Danish sentences.

Nothing is made up. Numbers are those that somebody has registered, and what is missing is told to the author, not to
the reader.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreements.danish import counted, genitive, in_a_row, in_words
from agreements.models import CultureRegion, Municipality
from initiatives.models import Activity
from initiatives.progress import months_later

LANGUAGE = "da"  # the readers' own
MOST_NAMED = 5
MOST_GROUPS = 3
MOST_COMING = 3


@dataclass(frozen=True)
class Draft:
    """The text, and what the author should know about it."""

    text: str
    remarks: list[str]


@dataclass
class Series:
    """The activities of one title in one initiative, as they are told of together."""

    title: str
    activities: list[Activity] = field(default_factory=list)

    @property
    def attendance(self) -> int:
        return sum(each.attendance or 0 for each in self.activities)

    @property
    def places(self) -> list[str]:
        return list(dict.fromkeys(each.place for each in self.activities if each.place))

    @property
    def municipalities(self) -> int:
        return len({place.pk for each in self.activities for place in each.municipalities.all()})


def draft(*, region: CultureRegion, municipality: Municipality, month: date, today: date) -> Draft:
    """The draft for the month that begins on `month`, as seen from `today`. Four queries, however much there is."""
    with translation.override(LANGUAGE):
        known = _activities(region, municipality)
        of_month = list(
            known.filter(held_on__gte=month, held_on__lt=months_later(month, 1), held_on__lte=today)
            .order_by("held_on", "pk")
            .prefetch_related("municipalities", "target_groups")
        )
        coming = list(known.filter(held_on__gt=today).order_by("held_on", "pk")[:MOST_COMING])
        held = [each for each in of_month if each.attendance != 0]
        is_now = month == today.replace(day=1)
        when = "denne måned" if is_now else date_format(month, "F Y")
        citizens = f"{genitive(municipality.name)} borgere"
        if held:
            paragraphs = [_told(held, f"I {when} har {citizens} haft glæde af")]
            coming = [each for each in coming if is_now and each.held_on < months_later(month, 1)]
        else:
            paragraphs = [f"I {when} er der ikke registreret aktiviteter for {citizens}."]
        if coming:
            paragraphs.append(_announced(coming, today, later_this_month=bool(held)))
        paragraphs.append(stands_behind(region))
    return Draft("\n\n".join(paragraphs), _remarks(of_month, held, municipality))


def stands_behind(region: CultureRegion) -> str:
    """The line that every text about the region's activities ends with."""
    return f"Det er {region.name}, der står bag."


def _activities(region: CultureRegion, municipality: Municipality):
    return Activity.objects.filter(initiative__area__agreement__culture_region=region, municipalities=municipality)


def _told(held: list[Activity], opening: str) -> str:
    series = _in_series(held)
    if len(series) == 1:
        sentences = [f"{opening} {_named(series[0])}."]
    elif len(series) <= MOST_NAMED:
        sentences = [f"{opening} {in_words(len(held))} aktiviteter: {in_a_row(map(_named, series))}."]
    else:
        best = sorted(series, key=lambda each: -each.attendance)[:MOST_NAMED]
        sentences = [f"{opening} {in_words(len(held))} aktiviteter, blandt andet {in_a_row(map(_named, best))}."]
    if len(series) > 1 and (attendance := _attendance(held)):
        sentences.append(f"Der kom i alt {attendance}.")
    if groups := _groups(held):
        sentences.append(f"{'Aktiviteten' if len(held) == 1 else 'Aktiviteterne'} var {groups}.")
    return " ".join(sentences)


def _in_series(held: list[Activity]) -> list[Series]:
    series: dict[tuple[int, str], Series] = {}
    for each in held:
        series.setdefault((each.initiative_id, each.title), Series(each.title)).activities.append(each)
    return list(series.values())


def _named(series: Series) -> str:
    """«Åben scene tre gange (Viften, Rødovre) med i alt 288 deltagere»."""
    times = len(series.activities)
    words = [series.title]
    if times > 1:
        words.append(f"{in_words(times)} gange")
    if series.places:
        words.append(f"({in_a_row(series.places)})")
    if attendance := _attendance(series.activities):
        words.append(f"med {'i alt ' if times > 1 else ''}{attendance}")
        if series.municipalities > 1:
            words.append(f"fra {in_words(series.municipalities)} kommuner")
    return " ".join(words)


def _attendance(held: list[Activity]) -> str:
    """How many came, as far as somebody has counted; empty where nobody has."""
    numbers = [each.attendance for each in held if each.attendance]
    if not numbers:
        return ""
    people = counted(sum(numbers), "deltager", "deltagere")
    return people if len(numbers) == len(held) else f"mindst {people}"


def _groups(held: list[Activity]) -> str:
    """«for unge musiktalenter, der savner tilbud, og for psykisk sårbare unge»; those of most activities first."""
    times: dict[str, int] = {}
    for each in held:
        for group in each.target_groups.all():
            times[group.name] = times.get(group.name, 0) + 1
    names = sorted(times, key=lambda name: -times[name])
    shown = [f"for {name}" for name in names[:MOST_GROUPS]]
    # a name with a clause in it ends with a comma, unless the sentence does
    last = ", og " if len(shown) > 1 and "," in shown[-2] else " og "
    return f"{'blandt andet ' if len(names) > MOST_GROUPS else ''}{in_a_row(shown, last=last)}"


def _announced(coming: list[Activity], today: date, *, later_this_month: bool) -> str:
    opening = "Senere på måneden kommer" if later_this_month else "Det næste er" if len(coming) == 1 else "De næste er"
    return f"{opening} {in_a_row(_dated(each, today) for each in coming)}."


def _dated(activity: Activity, today: date) -> str:
    day = date_format(activity.held_on, "j. F" if activity.held_on.year == today.year else "j. F Y")
    place = f" ({activity.place})" if activity.place else ""
    return f"{activity.title} den {day}{place}"


def _remarks(of_month: list[Activity], held: list[Activity], municipality: Municipality) -> list[str]:
    if not held:
        text = _(
            "No activities of %(municipality)s are registered in this month. Register them first, or write yourself."
        )
        remarks = [text % {"municipality": municipality}]
    else:
        remarks = []
    if uncounted := _titles(each for each in held if each.attendance is None):
        text = _("Nobody has counted who came: %(titles)s.")
        remarks.append(text % {"titles": uncounted})
    if empty := _titles(each for each in of_month if each.attendance == 0):
        remarks.append(_("Left out, since nobody came: %(titles)s.") % {"titles": empty})
    return remarks


def _titles(activities: Iterable[Activity]) -> str:
    return ", ".join(dict.fromkeys(each.title for each in activities))
