from datetime import date, time

import pytest

from agreements.models import Agreement, Body, Meeting, MeetingDelegate, Membership, Person, Purpose
from tests.factories import (
    AgreementFactory,
    CommitteeFactory,
    CultureRegionFactory,
    MeetingFactory,
    municipality,
    the_agreement,
)
from tests.pages import errors, form_data, notices, offered, refused, send

REQUIRED = "Dette felt er påkrævet."
NO_DATE = "Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020."
NO_CHOICE = "Marker en gyldig valgmulighed. Det valg, du har foretaget, er ikke blandt de tilgængelige valgmuligheder."
AGREEMENT = {"name": "Kulturmetropolen 2025-2028", "starts_on": "01-01-2025", "ends_on": "31-12-2028"}


@pytest.mark.parametrize("typed", ["06-11-2020", "6.11.2020", "6/11-2020", "06/11/2020", "2020-11-06", "6-11-20"])
def test_a_date_may_be_typed_in_every_danish_way(staff, typed):
    response = send(staff, "/aftaler/opret/", **AGREEMENT | {"starts_on": typed})
    agreement = Agreement.objects.get(name=AGREEMENT["name"])
    assert agreement.starts_on == date(2020, 11, 6)
    assert response.url == f"/aftaler/{agreement.pk}/"
    assert notices(staff.get(response.url)) == ["“Kulturmetropolen 2025-2028” er gemt."]
    assert form_data(staff.get(f"/aftaler/{agreement.pk}/rediger/"))["starts_on"] == "06-11-2020"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"name": ""}, f"Navn: {REQUIRED}"),
        ({"name": "å" * 151}, "Navn: Teksten er på 151 tegn; der er plads til 150. Gør den kortere."),
        ({"name": "Kulturmetropolen 2021-2024"}, "Kulturregionen har allerede en aftale med det navn."),
        ({"starts_on": ""}, f"Begynder: {REQUIRED}"),
        ({"starts_on": "31-02-2021"}, f"Begynder: {NO_DATE}"),
        ({"ends_on": "i morgen"}, f"Slutter: {NO_DATE}"),
        ({"ends_on": "31-12-2024"}, "Perioden slutter, før den begynder. Se de to datoer efter."),
        ({"mission": "ø" * 20_001}, "Mission: Teksten er på 20001 tegn; der er plads til 20000. Gør den kortere."),
        ({"legal_basis": "§" * 301}, "Lovgrundlag: Teksten er på 301 tegn; der er plads til 300. Gør den kortere."),
        ({"stated_member_count": "ni"}, "Oplyst antal medlemmer: Indtast et heltal."),
        (
            {"stated_member_count": "-1"},
            "Oplyst antal medlemmer: Denne værdi skal være større end eller lig 0.",
        ),
    ],
)
def test_what_is_wrong_with_an_agreement(staff, typed, message):
    assert refused(staff, "/aftaler/opret/", **AGREEMENT | typed) == [message]
    assert list(Agreement.objects.all()) == [the_agreement()]


def test_all_that_is_wrong_is_said_at_once(staff):
    wrong = {"name": "", "starts_on": "31-02-2021", "ends_on": "i morgen", "mission": "Æblegrød\r\nmed fløde"}
    assert refused(staff, "/aftaler/opret/", **wrong) == [
        f"Navn: {REQUIRED}",
        f"Begynder: {NO_DATE}",
        f"Slutter: {NO_DATE}",
    ]


def test_a_refused_change_changes_nothing(staff):
    agreement = the_agreement()
    before = Agreement.objects.values().get(pk=agreement.pk)
    assert refused(staff, f"/aftaler/{agreement.pk}/rediger/", name="Omdøbt", ends_on="31-12-2020") == [
        "Perioden slutter, før den begynder. Se de to datoer efter."
    ]
    assert Agreement.objects.values().get(pk=agreement.pk) == before


def test_an_unknown_status_is_refused(staff):
    assert refused(staff, "/aftaler/opret/", **AGREEMENT, status="glemt", forged=("status",)) == [
        "Status: Marker en gyldig valgmulighed. glemt er ikke en af de tilgængelige valgmuligheder."
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", REQUIRED),
        ("æ" * 1001, "Teksten er på 1001 tegn; der er plads til 1000. Gør den kortere."),
    ],
)
def test_what_is_wrong_with_a_purpose(staff, text, message):
    assert refused(staff, "/formaal/opret/", text=text) == [f"Formål: {message}"]
    assert Purpose.objects.count() == 8


def test_a_new_purpose_comes_last(staff):
    response = send(staff, "/formaal/opret/", text="æ" * 1000)
    purpose = Purpose.objects.get(position=9)
    assert (purpose.agreement, purpose.text) == (the_agreement(), "æ" * 1000)
    assert response.url == f"/formaal/{purpose.pk}/"


