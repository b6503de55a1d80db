"""Kommunens regnskab: what a municipality gives and gets; each figure links to just the records that it counts."""

from datetime import date
from decimal import Decimal

import pytest

from agreements.models import Municipality
from initiatives.models import Activity, Participation, Story
from initiatives.views.account import usual_period
from tests.counting import queries
from tests.factories import (
    AgreementFactory,
    CultureRegionFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    MembershipFactory,
    ResultTargetFactory,
    municipality,
)
from tests.factories.economy import ContributionFactory, OtherPartyFactory
from tests.factories.measuring import IndicatorFactory, MeasurementFactory
from tests.pages import all_of_class, notices, parse, records, text

CODE = "0175"
PERIOD = "fra=01-01-2025&til=31-12-2026"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def roedovre(db) -> Municipality:
    return municipality("Rødovre")


@pytest.fixture
def agreement(db, roedovre):
    """The next agreement, of Rødovre and Køge: nothing is registered."""
    agreement = AgreementFactory(name="Aftalen 2025-2028", status="signed")
    for each in (roedovre, municipality("Køge")):
        MembershipFactory(agreement=agreement, municipality=each, joined_on=date(2025, 1, 1))
    return agreement


def activity(initiative, day: date, *names: str, attendance: int | None = None) -> Activity:
    made = Activity.objects.create(initiative=initiative, title=f"Den {day}", held_on=day, attendance=attendance)
    made.municipalities.set([municipality(name) for name in names])
    return made


@pytest.fixture
def lived(agreement, roedovre):
    """Two years of it. What is before, after and elsewhere is there to be left out."""
    koege = municipality("Køge")
    area = InitiativeAreaFactory(agreement=agreement)
    targets = [ResultTargetFactory(area=area, text=f"Mål {n}") for n in (1, 2, 3)]
    first, second, third = [InitiativeFactory(area=area, title=f"Indsats {n}") for n in "ABC"]
    first.targets.set(targets[:2])
    second.targets.set(targets[1:2])
    third.targets.set(targets[2:])
    for initiative, place, fields in [
        (first, roedovre, {"role": "lead"}),
        (second, roedovre, {"starts_on": date(2026, 3, 1)}),
        (third, roedovre, {"starts_on": date(2027, 1, 1)}),
        (first, koege, {}),
        (third, koege, {"ends_on": date(2024, 12, 31)}),
    ]:
        Participation.objects.create(initiative=initiative, municipality=place, **fields)
    activity(first, date(2025, 1, 1), "Rødovre", attendance=1200)
    activity(first, date(2026, 12, 31), "Rødovre", "Køge", attendance=40)
    activity(second, date(2026, 5, 3), "Rødovre")
    activity(second, date(2026, 5, 4), "Køge", attendance=60)
    activity(first, date(2027, 1, 1), "Rødovre", attendance=7)
    for place, day in [(roedovre, date(2025, 6, 1)), (koege, date(2025, 6, 2)), (roedovre, None)]:
        Story.objects.create(initiative=first, municipality=place, title="Godt", text="Det gik", published_on=day)
    indicator = IndicatorFactory(target=targets[0], name="Unge på scenen", unit="unge")
    for place, day, value in [
        (roedovre, date(2025, 4, 1), "3.50"),
        (roedovre, date(2025, 10, 1), "1234.50"),
        (roedovre, date(2027, 4, 1), "9"),
        (None, date(2025, 11, 1), "99"),
    ]:
        MeasurementFactory(indicator=indicator, municipality=place, measured_on=day, value=Decimal(value))
    for year, place, amount in [(2025, roedovre, "40000.50"), (2026, roedovre, "40847.50"), (2027, roedovre, "1")]:
        ContributionFactory(agreement=agreement, year=year, municipality=place, amount=Decimal(amount), source="Budget")
    ContributionFactory(agreement=agreement, year=2026, municipality=koege, amount=Decimal("161696"))
    ContributionFactory(agreement=agreement, year=2026, of_state=True, amount=Decimal("500000"), source="Bevilling")
    party = OtherPartyFactory(agreement=agreement)
    ContributionFactory(
        agreement=agreement, year=2025, payer="other", municipality=None, other_party=party, amount=Decimal("1000")
    )
    return agreement


