"""The committee clock: when each committee is due, what resets it, and what it asks for."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from openpyxl import load_workbook

from agreements.models import Body, Meeting, Membership
from outreach import todo
from outreach.clocks import clocks
from outreach.models import StatusNote
from tests.counting import queries
from tests.emptying import empty
from tests.factories import (
    AgreementFactory,
    CommitteeFactory,
    MeetingFactory,
    MembershipFactory,
    municipality,
    the_agreement,
)
from tests.pages import all_of_class, errors, form_data, notices, parse, records, refused, send, text

CLOCKS = "/ure/"
LOG = "/ure/log-moede/"
TODAY = timezone.localdate()
DAY = date(2026, 11, 25)


@pytest.fixture
def members(cast):
    """The nine members, each with one committee, and no meeting of any of them."""
    empty(StatusNote)
    Meeting.objects.filter(body__kind="committee").delete()
    keep = {}
    for body in Body.objects.filter(kind="committee").order_by("pk"):
        keep.setdefault(body.municipality_id, body)
    Body.objects.filter(kind="committee").exclude(pk__in=[each.pk for each in keep.values()]).update(kind="council")
    return {body.municipality.name: body for body in keep.values()}


def on_agenda(committee, day, status="held", **fields):
    return MeetingFactory(body=committee, held_on=day, status=status, region_on_agenda=True, **fields)


def shown(user, today=DAY) -> dict[str, tuple]:
    return {each.municipality.name: (str(each.state), each.due_on) for each in clocks(user, today)}


def test_a_member_that_never_had_it_is_due_three_months_after_joining(cast, members):
    assert shown(cast.staff) == {
        name: ("roed", date(2021, 4, 1))
        for name in [
            "Albertslund",
            "Furesø",
            "Halsnæs",
            "Helsingør",
            "Herlev",
            "Ishøj",
            "Køge",
            "Roskilde",
            "Rødovre",
        ]
    }


def test_the_nine_clocks_of_a_day(cast, members):
    for name, last, coming in [
        ("Albertslund", (2026, 11, 18), None),
        ("Furesø", (2026, 9, 9), None),
        ("Halsnæs", (2026, 8, 19), (2026, 12, 2)),
        ("Helsingør", (2026, 5, 20), None),
        ("Herlev", (2026, 10, 21), (2027, 1, 13)),
        ("Ishøj", (2026, 8, 24), None),
        ("Køge", (2026, 8, 25), None),
        ("Roskilde", (2026, 9, 10), (2026, 12, 24)),
        ("Rødovre", (2026, 9, 24), None),
    ]:
        on_agenda(members[name], date(*last))
        if coming:
            on_agenda(members[name], date(*coming), status="planned")
    assert list(shown(cast.staff).items()) == [
        ("Helsingør", ("roed", date(2026, 8, 20))),
        ("Ishøj", ("roed", date(2026, 11, 24))),
        ("Halsnæs", ("gul", date(2026, 11, 19))),
        ("Køge", ("gul", date(2026, 11, 25))),
        ("Furesø", ("gul", date(2026, 12, 9))),
        ("Roskilde", ("groen", date(2026, 12, 10))),
        ("Rødovre", ("groen", date(2026, 12, 24))),
        ("Herlev", ("groen", date(2027, 1, 21))),
        ("Albertslund", ("groen", date(2027, 2, 18))),
    ]
    assert shown(cast.staff, date(2026, 11, 26))["Rødovre"] == ("gul", date(2026, 12, 24))
    assert shown(cast.staff, date(2026, 12, 3))["Halsnæs"] == ("roed", date(2026, 11, 19))


@pytest.mark.parametrize(
    ("last", "months", "due_on"),
    [((2026, 8, 31), 3, (2026, 11, 30)), ((2026, 11, 30), 3, (2027, 2, 28)), ((2026, 1, 15), 24, (2028, 1, 15))],
)
def test_the_interval_is_counted_in_months(cast, members, last, months, due_on):
    Body.objects.filter(pk=members["Køge"].pk).update(status_interval_months=months)
    on_agenda(members["Køge"], date(*last))
    assert shown(cast.staff, date(2027, 1, 1))["Køge"][1] == date(*due_on)


def test_what_counts_as_on_the_agenda(cast, members):
    koege = members["Køge"]
    on_agenda(koege, date(2026, 10, 1), status="cancelled")
    on_agenda(koege, date(2026, 10, 2), status="planned")
    on_agenda(koege, date(2026, 12, 24))
    MeetingFactory(body=koege, held_on=date(2026, 10, 3), status="held")
    assert shown(cast.staff)["Køge"] == ("roed", date(2021, 4, 1))
    on_agenda(koege, DAY)
    on_agenda(koege, date(2026, 9, 1))
    assert shown(cast.staff)["Køge"] == ("groen", date(2027, 2, 25))


def test_each_committee_of_a_member_has_its_clock(cast, members):
    second = CommitteeFactory(municipality=municipality("Køge"))
    on_agenda(second, date(2026, 11, 1))
    mine = [(each.committee, str(each.state)) for each in clocks(cast.staff, DAY) if each.municipality.name == "Køge"]
    assert mine == [(members["Køge"], "roed"), (second, "groen")]


def test_who_is_a_member(cast, members):
    Membership.objects.filter(municipality__name="Køge").update(left_on=DAY)
    MembershipFactory(municipality=municipality("Greve"), joined_on=date(2026, 11, 1))
    MembershipFactory(municipality=municipality("Fanø"), joined_on=date(2026, 12, 1))
    MembershipFactory(agreement=AgreementFactory(), municipality=municipality("Ishøj"), joined_on=date(2025, 1, 1))
    found = shown(cast.staff)
    assert ("Køge" in found, "Fanø" in found, len(found)) == (False, False, 9)
    assert found["Ishøj"] == ("roed", date(2021, 4, 1))
    the_agreement().__class__.objects.filter(pk=the_agreement().pk).update(status="ended")
    assert shown(cast.staff) == {"Ishøj": ("roed", date(2025, 4, 1))}


def test_a_member_without_a_committee_is_told_of(staff, members):
    Body.objects.filter(pk=members["Køge"].pk).update(kind="council")
    page = parse(staff.get(f"{CLOCKS}?tilstand=mangler"))
    (row,) = page.iterfind(".//ul[@class='rows clock-list']/li")
    assert text(row).startswith("Køge ○ intet udvalg Medlemmet har intet udvalg her")
    (link,) = [each.get("href") for each in row.iter("a") if "opret" in each.get("href")]
    data = form_data(staff.get(link))
    assert (data["municipality"], data["kind"]) == (str(municipality("Køge").pk), "committee")


def row_of(response, name: str):
    rows = parse(response).iterfind(".//ul[@class='rows clock-list']/li")
    (row,) = (row for row in rows if text(row).startswith(name))
    return row


def test_a_red_clock_leads_to_a_memo_and_a_planned_one_to_a_status(staff, members):
    koege, ishoej = members["Køge"], members["Ishøj"]
    coming = on_agenda(ishoej, TODAY + timedelta(days=20), status="planned")
    page = staff.get(CLOCKS)
    buttons = {
        name: [(text(each), each.get("href")) for each in all_of_class(row_of(page, name), "btn")]
        for name in ("Køge", "Ishøj")
    }
    assert buttons == {
        "Køge": [
            (
                f"Skriv et notat: {koege}",
                f"/notater/opret/?slags=municipality&aftale={the_agreement().pk}&udvalg={koege.pk}",
            )
        ],
        "Ishøj": [
            (
                f"Skriv status: {ishoej}",
                f"/statusnotater/opret/?kommune={ishoej.municipality_id}&moede={coming.pk}",
            )
        ],
    }
    data = form_data(staff.get(buttons["Køge"][0][1]))
    assert (data["agreement"], data["committee"]) == (str(the_agreement().pk), str(koege.pk))
    data = form_data(staff.get(buttons["Ishøj"][0][1]))
    assert (data["municipality"], data["meeting"]) == (str(ishoej.municipality_id), str(coming.pk))


def test_a_row_says_it_in_words(staff, members):
    last = TODAY - timedelta(weeks=5)
    on_agenda(members["Køge"], last)
    line = text(row_of(staff.get(CLOCKS), "Køge"))
    assert line.startswith(f"Køge {members['Køge'].name} ● i orden Sidst {date_format(last)}, for 5 uger siden")
    assert "· intet planlagt · frist " in line
    (picture,) = row_of(staff.get(CLOCKS), "Køge").iterfind(".//{*}svg")
    assert picture.get("aria-label").startswith(f"Fra {date_format(last)}, frist ")


def test_the_filter_and_the_file(staff, members):
    on_agenda(members["Køge"], TODAY)
    on_agenda(members["Ishøj"], TODAY - timedelta(days=400))
    page = staff.get(f"{CLOCKS}?tilstand=groen")
    assert records(page) == ["Køge"]
    chips = [text(each) for each in all_of_class(parse(page), "choices")[0].iter("a")]
    assert chips == ["Alle 9", "Over tiden 8", "I orden 1"]
    lines = b"".join(staff.get(f"{CLOCKS}?tilstand=groen&format=csv").streaming_content).decode("utf-8-sig")
    header, row = lines.splitlines()
    assert header == "kommunekode;kommune;udvalg;tilstand;sidst;næste;frist;måneder_mellem_status"
    assert row.startswith(f"0259;Køge;{members['Køge'].name};i orden;{TODAY:%d-%m-%Y};;")
    sheet = load_workbook(BytesIO(b"".join(staff.get(f"{CLOCKS}?format=xlsx").streaming_content))).active
    assert sheet.max_row == 10
    assert staff.get(f"{CLOCKS}?format=pdf").status_code == 404


# --- logging ----------------------------------------------------------------------------------------------------------


def log(client, committee, day):
    return send(client, LOG, committee=str(committee.pk), held_on=f"{day:%d-%m-%Y}")


def test_logging_a_meeting_resets_the_clock(staff, cast, members):
    koege = members["Køge"]
    assert form_data(staff.get(f"{LOG}?udvalg={koege.pk}"))["committee"] == str(koege.pk)
    day = TODAY - timedelta(days=2)
    assert log(staff, koege, day).url == CLOCKS
    assert notices(staff.get(CLOCKS)) == [f"{koege}, {date_format(day)}: mødet er logget."]
    meeting = Meeting.objects.get(body=koege)
    assert (meeting.status, meeting.region_on_agenda, meeting.held_on) == ("held", True, day)
    assert shown(cast.staff, TODAY)["Køge"][0] == "groen"
    log(staff, koege, day)
    assert (Meeting.objects.filter(body=koege).count(), meeting.history.count()) == (1, 1)


@pytest.mark.parametrize(("days", "status"), [(-1, "held"), (0, "held"), (1, "planned")])
def test_what_has_been_is_held_and_what_comes_is_planned(staff, members, days, status):
    log(staff, members["Køge"], TODAY + timedelta(days=days))
    assert Meeting.objects.get(body=members["Køge"]).status == status


def test_a_meeting_that_is_there_is_used(staff, members):
    day = TODAY - timedelta(days=2)
    there = MeetingFactory(body=members["Køge"], held_on=day, place="Rådhuset")
    log(staff, members["Køge"], day)
    there.refresh_from_db()
    assert (there.status, there.region_on_agenda, there.place, there.version) == ("held", True, "Rådhuset", 2)
    assert Meeting.objects.filter(body=members["Køge"]).count() == 1


def test_what_is_wrong_with_a_logged_meeting(staff, log_in, cast, members):
    koege = members["Køge"]
    day = TODAY - timedelta(days=2)
    MeetingFactory(body=koege, held_on=day, status="cancelled")
    own = {"committee": str(koege.pk)}
    assert refused(staff, LOG, **own, held_on=f"{day:%d-%m-%Y}") == [
        f"Dato: Mødet {date_format(day)} er aflyst. Ret mødet, hvis det alligevel holdes."
    ]
    assert refused(staff, LOG, **own, held_on="31-02-2026") == [
        "Dato: Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020."
    ]
    assert refused(staff, LOG, **own, held_on="01-01-2099") == [
        "Dato: Der er mere end to år til mødet. Se efter, om årstallet er rigtigt."
    ]
    assert refused(staff, LOG, **own, held_on="01-01-1999") == [
        "Dato: Mødet ligger før år 2000. Se efter, om årstallet er rigtigt."
    ]
    foreign = errors(log_in(cast.outsider).post(LOG, own | {"held_on": "01-11-2026"}))
    assert [line.partition(":")[0] for line in foreign] == ["Udvalg"]


# --- was it held? -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "status", "told"),
    [("holdt", "held", "mødet blev holdt."), ("aflyst", "cancelled", "mødet blev aflyst.")],
)
def test_a_planned_meeting_that_has_passed_is_asked_about(staff, members, answer, status, told):
    day = TODAY - timedelta(days=7)
    meeting = on_agenda(members["Køge"], day, status="planned")
    MeetingFactory(body=members["Ishøj"], held_on=day)
    on_agenda(members["Herlev"], TODAY, status="planned")
    (panel,) = parse(staff.get(CLOCKS)).iterfind(".//section[@id='unconfirmed']")
    assert [text(row.find("./p")) for row in panel.iter("li")] == [str(meeting)]
    url = f"/ure/moeder/{meeting.pk}/"
    response = staff.post(url, {"version": "1", answer: ""}, follow=True)
    assert notices(response) == [f"{meeting}: {told}"]
    meeting.refresh_from_db()
    assert (meeting.status, meeting.version) == (status, 2)
    assert parse(staff.get(CLOCKS)).find(".//section[@id='unconfirmed']") is None
    response = staff.post(url, {"version": "2", "holdt": ""}, follow=True)
    assert notices(response) == [f"En anden har allerede taget sig af mødet {date_format(day)}."]


def test_a_meeting_that_somebody_else_has_saved_is_left(staff, members):
    meeting = on_agenda(members["Køge"], TODAY - timedelta(days=7), status="planned", version=2)
    for data in ({"version": "1", "holdt": ""}, {"version": "2"}, {"holdt": ""}):
        staff.post(f"/ure/moeder/{meeting.pk}/", data)
    meeting.refresh_from_db()
    assert (meeting.status, meeting.version) == ("planned", 2)


# --- elsewhere --------------------------------------------------------------------------------------------------------


def waiting(user, today=DAY) -> list[tuple]:
    found = [each for each in todo.todos(user, today) if each.key.startswith(("clock-", "meeting-held-"))]
    return [(each.title, each.note, each.due_on, each.verb) for each in found]


def test_what_waits_for_the_secretariat(cast, members):
    for name, committee in members.items():
        on_agenda(committee, date(2026, 7, 29) if name == "Ishøj" else DAY)
    passed = on_agenda(members["Køge"], date(2026, 11, 18), status="planned")
    assert waiting(cast.staff) == [
        (f"Kom på dagsordenen: {members['Ishøj']}", "Sidst for 17 uger siden", date(2026, 10, 29), "Skriv et notat"),
        (f"Blev mødet holdt: {passed.body}?", "18. november 2026", date(2026, 11, 18), "Bekræft"),
    ]
    assert waiting(cast.outsider) == []
    about = f"aftale={the_agreement().pk}&udvalg={members['Ishøj'].pk}"
    (url,) = [each.url for each in todo.todos(cast.staff, DAY) if each.key.startswith("clock-")]
    assert url == f"/notater/opret/?slags=municipality&{about}"


def test_the_start_page_shows_the_four_most_urgent(staff, members):
    for name in ("Albertslund", "Furesø", "Halsnæs", "Helsingør", "Herlev"):
        on_agenda(members[name], TODAY)
    on_agenda(members["Køge"], TODAY - timedelta(weeks=40))
    (panel,) = (
        each for each in all_of_class(parse(staff.get("/")), "panel") if each.get("aria-labelledby") == "clocks-title"
    )
    assert [text(row) for row in panel.iter("li")] == [
        f"{name}, {members[name].name} ▲ over tiden {since}"
        for name, since in [
            ("Ishøj", "aldrig"),
            ("Roskilde", "aldrig"),
            ("Rødovre", "aldrig"),
            ("Køge", "for 40 uger siden"),
        ]
    ]


def test_a_meeting_says_that_the_region_is_on_its_agenda(staff, members):
    meeting = on_agenda(members["Køge"], TODAY)
    other = MeetingFactory(body=members["Køge"], held_on=TODAY)
    line = "Kulturregionen er på dagsordenen"
    assert line in staff.get(meeting.get_absolute_url()).content.decode()
    assert line not in staff.get(other.get_absolute_url()).content.decode()


def test_so_many_queries_however_many_clocks(staff, cast, members):
    few = queries(staff, CLOCKS)
    for number in range(10):
        committee = CommitteeFactory(municipality=MembershipFactory().municipality)
        for back in range(3):
            on_agenda(committee, TODAY - timedelta(days=90 * back + number))
        on_agenda(committee, TODAY + timedelta(days=number + 1), status="planned")
    assert len(clocks(cast.staff, TODAY)) >= 19
    assert queries(staff, CLOCKS) == few