def test_a_purpose_is_offered_the_agreement_it_is_added_to(staff):
    later = AgreementFactory(name="Kulturmetropolen 2025-2028")
    data = form_data(staff.get(f"/formaal/opret/?aftale={later.pk}"))
    assert data["agreement"] == str(later.pk)
    staff.post("/formaal/opret/", data | {"text": "At begynde forfra"})
    assert list(later.purposes.values_list("position", "text")) == [(1, "At begynde forfra")]


def test_a_purpose_stays_in_its_agreement(staff):
    later, purpose = AgreementFactory(), Purpose.objects.get(position=1)
    send(staff, f"/formaal/{purpose.pk}/rediger/", agreement=str(later.pk), text="At lade sig flytte")
    purpose.refresh_from_db()
    assert (purpose.agreement, purpose.text) == (the_agreement(), "At lade sig flytte")


def member(name: str, **typed) -> dict[str, str]:
    return {"municipality": str(municipality(name).pk), "joined_on": "01-01-2022", **typed}


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"left_on": "31-12-2021"}, "Kommunen træder ud, før den træder ind. Se de to datoer efter."),
        ({"joined_on": ""}, f"Medlem fra: {REQUIRED}"),
        ({"council_decided_on": "32-01-2020"}, f"Kommunalbestyrelsen besluttede det: {NO_DATE}"),
        ({"source": "k" * 301}, "Kilde: Teksten er på 301 tegn; der er plads til 300. Gør den kortere."),
    ],
)
def test_what_is_wrong_with_a_membership(staff, typed, message):
    assert refused(staff, "/medlemskaber/opret/", **member("Gribskov") | typed) == [message]
    assert Membership.objects.count() == 9


def test_a_municipality_joins_once(staff):
    assert refused(staff, "/medlemskaber/opret/", **member("Rødovre")) == [
        "Kommunen er allerede medlem af denne aftale."
    ]


def test_a_municipality_may_leave_on_the_day_it_joins(staff):
    send(staff, "/medlemskaber/opret/", **member("Gribskov", left_on="1.1.2022", continues="on"))
    membership = Membership.objects.get(municipality__name="Gribskov")
    assert (membership.joined_on, membership.left_on) == (date(2022, 1, 1), date(2022, 1, 1))
    assert membership.continues is True


def test_a_municipality_that_is_not_there_is_refused(staff):
    typed = member("Gribskov", municipality="99999")
    assert refused(staff, "/medlemskaber/opret/", **typed, forged=("municipality",)) == [f"Kommune: {NO_CHOICE}"]


@pytest.mark.parametrize("kind", ["council", "committee"])
def test_councils_and_committees_have_a_municipality(staff, kind):
    assert refused(staff, "/organer/opret/", kind=kind, name="Kulturudvalget") == [
        "Kommunalbestyrelser og udvalg hører til en kommune, aftalens egne organer gør ikke."
    ]


def test_the_agreements_own_bodies_have_no_municipality(staff):
    køge = str(municipality("Køge").pk)
    assert refused(staff, "/organer/opret/", kind="politicians", name="KMP i Køge", municipality=køge) == [
        "Kommunalbestyrelser og udvalg hører til en kommune, aftalens egne organer gør ikke."
    ]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"name": "KMK"}, "Kulturregionen har allerede et organ med det navn."),
        ({"status_interval_months": "0"}, "Der kan være fra 1 til 24 måneder imellem."),
        ({"status_interval_months": "25"}, "Der kan være fra 1 til 24 måneder imellem."),
        ({"kind": ""}, f"Art: {REQUIRED}"),
    ],
)
def test_what_is_wrong_with_a_body(staff, typed, message):
    assert refused(staff, "/organer/opret/", **{"kind": "other", "name": "Følgegruppen", **typed}) == [message]


def test_a_name_is_taken_in_one_municipality_and_free_in_the_next(staff):
    typed = {"kind": "committee", "name": "Kultur- og Fritidsudvalget"}
    rødovre, herlev = (str(municipality(name).pk) for name in ("Rødovre", "Herlev"))
    assert refused(staff, "/organer/opret/", **typed, municipality=rødovre) == [
        "Kommunen har allerede et organ med det navn."
    ]
    send(staff, "/organer/opret/", **typed, municipality=herlev)
    made = Body.objects.get(municipality__name="Herlev", name=typed["name"])
    assert str(made) == "Kultur- og Fritidsudvalget, Herlev"