def figures(response) -> dict[str, str]:
    """Each large figure by its label; the notes under it are in `notes`."""
    found = {}
    for group in all_of_class(parse(response), "figures"):
        for each in group.iterfind("div"):
            found[(each.find("dt").text or "").strip()] = (
                each.find("dd/a") if each.find("dd/a") is not None else each.find("dd")
            )
    return {label: " ".join((value.text or text(value)).split()) for label, value in found.items()}


def links(response) -> dict[str, str]:
    return {
        each.find("dt").text.strip(): each.find("dd/a").get("href")
        for group in all_of_class(parse(response), "figures")
        for each in group.iterfind("div")
        if each.find("dd/a") is not None
    }


def notes(response) -> list[str]:
    return [text(each) for group in all_of_class(parse(response), "figures") for each in all_of_class(group, "note")]


def test_the_figures_of_a_period(staff, lived):
    response = staff.get(f"/kommuner/{CODE}/regnskab/?{PERIOD}")
    assert figures(response) == {
        "bidrag": "80.848,00 kr.",
        "pr. indbygger": "1,98 kr.",
        "indsatser med": "2",
        "aktiviteter": "3",
        "deltagere": "1.240",
        "gode historier": "1",
        "resultatmål, der arbejdes på": "2 af 3",
        "målinger": "2",
        "fra staten til aftalen": "500.000,00 kr.",
        "fra de andre for hver krone fra kommunen": "8,20 kr.",
    }
    assert notes(response) == [
        "2025-2026. Kilde: Budget",
        "40.848 indbyggere den 1. juli 2020, Danmarks Statistik, FOLK1A",
        "leder af 1",
        "seneste 31. december 2026",
        "1 aktivitet uden tal",
        "seneste 1. juni 2025",
        "seneste 1. oktober 2025",
        "2025-2026. Kilde: Bevilling",
        "Staten, de andre medlemmer og andre parter, 2025-2026",
    ]


def test_each_figure_links_to_the_records_it_counts(staff, lived):
    to = links(staff.get(f"/kommuner/{CODE}/regnskab/?{PERIOD}"))
    assert records(staff.get(to["indsatser med"])) == ["Indsats A", "Indsats B"]
    assert records(staff.get(to["aktiviteter"])) == ["Den 2026-12-31", "Den 2026-05-03", "Den 2025-01-01"]
    assert to["deltagere"] == to["aktiviteter"]
    assert [str(each.published_on) for each in staff.get(to["gode historier"]).context["object_list"]] == ["2025-06-01"]
    assert len(records(staff.get(to["målinger"]))) == 2
    contributions = staff.get(to["bidrag"])
    assert records(contributions) == ["Rødovre", "Rødovre"]
    assert [text(each) for each in all_of_class(parse(contributions), "sum")] == ["I alt efter filteret 80.848,00 kr."]
    assert records(staff.get(to["fra staten til aftalen"])) == ["Staten"]
    assert to["pr. indbygger"] == "/kommuner/0175/"
    assert to["resultatmål, der arbejdes på"].endswith("#resultatmaal")


