"""Indicators, measurements and key figures through their pages."""

from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from initiatives.models import Indicator, Initiative, InitiativeArea, KeyFigure, Measurement
from tests.emptying import empty
from tests.factories import (
    AgreementFactory,
    CultureRegionFactory,
    InitiativeAreaFactory,
    ResultTargetFactory,
    municipality,
)
from tests.factories.measuring import (
    IndicatorFactory,
    InWordsFactory,
    KeyFigureFactory,
    MeasurementFactory,
    target,
)
from tests.pages import all_of_class, errors, form_data, notices, offered, parse, records, refused, send, text

NO_NUMBER = "Værdi: Det er ikke et tal. Skriv for eksempel 1.234,5."
NO_SEPARATOR = "Værdi: Skriv tallet med komma før decimalerne og punktum mellem tusinder: 1.234,5."


@pytest.fixture
def indicator(db) -> Indicator:
    return IndicatorFactory(name="Korsangere", unit="sangere")


@pytest.fixture
def new_url(indicator) -> str:
    return f"/maalinger/opret/?indikator={indicator.pk}"


# --- indicators -------------------------------------------------------------------------------------------------------


def test_an_indicator_is_saved_as_it_was_typed(staff):
    initiative = Initiative.objects.get(title="Ung Scene på Vestegnen")
    response = send(
        staff,
        f"/indikatorer/opret/?maal={target(2).pk}",
        name="Læsere",
        unit="læsere",
        baseline="1.234,5",
        baseline_on="31-12-2020",
        target_value="20000",
        target_on="31-12-2024",
        interval_months="12",
        initiatives=[str(initiative.pk)],
    )
    made = Indicator.objects.get(name="Læsere")
    assert response.url == f"/indikatorer/{made.pk}/"
    assert (made.target, made.kind, made.unit, made.desired_trend, made.interval_months) == (
        target(2),
        "figure",
        "læsere",
        "up",
        12,
    )
    assert (made.baseline, made.baseline_on) == (Decimal("1234.5"), date(2020, 12, 31))
    assert (made.target_value, made.target_on) == (Decimal(20000), date(2024, 12, 31))
    assert list(made.initiatives.all()) == [initiative]
    opened = form_data(staff.get(f"/indikatorer/{made.pk}/rediger/"))
    assert (opened["baseline"], opened["target_value"]) == ("1.234,5", "20.000")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"name": ""}, "Navn: Dette felt er påkrævet."),
        ({"baseline": "ti"}, "Udgangspunkt: Det er ikke et tal. Skriv for eksempel 1.234,5."),
        ({"baseline": "4"}, "Skriv, hvornår udgangspunktet er målt."),
        ({"target_value": "4"}, "Skriv, hvornår målet skal være nået."),
        (
            {"baseline": "9", "baseline_on": "01-01-2021", "target_value": "9", "target_on": "01-01-2024"},
            "Målet ligger ikke i den ønskede retning fra udgangspunktet.",
        ),
        (
            {
                "baseline": "4",
                "baseline_on": "01-01-2021",
                "target_value": "9",
                "target_on": "01-01-2024",
                "desired_trend": "down",
            },
            "Målet ligger ikke i den ønskede retning fra udgangspunktet.",
        ),
        ({"kind": "qualitative", "unit": "point"}, "En indikator i ord har hverken enhed, udgangspunkt eller mål."),
        ({"name": "Korsangere"}, "Resultatmålet har allerede en indikator med det navn."),
    ],
)
def test_an_indicator_that_makes_no_sense_is_refused(staff, indicator, typed, message):
    said = refused(staff, f"/indikatorer/opret/?maal={indicator.target.pk}", **({"name": "Ny"} | typed))
    assert message in said


def test_the_kind_stays_once_it_has_been_measured(staff):
    words = MeasurementFactory(indicator=InWordsFactory(), value=None, note="Godt").indicator
    assert refused(staff, f"/indikatorer/{words.pk}/rediger/", kind="figure") == [
        "Art: Indikatoren er målt, så dens art ligger fast. Opret en ny indikator til den anden art."
    ]
    unmeasured = InWordsFactory()
    send(staff, f"/indikatorer/{unmeasured.pk}/rediger/", kind="figure")
    assert Indicator.objects.get(pk=unmeasured.pk).kind == "figure"


