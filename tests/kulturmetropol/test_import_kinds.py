"""What each kind of file holds: inhabitants, activities, measurements; and that what goes out comes in again."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from time import monotonic

import pytest
from django.db import connection

from agreements.models import Municipality, Person
from initiatives.models import Activity, Indicator, Initiative, Measurement, ResultTarget, TargetGroup
from kulturmetropol.history import snapshots
from kulturmetropol.management.commands.load_kulturmetropol import load
from tests.emptying import empty
from tests.factories import InitiativeFactory, PersonFactory, kulturmetropolen, municipality, the_agreement
from tests.factories.doing import ActivityFactory
from tests.kulturmetropol.test_export import body_of
from tests.kulturmetropol.test_import import address, bring_in, confirm, csv_file, faults, figures, send, xlsx_file
from tests.pages import heading, notices, parse


@pytest.fixture(autouse=True)
def files(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


# --- municipalities ---------------------------------------------------------------------------------------------------

FOLK1A_LIST = csv_file(
    "OMRÅDE;TID;INDHOLD",
    "Hele landet;2024K1;5961249",
    "Region Hovedstaden;2024K1;1911067",
    "Rødovre;2023K4;44000",
    "Rødovre;2024K1;45063",
    "Køge;2024K1;62321",
    "Christiansø;2024K1;91",
)
FOLK1A_GRID = csv_file(
    '"Folketal den 1. i kvartalet efter område og tid"',
    "",
    '" ";"2023K4";"2024K1"',
    '"Hele landet";5960000;5961249',
    '"Rødovre";44000;45063',
    '"Køge";62300;62321',
    encoding="latin-1",
)


@pytest.mark.parametrize("content", [FOLK1A_LIST, FOLK1A_GRID])
def test_table_folk1a_is_read_as_statistics_denmark_gives_it(log_in, cast, content):
    admin = log_in(cast.admin)
    checked = send(admin, "kommuner", content)
    assert faults(checked) == []
    assert figures(checked) == {"rækker": "2", "nye": "2", "findes i forvejen": "0"}
    confirm(admin, checked)
    assert [(each.population, each.population_date) for each in map(municipality, ["Rødovre", "Køge"])] == [
        (45063, date(2024, 1, 1)),
        (62321, date(2024, 1, 1)),
    ]
    assert figures(send(admin, "kommuner", content))["findes i forvejen"] == "2"


def test_faults_of_inhabitants(log_in, cast):
    checked = send(
        log_in(cast.admin),
        "kommuner",
        csv_file(
            "kommunekode;indbyggere;indbyggere_dato",
            "0175;45.063;01-01-2024",
            "Rødover;45063;01-01-2024",
            "259;62321;01-01-2019",
            "0175;0;2024",
            ";1;01-01-2024",
        ),
    )
    assert faults(checked) == [
        ("2", "indbyggere", "“45.063” er ikke et helt tal. Skriv det kun med cifre, som 1234."),
        ("3", "kommunekode", "Kommunen “Rødover” kendes ikke. Mente du “Rødovre”?"),
        ("4", "indbyggere_dato", "Portalen har et nyere tal fra 01-07-2020."),
        ("5", "indbyggere_dato", "“2024” er ikke en dato. Skriv dag-måned-år, som 06-11-2020."),
        ("5", "indbyggere", "En kommune har indbyggere."),
        ("6", "kommune", "Cellen er tom."),
    ]


def test_loading_the_register_again_keeps_newer_inhabitants(log_in, cast):
    bring_in(log_in(cast.admin), "kommuner", FOLK1A_LIST)
    load(demo=False)
    assert municipality("Rødovre").population == 45063
    assert municipality("Herlev").population_date == date(2020, 7, 1)


def test_only_admins_import_inhabitants(log_in, cast):
    assert log_in(cast.staff).get("/importer/kommuner/").status_code == 403
    assert send(log_in(cast.staff), "kommuner", FOLK1A_LIST).status_code == 403
    assert Municipality.objects.filter(population_date__gt=date(2020, 7, 1)).count() == 0


# --- activities and measurements --------------------------------------------------------------------------------------


@pytest.fixture
def sangen(db) -> Initiative:
    empty(Activity, Measurement)
    return InitiativeFactory(title="Sangen")


@pytest.fixture
def indicator(sangen) -> Indicator:
    target = ResultTarget.objects.filter(area=sangen.area).first()
    return Indicator.objects.create(target=target, name="Antal kor", unit="kor")


def test_an_activity_comes_in_whole_with_its_history(staff, cast, sangen):
    TargetGroup.objects.create(culture_region=kulturmetropolen(), name="Unge, der synger")
    lines = [
        "indsats;titel;dato;sted;kommunekoder;deltagere;målgrupper;note",
        'sangen;Kor i kirken;2022-03-01;Køge Kirke;259 | Rødovre;120;unge, der synger;"To',
        'linjer"',
    ]
    assert bring_in(staff, "aktiviteter", csv_file(*lines)) == ["1 række er hentet ind."]
    activity = Activity.objects.get(title="Kor i kirken")
    assert activity.initiative == sangen
    assert (activity.held_on, activity.place, activity.attendance) == (date(2022, 3, 1), "Køge Kirke", 120)
    assert activity.note == "To\nlinjer"
    assert {each.name for each in activity.municipalities.all()} == {"Køge", "Rødovre"}
    assert [each.name for each in activity.target_groups.all()] == ["Unge, der synger"]

    (row,) = activity.history.all()
    assert row.history_user == cast.staff
    (held,) = snapshots([row])
    assert set(held["municipalities"]) == {each.pk for each in activity.municipalities.all()}


def test_faults_of_activities(staff, sangen):
    checked = send(
        staff,
        "aktiviteter",
        csv_file(
            "indsats;titel;dato;kommunekoder;deltagere;målgrupper;indsatsområde",
            "Sange;Kor;01-03-2022;Køge;1;;",
            "Sangen;Kor;31-02-2022;Køge;1;;",
            "Sangen;Kor;02/03/2022;Kjøge;1,5;;",
            "Sangen;;01-03-2022;;-1;Alle;",
            f"Sangen;{'x' * 151};01-03-2022;0175 | 0259;;;",
            "Sangen;Kor;01-03-2022;Køge;;;Ungeindsatsen",
        ),
    )
    assert faults(checked) == [
        ("2", "indsats", "Indsatsen “Sange” kendes ikke. Mente du “Sangen”?"),
        ("3", "dato", "“31-02-2022” findes ikke i kalenderen."),
        ("4", "dato", "“02/03/2022” er ikke en dato. Skriv dag-måned-år, som 06-11-2020."),
        ("4", "deltagere", "“1,5” er ikke et helt tal. Skriv det kun med cifre, som 1234."),
        ("4", "kommunekoder", "Kommunen “Kjøge” kendes ikke. Mente du “Køge”?"),
        ("5", "titel", "Cellen er tom."),
        ("5", "deltagere", "“-1” er ikke et helt tal. Skriv det kun med cifre, som 1234."),
        ("5", "kommuner", "Nævn mindst én kommune."),
        ("5", "målgrupper", "Målgruppen “Alle” kendes ikke."),
        ("6", "titel", "Denne værdi må højst have 150 tegn (den har 151)."),
        ("7", "indsatsområde", "“Sangen” findes ikke under “Ungeindsatsen”."),
    ]


def test_faults_of_measurements(staff, indicator):
    words = Indicator.objects.create(target=indicator.target, name="Stemningen", kind="qualitative")
    agreement = the_agreement()
    agreement.figures_locked_until = date(2021, 12, 31)
    agreement.save(update_fields=["figures_locked_until"])
    checked = send(
        staff,
        "maalinger",
        csv_file(
            "indikator;kommunekode;dato;værdi;note",
            "Antal kor;0175;01-03-2022;12.5;",
            "Antal kor;0175;01-03-2022;tolv;",
            "Antal kor;0175;01-03-2022;;",
            "Antal kor;0175;01-03-2022;1,255;",
            f"{words.name};;01-03-2022;4;",
            "Antal kor;0175;31-12-2021;4;",
            "Antal kor;0175;01-03-2022;4;",
            "Antal kor;Rødovre Kommune;2022-03-01;5;",
        ),
    )
    assert faults(checked) == [
        ("2", "værdi", "“12.5” læses ikke som et tal. Skriv decimaler med komma og uden punktum, som 1234,5."),
        ("3", "værdi", "“tolv” er ikke et tal."),
        ("4", "værdi", "“Antal kor” følges med et tal. Skriv værdien."),
        ("5", "værdi", "Der må maksimalt være 2 decimaler."),
        ("6", "værdi", "“Stemningen” følges i ord. Lad værdien være tom, og skriv noten."),
        (
            "7",
            "dato",
            "Tallene til og med 31-12-2021 er låst. De, der må redigere aftalen “Kulturmetropolen 2021-2024”, "
            "kan låse dem op der.",
        ),
        ("9", "–", "Rækken siger det samme som række 8."),
    ]
    assert Measurement.objects.count() == 0


def test_a_spreadsheet_of_excels_own_is_read_with_its_types(staff, cast, indicator):
    content = xlsx_file(
        ["indikator", "kommunekode", "dato", "værdi", "note"],
        ["Antal kor", 175, date(2022, 3, 1), 12.5, None],
        ["Antal kor", None, date(2022, 3, 1), 3, "Hele regionen"],
        [None, None, None, None, None],
    )
    assert bring_in(staff, "maalinger", content, name="tal.xlsx") == ["2 rækker er hentet ind."]
    first, second = Measurement.objects.order_by("-value")
    assert (first.municipality.name, first.measured_on, first.value) == ("Rødovre", date(2022, 3, 1), Decimal("12.5"))
    assert (first.entered_by, second.municipality, second.note) == (cast.staff, None, "Hele regionen")


def test_a_saved_measurement_is_not_overwritten(staff, indicator):
    row = {"indicator": indicator, "municipality": municipality("Køge"), "measured_on": date(2022, 3, 1)}
    Measurement.objects.create(**row, value=Decimal("4"))
    same = send(staff, "maalinger", csv_file("indikator;kommunekode;dato;værdi", "Antal kor;0259;01-03-2022;4,0"))
    assert figures(same) == {"rækker": "1", "nye": "0", "findes i forvejen": "1"}
    other = send(staff, "maalinger", csv_file("indikator;kommunekode;dato;værdi", "Antal kor;0259;01-03-2022;5"))
    assert faults(other) == [("2", "værdi", "Portalen har en anden måling fra denne dag. Ret den dér.")]


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_what_was_exported_comes_back_unchanged(staff, cast, sangen, indicator, format_):
    group = TargetGroup.objects.create(culture_region=kulturmetropolen(), name="Unge; talenter | musik"[:14])
    for title in ("=Kor", "'t Hooft", "'-mærket", "Å; ø"):
        activity = Activity.objects.create(
            initiative=sangen, title=title, held_on=date(2022, 3, 1), place="-", note='Et "citat"\n=1+1'
        )
        activity.municipalities.set([municipality("Køge"), municipality("Rødovre")])
        activity.target_groups.set([group])
    for value, place in ((Decimal("-1234.50"), "Køge"), (Decimal("0.01"), "Rødovre")):
        Measurement.objects.create(
            indicator=indicator,
            municipality=municipality(place),
            measured_on=date(2022, 3, 1),
            value=value,
            source="+45",
            entered_by=cast.staff,
        )
    PersonFactory(name="@Bo", email="bo@herlev.example")
    lists = {"aktiviteter": Activity, "maalinger": Measurement, "personer": Person}
    before = {kind: body_of(staff.get(f"/{kind}/?format={format_}")) for kind in lists}
    as_csv = {kind: body_of(staff.get(f"/{kind}/?format=csv")) for kind in lists}

    for kind, content in before.items():
        again = send(staff, kind, content)
        assert (faults(again), notices(again), figures(again)["nye"]) == ([], [], "0"), kind
    empty(Activity, Measurement)
    Person.objects.filter(name="@Bo").delete()
    for kind, content in before.items():
        bring_in(staff, kind, content)
    assert {kind: sorted(body_of(staff.get(f"/{kind}/?format=csv")).split(b"\r\n")) for kind in lists} == {
        kind: sorted(content.split(b"\r\n")) for kind, content in as_csv.items()
    }


def test_many_rows_are_not_checked_by_plans_made_for_few(staff, sangen):
    """PostgreSQL would read the whole table for each new row when it commits: 10 seconds here, a minute at 50,000."""
    if connection.vendor == "postgresql":
        connection.cursor().execute("ANALYZE")
    for _number in range(10):
        ActivityFactory(places=["Køge"])
        connection.check_constraints()
    lines = [f"Sangen;Kor {number};01-03-2022;0175;" for number in range(20_000)]
    response = send(staff, "aktiviteter", csv_file("indsats;titel;dato;kommunekoder;deltagere", *lines))
    while heading(response) == "Filen kontrolleres":
        response = staff.post(address(response), follow=True)
    confirm(staff, response)
    started = monotonic()
    connection.check_constraints()
    assert monotonic() - started < 5


def test_50_000_rows_are_checked_piece_by_piece_and_written_at_once(staff, sangen):
    lines = [f"Sangen;Kor {number};01-03-2022;0175;{number % 50}" for number in range(50_000)]
    response = send(staff, "aktiviteter", csv_file("indsats;titel;dato;kommunekoder;deltagere", *lines))
    seen = []
    while heading(response) == "Filen kontrolleres":
        (bar,) = parse(response).iter("progress")
        seen.append((int(bar.get("value")), int(bar.get("max"))))
        assert Activity.objects.count() == 0
        response = staff.post(address(response), follow=True) if response.redirect_chain else None
    assert seen == [(done, 50_000) for done in range(5_000, 50_000, 5_000)]
    assert figures(response) == {"rækker": "50.000", "nye": "50.000", "findes i forvejen": "0"}
    confirm(staff, response)
    assert Activity.objects.count() == 50_000
    assert Activity.history.filter(id__in=Activity.objects.values("pk")).count() == 50_000
    assert Activity.municipalities.through.objects.count() == 50_000