def test_given_and_got_side_by_side(staff, lived):
    response = staff.get(f"/kommuner/{CODE}/regnskab/?{PERIOD}")
    table = [[text(cell) for cell in row] for row in parse(response).iterfind(".//tbody/tr")]
    assert table == [
        ["Bidrag", "80.848,00 kr.", "242.544,00 kr.", "33,3 %"],
        ["Indsatser med", "2", "3", "66,7 %"],
        ["Aktiviteter", "3", "5", "60,0 %"],
        ["Deltagere", "1.240", "1.340", "92,5 %"],
        ["Gode historier", "1", "2", "50,0 %"],
        ["Indbyggere", "40.848", "102.032", "40,0 %"],
    ]
    (chart,) = all_of_class(parse(response), "chart")
    assert text(chart.find(f"{SVG}desc")) == (
        "Bidrag: 33,3 %. Indsatser med: 66,7 %. Aktiviteter: 60,0 %. Deltagere: 92,5 %. Gode historier: 50,0 %."
        " Indbyggere: 40,0 %."
    )
    widths = [each.get("width") for each in chart.iter(f"{SVG}rect") if "fill" in each.get("class")]
    assert widths == ["36.02%", "72.04%", "64.84%", "100.00%", "54.03%", "43.26%"]


def test_the_results_of_the_municipality(staff, lived):
    panel = next(
        each
        for each in parse(staff.get(f"/kommuner/{CODE}/regnskab/?{PERIOD}")).iter()
        if each.get("id") == "resultatmaal"
    )
    assert text(panel) == (
        "Hvilke resultater får den enkelte kommune?"
        " Kommunen er med i indsatser, der arbejder hen imod 2 af aftalens 3 resultatmål."
        " Resultatmål Mål 1 ✓ er med Mål 2 ✓ er med Mål 3 ○ ikke endnu"
        " Seneste målinger i kommunen Unge på scenen 1. oktober 2025 · gammelt tal 1.234,5 unge"
    )


def test_what_nobody_has_registered_is_no_figure_and_never_zero(staff, agreement):
    response = staff.get(f"/kommuner/{CODE}/regnskab/?{PERIOD}")
    assert set(figures(response).values()) == {"ingen tal"}
    table = [[text(cell) for cell in row] for row in parse(response).iterfind(".//tbody/tr")]
    assert table[:5] == [
        [label, "ingen tal", "ingen tal", "ingen tal"]
        for label in ("Bidrag", "Indsatser med", "Aktiviteter", "Deltagere", "Gode historier")
    ]


def test_nothing_here_but_something_elsewhere_is_zero(staff, agreement):
    initiative = InitiativeFactory(area=InitiativeAreaFactory(agreement=agreement))
    activity(initiative, date(2025, 5, 1), "Køge", attendance=10)
    found = figures(staff.get(f"/kommuner/{CODE}/regnskab/?{PERIOD}"))
    assert (found["aktiviteter"], found["deltagere"], found["gode historier"]) == ("0", "ingen tal", "ingen tal")


@pytest.mark.parametrize(
    ("query", "period", "activities"),
    [
        ("aar=2025", "1. januar 2025 – 31. december 2025", "1"),
        ("aar=2026", "1. januar 2026 – 31. december 2026", "2"),
        ("fra=02-01-2025&til=31-12-2026", "2. januar 2025 – 31. december 2026", "2"),
        ("fra=02-01-2027&til=02-01-2027", "2. januar 2027 – 2. januar 2027", "ingen tal"),
    ],
)
def test_a_chosen_period(staff, lived, query, period, activities):
    response = staff.get(f"/kommuner/{CODE}/regnskab/?{query}")
    (lead,) = all_of_class(parse(response), "lead")
    assert text(lead) == f"Rødovre · Aftalen 2025-2028 · {period}"
    assert figures(response)["aktiviteter"] == activities