def test_a_meeting_is_at_a_time_of_day_as_danes_write_it(staff):
    body = Body.objects.get(name="KMK")
    send(staff, "/moeder/opret/", body=str(body.pk), held_on="3/2-2021", starts_at="19.30", place="Huset i Herlev")
    meeting = Meeting.objects.get(body=body, held_on=date(2021, 2, 3))
    assert (meeting.held_on, meeting.starts_at, meeting.place) == (date(2021, 2, 3), time(19, 30), "Huset i Herlev")
    assert form_data(staff.get(f"/moeder/{meeting.pk}/rediger/"))["starts_at"] == "19.30"


def test_a_time_that_is_no_time_is_refused(staff):
    typed = {"body": str(Body.objects.get(name="KMK").pk), "held_on": "03-02-2021", "starts_at": "25.00"}
    assert refused(staff, "/moeder/opret/", **typed) == ["Klokkeslæt: Indtast en gyldig tid."]


def test_a_committee_takes_part_once_in_the_same_way(staff):
    meeting = Meeting.objects.get(held_on=date(2020, 11, 20))
    url = f"/moededeltagere/opret/?moede={meeting.pk}"
    committee = Body.objects.get(name="Kultur- og Fritidsudvalget")
    assert refused(staff, url, committee=str(committee.pk)) == ["Udvalget deltager allerede på den måde."]
    response = send(staff, url, committee=str(committee.pk), office="member")
    assert response.url == f"/moeder/{meeting.pk}/"
    assert list(meeting.delegates.values_list("office", flat=True)) == ["chair", "member"]


def test_only_committees_take_part_for_a_municipality(staff):
    url = f"/moededeltagere/opret/?moede={Meeting.objects.get(held_on=date(2020, 11, 20)).pk}"
    council = str(Body.objects.get(name="Kommunalbestyrelsen").pk)
    assert refused(staff, url, committee=council, forged=("committee",)) == [f"Udvalg: {NO_CHOICE}"]
    assert MeetingDelegate.objects.count() == 1


def test_a_mail_address_that_is_none_is_refused(staff):
    assert refused(staff, "/personer/opret/", name="Åse Østergård", email="åse-hos-herlev") == [
        "E-mail: Indtast en gyldig e-mail-adresse."
    ]
    assert not Person.objects.filter(name="Åse Østergård").exists()


@pytest.fixture
def elsewhere(db):
    """An agreement, a committee and a meeting of a culture region that the cast's staff have no part in."""
    region = CultureRegionFactory()
    committee = CommitteeFactory(culture_region=region)
    return {
        "culture_region": region,
        "agreement": AgreementFactory(culture_region=region),
        "committee": committee,
        "meeting": MeetingFactory(body=committee),
        "body": committee,
    }


@pytest.mark.parametrize(
    ("url", "field", "label", "typed"),
    [
        ("/aftaler/opret/", "culture_region", "Kulturregion", AGREEMENT),
        ("/personer/opret/", "culture_region", "Kulturregion", {"name": "Åse"}),
        ("/organer/opret/", "culture_region", "Kulturregion", {"kind": "other", "name": "Følgegruppen"}),
        ("/formaal/opret/", "agreement", "Aftale", {"text": "At snyde"}),
        ("/moeder/opret/", "body", "Organ", {"held_on": "03-02-2021"}),
        ("/moededeltagere/opret/", "committee", "Udvalg", {}),
        ("/moededeltagere/opret/", "meeting", "Møde", {}),
    ],
)
def test_what_belongs_to_another_region_is_neither_offered_nor_taken(staff, elsewhere, url, field, label, typed):
    forged = str(elsewhere[field].pk)
    page = staff.get(url)
    assert forged not in offered(page, field)
    response = staff.post(url, form_data(page) | typed | {field: forged})
    assert f"{label}: {NO_CHOICE}" in errors(response)


def test_staff_of_two_regions_may_not_mix_them(staff, cast, elsewhere):
    cast.staff.role_grants.create(culture_region=elsewhere["culture_region"], role="staff")
    typed = {
        "meeting": str(Meeting.objects.get(held_on=date(2020, 11, 20)).pk),
        "committee": str(elsewhere["committee"].pk),
    }
    url = f"/moededeltagere/opret/?moede={typed['meeting']}"
    assert refused(staff, url, **typed, forged=("committee",)) == [f"Udvalg: {NO_CHOICE}"]


def test_line_breaks_of_a_browser_are_no_change(staff):
    """Browsers send CR and LF; texts are kept with LF, so a text nobody touched is the same after saving."""
    agreement = the_agreement()
    Agreement.objects.filter(pk=agreement.pk).update(mission="Første linje\nanden linje")
    send(staff, f"/aftaler/{agreement.pk}/rediger/", vision="Ny")
    agreement.refresh_from_db()
    assert (agreement.mission, agreement.vision) == ("Første linje\nanden linje", "Ny")