def test_what_has_been_measured_is_not_deleted(staff):
    measurement = MeasurementFactory(indicator__name="Korsangere")
    response = staff.post(f"/indikatorer/{measurement.indicator.pk}/slet/")
    assert response.status_code == 409
    assert notices(response) == [
        "Det kan ikke slettes: noget hører til det "
        "måling “Korsangere, hele regionen, 30-06-2022” Flyt eller slet dem først."
    ]


# --- measurements -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12,5", "12.5"),
        ("1.234,5", "1234.5"),
        ("1234", "1234"),
        ("0", "0"),
        ("-3,25", "-3.25"),
        ("1.000.000", "1000000"),
    ],
)
def test_a_figure_is_read_the_danish_way(staff, cast, indicator, new_url, typed, value):
    response = send(staff, new_url, value=typed, measured_on="30.6.2022", source="Kantoren", note="Efter sommer")
    made = Measurement.objects.get(indicator=indicator)
    assert response.url == f"/maalinger/{made.pk}/"
    assert (made.value, made.measured_on, made.municipality, made.source, made.note, made.entered_by) == (
        Decimal(value),
        date(2022, 6, 30),
        None,
        "Kantoren",
        "Efter sommer",
        cast.staff,
    )


@pytest.mark.parametrize(
    ("typed", "messages"),
    [
        ({"value": "mange"}, [NO_NUMBER]),
        ({"value": "1,234.5"}, [NO_SEPARATOR]),
        ({"value": "12.5"}, [NO_SEPARATOR]),
        ({"value": "1,234"}, ["Værdi: Skriv højst to cifre efter kommaet."]),
        ({"value": ""}, ["Værdi: “Korsangere” følges med et tal. Skriv værdien."]),
        ({"measured_on": ""}, ["Målt: Dette felt er påkrævet."]),
        (
            {"measured_on": "31-02-2022"},
            ["Målt: Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020."],
        ),
    ],
)
def test_a_measurement_that_makes_no_sense_is_refused(staff, new_url, typed, messages):
    assert refused(staff, new_url, **({"value": "5", "measured_on": "30-06-2022"} | typed)) == messages


def test_a_day_that_has_not_come_is_refused(staff, new_url):
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert refused(staff, new_url, value="5", measured_on=f"{tomorrow:%d-%m-%Y}") == [
        "Målt: Den dag er ikke kommet endnu. En måling fortæller, hvad der var."
    ]


@pytest.mark.parametrize(
    ("typed", "messages"),
    [
        ({}, ["Note: “Trivsel” følges i ord. Skriv, hvordan det går."]),
        (
            {"value": "5", "note": "Godt"},
            ["Værdi: “Trivsel” følges i ord. Lad værdien være tom, og skriv noten."],
        ),
    ],
)
def test_an_indicator_in_words_wants_words(staff, typed, messages):
    words = InWordsFactory(name="Trivsel")
    said = refused(staff, f"/maalinger/opret/?indikator={words.pk}", **({"measured_on": "30-06-2022"} | typed))
    assert messages[0] in said


def test_the_same_day_twice_is_refused(staff, indicator, new_url):
    MeasurementFactory(indicator=indicator)
    MeasurementFactory(indicator=indicator, municipality=municipality("Køge"))
    typed = {"value": "5", "measured_on": "30-06-2022"}
    assert refused(staff, new_url, **typed) == ["Regionen har allerede en måling af denne indikator på den dag."]
    assert refused(staff, new_url, **typed, municipality=str(municipality("Køge").pk)) == [
        "Kommunen har allerede en måling af denne indikator på den dag."
    ]


def test_save_and_new_goes_on_with_indicator_day_and_source(staff, cast, indicator, new_url):
    køge = str(municipality("Køge").pk)
    typed = {"value": "5", "measured_on": "30.6.2022", "source": "Æ & Ø", "municipality": køge, "note": "x"}
    response = send(staff, new_url, **typed, ny="")
    assert parse_qs(urlsplit(response.url).query) == {
        "indikator": [str(indicator.pk)],
        "dato": ["30.6.2022"],
        "kilde": ["Æ & Ø"],
    }
    following = staff.get(response.url)
    assert "“Korsangere, Køge, 30-06-2022” er gemt." in notices(following)
    kept = form_data(following)
    assert (kept["indicator"], kept["measured_on"], kept["source"]) == (str(indicator.pk), "30.6.2022", "Æ & Ø")
    assert (kept["value"], kept["municipality"], kept["note"]) == ("", "", "")
    send(staff, response.url, value="6", ny="")
    assert sorted(Measurement.objects.filter(indicator=indicator).values_list("value", "measured_on")) == [
        (5, date(2022, 6, 30)),
        (6, date(2022, 6, 30)),
    ]