@pytest.mark.parametrize(
    ("today", "period"),
    [
        (date(2024, 6, 1), (date(2025, 1, 1), date(2028, 12, 31))),
        (date(2025, 1, 1), (date(2025, 1, 1), date(2025, 1, 1))),
        (date(2026, 6, 1), (date(2025, 1, 1), date(2026, 6, 1))),
        (date(2030, 1, 1), (date(2025, 1, 1), date(2028, 12, 31))),
    ],
)
def test_the_usual_period_is_the_agreements_up_to_today(agreement, today, period):
    assert usual_period(agreement, today) == period


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("fra=02-01-2026&til=01-01-2026", "Til: Perioden slutter, før den begynder. Se de to datoer efter."),
        ("fra=31-02-2026", "Fra: Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020."),
        ("aar=2024", "Aftalen løber ikke i det år. Vælg et af dens år."),
        ("aar=nu", "År: Indtast et heltal."),
    ],
)
def test_a_period_that_makes_no_sense_says_so(staff, agreement, query, message):
    response = staff.get(f"/kommuner/{CODE}/regnskab/?{query}")
    (notice,) = notices(response)
    assert notice.endswith(message)


def test_who_sees_the_account(log_in, cast, agreement):
    url = f"/kommuner/{CODE}/regnskab/?aftale={agreement.pk}"
    seen = {
        role: log_in(getattr(cast, role)).get(url).status_code
        for role in (
            "staff", "admin", "chair", "culture_head", "chair_elsewhere", "former_chair", "guest", "outsider", "nobody",
        )
    }  # fmt: skip
    assert seen == {
        "staff": 200, "admin": 200, "chair": 200, "culture_head": 200,
        "chair_elsewhere": 404, "former_chair": 404, "guest": 404, "outsider": 404, "nobody": 404,
    }  # fmt: skip
    assert log_in(cast.staff).get("/kommuner/0101/regnskab/").status_code == 404
    foreign = AgreementFactory(culture_region=CultureRegionFactory())
    MembershipFactory(agreement=foreign, municipality=municipality("Rødovre"))
    assert log_in(cast.staff).get(f"/kommuner/{CODE}/regnskab/?aftale={foreign.pk}").status_code == 404


def test_the_way_to_the_account(log_in, cast, agreement):
    assert "/kommuner/0175/regnskab/" in log_in(cast.chair).get("/kommuner/0175/").content.decode()
    assert "/kommuner/0175/regnskab/" not in log_in(cast.chair_elsewhere).get("/kommuner/0175/").content.decode()
    assert "Kommunens regnskab: Rødovre" in text(parse(log_in(cast.chair).get(f"/aftaler/{agreement.pk}/")))


def test_the_start_page_of_a_chair_shows_the_own_municipalitys_account(log_in, cast, lived):
    response = log_in(cast.chair).get("/")
    panel = next(each for each in parse(response).iter("section") if "Kommunens regnskab" in text(each))
    assert text(panel.find("div")) == "Kommunens regnskab Aftalen 2025-2028"
    assert [each.find("dt").text.strip() for each in panel.find("dl")] == [
        "aktiviteter", "deltagere", "indsatser med", "pr. indbygger",
    ]  # fmt: skip
    assert "Kommunens regnskab" not in text(parse(log_in(cast.staff).get("/")))


def test_much_to_count_costs_no_more_queries(log_in, cast, lived, roedovre):
    url = f"/kommuner/{CODE}/regnskab/?{PERIOD}"
    staff, chair = log_in(cast.staff), log_in(cast.chair)
    few, few_on_start = queries(staff, url), queries(chair, "/")
    area = lived.areas.get()
    for number in range(12):
        initiative = InitiativeFactory(area=area)
        target = ResultTargetFactory(area=area)
        initiative.targets.add(target)
        Participation.objects.create(initiative=initiative, municipality=roedovre)
        activity(initiative, date(2025, 2, 1), "Rødovre", "Køge", attendance=number)
        Story.objects.create(
            initiative=initiative, municipality=roedovre, title="Ny", text="Ny", published_on=date(2025, 2, 2)
        )
        MeasurementFactory(
            indicator=IndicatorFactory(target=target), municipality=roedovre, measured_on=date(2025, 3, 1)
        )
        ContributionFactory(
            agreement=lived, year=2025, municipality=municipality("Køge"), kind="fee"
        ) if not number else None
    assert queries(staff, url) == few
    assert queries(chair, "/") == few_on_start
