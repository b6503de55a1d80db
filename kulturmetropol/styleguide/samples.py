"""Made-up data, without a database and the same on every day, in which each component shows all its states."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator

from agreements.models import Agreement, Document, Meeting, Municipality
from agreements.tilemap import TILE, Standing, Tile, TileMap
from initiatives.charts import ActivityChart, Counted, panels, periods, ticks, timeline
from initiatives.matrix import SIGNS, Cell, Matrix, Row
from initiatives.models import (
    Activity,
    Indicator,
    Initiative,
    InitiativeArea,
    Measurement,
    Milestone,
    Participation,
    ResultTarget,
    Story,
)
from initiatives.progress import Progress, trend_line
from kulturmetropol.accounts.models import User
from kulturmetropol.news import VERBS, News
from kulturmetropol.today import Line
from kulturmetropol.todo import Todo, Urgency
from outreach.clocks import Clock

DAY = date(2020, 11, 6)
AREAS = ["Ungeindsatsen", "Musikindsatsen", "Kultur og sundhedsindsatsen"]
MEMBERS = {"Alb", "Fur", "Hal", "Hel", "Her", "Ish", "Køg", "Ros", "Rød"}
ONBOARDING, VISITED = {"Gri", "Frs", "Gre"}, {"Hil", "Hob"}


class Rows(list):
    """Stands for a QuerySet that a component asks for more of."""

    def prefetch_related(self, *names: str) -> "Rows":
        return self


agreement = Agreement(pk=1, name="Kulturaftale 2021-2024", starts_on=date(2021, 1, 1), ends_on=date(2024, 12, 31))
areas = [
    InitiativeArea(pk=place, position=place, name=name, agreement=agreement)
    for place, name in enumerate(AREAS, start=1)
]
initiatives = [
    Initiative(pk=1, area=areas[0], title="Kulturguiden for unge", summary="Unge guider unge.", status="running"),
    Initiative(pk=2, area=areas[1], title="Fra øvelokale til scene", summary="Vejen til koncerten.", status="planned"),
    Initiative(pk=3, area=areas[2], title="Kulturvitaminer", summary="Kultur på recept.", status="paused"),
]


def municipality(name: str, code: str = "0175") -> Municipality:
    return Municipality(pk=int(code), name=name, code=code)


ROEDOVRE, KOEGE, ISHOEJ = municipality("Rødovre"), municipality("Køge", "0259"), municipality("Ishøj", "0183")


def user() -> User:
    return User(pk=0, email="sekretariat@kulturmetropolen.example", name="Sekretariatet")


def messages() -> list[Message]:
    return [
        Message(constants.SUCCESS, "“Kulturguiden for unge” er gemt."),
        Message(constants.WARNING, "Mailen er ikke sendt endnu. Den sendes af sig selv."),
        Message(constants.ERROR, "Filen kunne ikke læses."),
    ]


# --- how it is going --------------------------------------------------------------------------------------------------


def progress(
    key: int, name: str, *figures: tuple[str, date], of: int = 0, elsewhere: int = 0, **fields: Any
) -> Progress:
    """An indicator and its measurements, the latest first."""
    target = ResultTarget(area=areas[of], position=1, text="At understøtte unges egne kulturprojekter")
    defaults = {"unit": "projekter", "baseline": Decimal(4), "baseline_on": date(2020, 1, 1), "interval_months": 12}
    fields = {**defaults, "target_value": Decimal(30), "desired_trend": "up", "kind": "figure", **fields}
    indicator = Indicator(pk=key, target=target, name=name, **fields)
    measured = [
        Measurement(
            pk=key,
            indicator=indicator,
            measured_on=day,
            value=None if indicator.is_in_words else Decimal(value),
            note=value if indicator.is_in_words else "",
            source="Tælling",
        )
        for value, day in figures
    ]
    latest, before = [*measured, None, None][:2]
    return Progress(indicator, DAY, latest=latest, before=before, municipalities_measured=elsewhere)


def progresses(first: int) -> list[Progress]:
    """Every state of a bar. `first` is the key of the first, as each stands on the page under its own."""
    september, august = date(2020, 9, 30), date(2020, 8, 31)
    return [
        progress(first, "Unges egne kulturprojekter", ("18", september), ("11", august)),
        progress(first + 1, "Målet er nået", ("34", september), ("34", august)),
        progress(first + 2, "Gået tilbage, og tallet er gammelt", ("2", date(2019, 3, 31)), baseline=Decimal(9)),
        progress(
            first + 3,
            "Mindre er bedre",
            ("8.5", september),
            ("10", august),
            desired_trend="down",
            unit="uger",
            baseline=Decimal(12),
            target_value=Decimal(4),
        ),
        progress(first + 4, "I ord", ("Ni af tolv siger, at de tør mere.", september), kind="qualitative"),
        progress(first + 5, "Kun kommunerne har tal", elsewhere=3),
        progress(first + 6, "Ikke målt endnu"),
    ]


def area_cards() -> list[dict]:
    shown = iter(progresses(20))
    return [
        {
            "position": area.position,
            "name": area.name,
            "get_absolute_url": "#cards",
            "initiative_count": 6,
            "running_count": 4,
            "targets": {"all": [{"text": "Et resultatmål uden indikator", "progress": each}]},
        }
        for area, each in zip(areas, [[next(shown), next(shown)], [next(shown), next(shown)], []], strict=True)
    ]


def trend() -> dict:
    shown = progress(40, "Unges egne kulturprojekter", target_on=date(2024, 12, 31))
    figures = [(4, date(2021, 3, 31)), (9, date(2021, 9, 30)), (7, date(2022, 3, 31)), (18, date(2023, 1, 31))]
    measured = [Measurement(measured_on=day, value=Decimal(value)) for value, day in figures]
    return {"indicator": shown.indicator, "line": trend_line(shown.indicator, measured)}


def clocks() -> list[Clock]:
    def clock(place: Municipality, days: int, *, ahead: bool = False, committee: bool = True) -> Clock:
        return Clock(
            membership=SimpleNamespace(municipality=place, joined_on=DAY - timedelta(days), agreement=agreement),  # type: ignore[arg-type]
            committee=SimpleNamespace(name="Kulturudvalget", status_interval_months=3, get_absolute_url="#clocks")  # type: ignore[arg-type]
            if committee
            else None,
            last=Meeting(held_on=DAY - timedelta(days)),
            next=Meeting(held_on=DAY + timedelta(9)) if ahead else None,
            today=DAY,
        )

    return [
        clock(ISHOEJ, 119),
        clock(municipality("Halsnæs", "0260"), 100, ahead=True),
        clock(KOEGE, 70),
        clock(ROEDOVRE, 3),
        clock(municipality("Herlev", "0163"), 0, committee=False),
    ]


def todos() -> list[Line]:
    def line(urgency: Urgency, when: str, title: str, note: str, verb: str, *, mine: bool = False) -> Line:
        return Line(Todo(title, title, note, DAY, "#todos", verb), urgency, when, mine)

    return [
        line(
            Urgency.OVERDUE, "3 dage over", "Inviter Gribskov til KMK-mødet", "Interesseret siden 20. oktober", "Skriv"
        ),
        line(
            Urgency.SOON, "på mandag", "Statusnotat til Halsnæs’ udvalg", "Bedt om af formanden", "Se udkast", mine=True
        ),
        line(Urgency.LATER, "20. nov.", "Bilag til styregruppemødet", "", "Åbn møde"),
    ]


# --- pictures ---------------------------------------------------------------------------------------------------------


def news() -> list[News]:
    when = datetime(2020, 11, 5, 14, 2, tzinfo=UTC)
    return [
        News("aktivitet", "Kor i gården", VERBS["~"], when, "Åse Holm", "activity_detail", 1),
        News("historie", "Det lød godt", VERBS["-"], when, "Åse Holm", "story_detail", None),
    ]


def tile_map() -> TileMap:
    kinds = dict.fromkeys(MEMBERS, Standing("member", "medlem"))
    kinds |= dict.fromkeys(ONBOARDING, Standing("onboarding", "i indslusning: inviteret"))
    kinds |= dict.fromkeys(VISITED, Standing("visited", "besøgt 3. september 2020"))
    other = Standing("other", "endnu ikke kontaktet")
    with Path(settings.BASE_DIR, "agreements/data/tile-map.csv").open(encoding="utf-8") as file:
        tiles = [
            Tile(
                Municipality(pk=int(row["code"]), code=row["code"], name=row["label"], tile_label=row["label"]),
                int(row["column"]) * TILE,
                int(row["row"]) * TILE,
                kinds.get(row["label"], other),
            )
            for row in csv.DictReader(file)
        ]
    legend = [
        ("member", "9 medlemmer"),
        ("onboarding", "3 i indslusning"),
        ("visited", "2 besøgt"),
        ("other", "84 andre"),
    ]
    return TileMap(tiles, [Standing(*each) for each in legend])


def activity_chart() -> ActivityChart:
    months = periods(date(2020, 8, 1), date(2020, 10, 31))
    held, people = [[2, 3, 1], [1, 4, 2], [1, 2, 5]], [[60, 80, 20], [20, 120, 50], [15, 40, 110]]
    names = [each.name for each in months]
    counted = Counted(areas, months, held, people, uncounted=2)
    activities, attendance = panels(areas, names, held), panels(areas, names, people)
    assert activities  # noqa: S101  there are some
    return ActivityChart(counted, ticks(months), activities, attendance)


def milestones() -> dict:
    states = Milestone.State
    rows: Any = [
        SimpleNamespace(area=areas[area], title=title, due_on=date(2020, month, 1), reached_on=None, state=state)
        for area, month, title, state in [
            (0, 2, "Ungepanel er valgt", states.REACHED),
            (0, 8, "Guiden er i luften", states.LATE),
            (1, 5, "Øvelokaler er åbne", states.REACHED),
            (2, 12, "Forløb er evalueret", states.AHEAD),
        ]
    ]
    return {
        "milestones": rows,
        "timeline": timeline(rows, first=date(2020, 1, 1), last=date(2020, 12, 31), today=DAY),
    }


def matrix() -> dict:
    held = {
        (1, 175): Participation(role="lead"),
        (2, 175): Participation(role="participant", starts_on=date(2021, 3, 1)),
        (1, 259): Participation(role="partner"),
        (3, 183): Participation(role="participant", ends_on=date(2022, 6, 30)),
    }
    rows = [
        Row(place, [Cell(each, place, held.get((each.pk, place.pk))) for each in initiatives])
        for place in (ISHOEJ, KOEGE, ROEDOVRE)
    ]
    roles = [(sign, role.label) for role, sign in SIGNS.items()]
    return {"matrix": Matrix(initiatives, rows), "roles": roles}


# --- lists ------------------------------------------------------------------------------------------------------------


def lists() -> dict:
    item = {
        "pk": 1,
        "title": "Status på indslusning",
        "presentation": "Tre kommuner er på vej ind, **Gribskov** først.",
        "recommendation": "At orienteringen tages til efterretning.",
        "decision": "Indstillingen blev fulgt.",
        "measure_lists": {"all": []},
    }
    return {
        "initiatives": initiatives,
        "meetings": [{"get_absolute_url": "#rows", "body": "KMK", "held_on": date(2020, 11, 20)}],
        "activities": Rows([Activity(pk=1, title="Åbent øvelokale", place="Viften", held_on=DAY, attendance=42)]),
        "stories": [
            Story(pk=1, title="Jeg kan gå op ad trappen igen", published_on=DAY),
            Story(pk=2, title="En kladde"),
        ],
        "documents": [Document(pk=1, title="Køreplan", file="koereplan.pdf", annex="2a", shared_with_guests=True)],
        "participations": [
            Participation(initiative=initiatives[0], municipality=ROEDOVRE, role="lead", starts_on=date(2021, 1, 1))
        ],
        "agenda_items": Rows([item]),
        "asking": {"asked_for": [], "published": [], "committees": [], "meeting": None},
        "mail_reports": [{"kind": "failed", "line": "2 mails er ikke kommet frem."}],
        "page_obj": Paginator(range(60), 20).page(2),
    }