def test_a_changed_figure_is_said_to_be_entered_by_who_changed_it(staff, log_in, cast, indicator):
    measurement = MeasurementFactory(indicator=indicator, entered_by=cast.staff)
    send(log_in(cast.admin), f"/maalinger/{measurement.pk}/rediger/", value="7,5")
    measurement.refresh_from_db()
    assert (measurement.value, measurement.entered_by) == (Decimal("7.5"), cast.admin)


def test_the_second_editor_of_a_figure_sees_both(staff, log_in, cast, indicator):
    measurement = MeasurementFactory(indicator=indicator, value=5)
    url = f"/maalinger/{measurement.pk}/rediger/"
    opened = form_data(staff.get(url))
    send(log_in(cast.admin), url, value="6,5")
    response = staff.post(url, opened | {"value": "7"})
    assert response.status_code == 409
    (versions,) = all_of_class(parse(response), "versions")
    assert text(versions) == "Min 7 Den andens 6,5"
    measurement.refresh_from_db()
    assert measurement.value == Decimal("6.5")


# --- who may ----------------------------------------------------------------------------------------------------------


def test_a_culture_head_measures_in_the_own_municipality(log_in, cast, indicator, new_url):
    head = log_in(cast.culture_head)
    page = head.get(new_url)
    rødovre = str(municipality("Rødovre").pk)
    assert offered(page, "municipality") == ["", rødovre]
    send(head, new_url, value="5", measured_on="30-06-2022")
    made = Measurement.objects.get(indicator=indicator)
    assert (str(made.municipality), made.entered_by) == ("Rødovre", cast.culture_head)
    send(head, f"/maalinger/{made.pk}/rediger/", value="6")
    made.refresh_from_db()
    assert made.value == 6
    assert head.post(f"/maalinger/{made.pk}/slet/").url == "/maalinger/slettede/"
    back = parse(head.get("/maalinger/slettede/")).find(".//ul[@class='rows']//form").get("action")
    assert notices(head.post(back, follow=True)) == ["“Korsangere, Rødovre, 30-06-2022” er hentet tilbage."]


@pytest.mark.parametrize("place", [None, "Køge"])
def test_a_culture_head_measures_nowhere_else(log_in, cast, indicator, new_url, place):
    head = log_in(cast.culture_head)
    data = form_data(head.get(new_url)) | {"value": "5", "measured_on": "30-06-2022"}
    elsewhere = str(municipality(place).pk) if place else ""
    assert errors(head.post(new_url, data | {"municipality": elsewhere})) != []
    other = MeasurementFactory(indicator=indicator, municipality=municipality(place) if place else None)
    for verb in ("rediger", "slet"):
        assert head.get(f"/maalinger/{other.pk}/{verb}/").status_code == 403
        assert head.post(f"/maalinger/{other.pk}/{verb}/", data).status_code == 403
    assert head.get(f"/maalinger/{other.pk}/").status_code == 200
    assert [each.pk for each in Measurement.objects.filter(indicator=indicator)] == [other.pk]


def test_a_chair_reads(log_in, cast, indicator, new_url):
    chair = log_in(cast.chair)
    assert chair.get(new_url).status_code == 403
    assert "Ny måling" not in chair.get(f"/indikatorer/{indicator.pk}/").content.decode()


def test_nothing_of_another_region_is_offered_or_taken(staff, indicator, new_url):
    area = InitiativeAreaFactory(agreement=AgreementFactory(culture_region=CultureRegionFactory()))
    foreign = IndicatorFactory(target=ResultTargetFactory(area=area))
    assert str(foreign.pk) not in offered(staff.get("/maalinger/opret/"), "indicator")
    typed = {"indicator": str(foreign.pk), "value": "5", "measured_on": "30-06-2022"}
    assert refused(staff, new_url, forged=("indicator",), **typed) == [
        "Indikator: Marker en gyldig valgmulighed. "
        "Det valg, du har foretaget, er ikke blandt de tilgængelige valgmuligheder."
    ]
    for url in (f"/indikatorer/{foreign.pk}/", f"/maalinger/{MeasurementFactory(indicator=foreign).pk}/"):
        assert staff.get(url).status_code == 404


# --- lists ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def measured(db):
    """Two indicators with three measurements, the only ones in the portal."""
    empty(Measurement, Indicator)
    singers = IndicatorFactory(name="Ældre sangere", target=target(1), target_on=date(2023, 1, 1))
    bands = InWordsFactory(name="Bands", target=target(2, "Musikindsatsen"))
    MeasurementFactory(indicator=singers, value=5, source="Kantoren")
    MeasurementFactory(indicator=singers, value=9, municipality=municipality("Køge"), measured_on=date(2023, 1, 1))
    MeasurementFactory(indicator=bands, value=None, note="Tre nye", measured_on=date(2021, 1, 1))
    return singers


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ældre sangere", "Bands"]),
        ("?sorter=navn", ["Bands", "Ældre sangere"]),
        ("?sorter=-omraade", ["Bands", "Ældre sangere"]),
        ("?sorter=-frist", ["Ældre sangere", "Bands"]),
        ("?art=qualitative", ["Bands"]),
        ("?q=ÆLDRE", ["Ældre sangere"]),
    ],
)
def test_indicators_are_filtered_and_sorted(staff, measured, query, found):
    assert records(staff.get(f"/indikatorer/{query}")) == found


FIRST, SECOND, THIRD = "01-01-2023: Ældre sangere", "30-06-2022: Ældre sangere", "01-01-2021: Bands"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [FIRST, SECOND, THIRD]),
        ("?sorter=dato", [THIRD, SECOND, FIRST]),
        ("?sorter=vaerdi", [SECOND, FIRST, THIRD]),
        ("?sorter=-vaerdi", [FIRST, SECOND, THIRD]),
        ("?sorter=indikator,dato", [THIRD, SECOND, FIRST]),
        ("?kommune=region", [SECOND, THIRD]),
        ("?kommune=0259", [FIRST]),
        ("?fra=30-06-2022", [FIRST, SECOND]),
        ("?til=30-06-2022", [SECOND, THIRD]),
        ("?q=kantoren", [SECOND]),
        ("?q=nye", [THIRD]),
    ],
)
def test_measurements_are_filtered_and_sorted(staff, measured, query, found):
    assert records(staff.get(f"/maalinger/{query}")) == found


def test_measurements_of_one_indicator_and_one_area(staff, measured):
    music = InitiativeArea.objects.get(name="Musikindsatsen")
    assert records(staff.get(f"/maalinger/?indikator={measured.pk}")) == [FIRST, SECOND]
    assert records(staff.get(f"/maalinger/?omraade={music.pk}")) == [THIRD]
    assert records(staff.get(f"/indikatorer/?omraade={music.pk}")) == ["Bands"]
    assert records(staff.get(f"/indikatorer/?maal={measured.target.pk}")) == ["Ældre sangere"]


def test_key_figures(staff):
    empty(KeyFigure)
    area = target().area
    response = send(
        staff, f"/noegletal/opret/?omraade={area.pk}&aar=2023", name="Timer", value="1.240,5", unit="timer", source="Os"
    )
    made = KeyFigure.objects.get()
    assert response.url == f"/noegletal/{made.pk}/"
    assert (made.area, made.year, made.name, made.value, made.unit, made.source) == (
        area,
        2023,
        "Timer",
        Decimal("1240.5"),
        "timer",
        "Os",
    )
    assert "1.240,5" in text(all_of_class(parse(staff.get(response.url)), "figures")[0])
    KeyFigureFactory(name="Aar", year=2022)
    assert records(staff.get("/noegletal/")) == ["Timer", "Aar"]
    assert records(staff.get("/noegletal/?sorter=navn")) == ["Aar", "Timer"]
    assert records(staff.get("/noegletal/?aar=2022")) == ["Aar"]
    assert records(staff.get(f"/noegletal/?omraade={area.pk}&q=TIME")) == ["Timer"]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"year": "22"}, "Skriv året med fire cifre, fra 2000 til 2100."),
        ({"value": "mange"}, NO_NUMBER),
        ({"value": ""}, "Værdi: Dette felt er påkrævet."),
        ({"name": "Timer"}, "Området har allerede dette nøgletal for året."),
    ],
)
def test_a_key_figure_that_makes_no_sense_is_refused(staff, typed, message):
    made = KeyFigureFactory(name="Timer")
    said = refused(
        staff,
        f"/noegletal/opret/?omraade={made.area.pk}&aar=2022",
        **({"name": "Kilometer", "value": "5"} | typed),
    )
    assert said == [message]
