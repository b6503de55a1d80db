"""A1: an interested municipality comes in gate by gate; each step is dated, nothing skips the council, nobody loses."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from agreements.models import Agreement, Membership, RoleGrant
from outreach.models import GatePassage, OnboardingCase
from tests.factories import (
    AgreementFactory,
    CultureRegionFactory,
    MembershipFactory,
    PersonFactory,
    municipality,
    the_agreement,
)
from tests.factories.governance import DocumentFactory
from tests.factories.outreach import GatePassageFactory, OnboardingCaseFactory, VisitFactory
from tests.pages import errors, form_data, heading, notices, offered, parse, refused, send, text

GATES = ["identified", "contacted", "invited", "taking_part", "committee", "council", "joined"]
FIRST = date(2026, 9, 1)
REQUIRED = "Dette felt er påkrævet."
TO_COME = "Dagen er ikke kommet endnu. Skriv den dag, det skete."
BAD_DATE = "Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020."


@pytest.fixture
def admin(log_in, cast):
    return log_in(cast.admin)


def case_at(gate: str, **fields) -> OnboardingCase:
    """A case of Allerød that has passed each gate up to this one, a week apart, from 1 September 2026."""
    decided = {"council_decided_on": FIRST + timedelta(days=35), "council_case_number": "26/1000"}
    passed = GATES[: GATES.index(gate) + 1]
    fields = {"interested_on": FIRST, "stage": gate, **(decided if "council" in passed else {}), **fields}
    case = OnboardingCaseFactory(**fields)
    for week, each in enumerate(passed):
        GatePassageFactory(case=case, gate=each, passed_on=FIRST + timedelta(weeks=week))
    return case


def gate(case, name: str) -> str:
    return f"/indslusning/{case.pk}/port/{name}/"


def stage(case) -> str:
    case.refresh_from_db()
    return case.stage


# --- the beginning ----------------------------------------------------------------------------------------------------

NEW = "/indslusning/opret/"


def typed(**values):
    return {"municipality": str(municipality("Allerød").pk), "interested_on": "2-11-2026"} | values


def test_a_case_begins_with_its_first_gate(admin, cast):
    response = send(
        admin, NEW, **typed(invited_by="kmk", next_step="Ring", next_step_on="9-12-2026", decision_deadline="1-3-2027")
    )
    case = OnboardingCase.objects.get(municipality__name="Allerød")
    assert response.url == f"/indslusning/{case.pk}/"
    assert (case.agreement, case.stage, case.invited_by, case.owner) == (
        the_agreement(), "identified", "kmk", cast.admin,
    )  # fmt: skip
    (passage,) = case.passages.all()
    assert (passage.gate, passage.passed_on, passage.entered_by) == ("identified", date(2026, 11, 2), cast.admin)
    assert heading(admin.get(response.url)) == "Allerød"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"municipality": ""}, f"Kommune: {REQUIRED}"),
        ({"interested_on": ""}, f"Interesseret siden: {REQUIRED}"),
        ({"interested_on": "31-02-2026"}, f"Interesseret siden: {BAD_DATE}"),
        ({"interested_on": "1-1-2099"}, f"Interesseret siden: {TO_COME}"),
        ({"next_step_on": "9-12-2026"}, "Skriv, hvad næste skridt er, eller fjern datoen."),
        (
            {"decision_deadline": "1-11-2026"},
            "Kommunen beslutter sig senest: Kommunen kan ikke beslutte sig, før den er blevet interesseret.",
        ),
        ({"note": "Ø" * 20_001}, "Note: Teksten er på 20001 tegn; der er plads til 20000. Gør den kortere."),
    ],
)
def test_what_is_wrong_with_a_new_case(admin, values, message):
    before = OnboardingCase.objects.count()
    assert refused(admin, NEW, **typed(**values)) == [message]
    assert OnboardingCase.objects.count() == before


def test_a_member_cannot_have_a_case(admin):
    køge = str(municipality("Køge").pk)
    assert refused(admin, NEW, **typed(municipality=køge)) == ["Kommune: Køge er allerede medlem af aftalen."]
    Membership.objects.filter(municipality__name="Køge").update(left_on=date(2023, 1, 1))
    assert send(admin, NEW, **typed(municipality=køge)).status_code == 302


def test_a_municipality_has_one_case_at_a_time(admin):
    case = case_at("contacted")
    assert refused(admin, NEW, **typed()) == ["Kommunen er allerede i indslusning til denne aftale."]
    send(admin, f"/indslusning/{case.pk}/afslag/", reason="Ikke i år")
    assert send(admin, NEW, **typed()).status_code == 302


# --- the gates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(1, 7))
def test_each_gate_is_passed_from_the_one_before(admin, cast, number):
    case, name = case_at(GATES[number - 1]), GATES[number]
    document = DocumentFactory(title="Referat")
    extra = {"council_case_number": " 26/4711 "} if name == "council" else {}
    response = send(
        admin, gate(case, name), passed_on="20-11-2026", document=str(document.pk), note="Ja\r\ntak", **extra
    )
    assert response.url == f"/indslusning/{case.pk}/"
    assert stage(case) == name
    passage = case.passages.get(gate=name)
    assert (passage.passed_on, passage.document, passage.note, passage.entered_by) == (
        date(2026, 11, 20), document, "Ja\ntak", cast.admin,
    )  # fmt: skip
    if name == "council":
        assert (case.council_decided_on, case.council_case_number) == (date(2026, 11, 20), "26/4711")
    page = text(parse(admin.get(response.url)))
    assert "20. november 2026" in page
    assert "Referat" in page
    assert case.history.latest().history_user == cast.admin


def test_gates_may_be_skipped_and_the_page_says_which(admin):
    case = case_at("identified")
    send(admin, gate(case, "committee"), passed_on="1-10-2026")
    assert stage(case) == "committee"
    page = text(parse(admin.get(f"/indslusning/{case.pk}/")))
    assert page.count("sprunget over") == 3


@pytest.mark.parametrize("name", ["contacted", "invited"])
def test_gates_go_forward_only(admin, name):
    case = case_at("identified")
    send(admin, gate(case, "invited"), passed_on="1-10-2026")
    response = admin.get(gate(case, name), follow=True)
    assert notices(response)[-1] == "Sagen er nået forbi dette trin: Den står ved “Inviteret”."
    case.refresh_from_db()
    forced = admin.post(gate(case, name), {"version": case.version, "passed_on": "10-9-2026"})
    assert errors(forced) == ["Sagen er nået forbi dette trin: Den står ved “Inviteret”."]
    assert stage(case) == "invited"


def test_nobody_joins_without_the_councils_decision(admin):
    case = case_at("committee")
    told = "En kommune tilsluttes ved kommunalbestyrelsens beslutning med dato og sagsnummer. Registrér den først."
    assert notices(admin.get(gate(case, "joined"), follow=True)) == [told]
    forced = admin.post(gate(case, "joined"), {"version": case.version, "passed_on": "20-11-2026"})
    assert errors(forced) == [told]
    assert stage(case) == "committee"
    assert not Membership.objects.filter(municipality=case.municipality).exists()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"passed_on": ""}, f"Kommunalbestyrelsen besluttede det: {REQUIRED}"),
        ({"passed_on": "31-02-2026"}, f"Kommunalbestyrelsen besluttede det: {BAD_DATE}"),
        ({"passed_on": "1-1-2099"}, f"Kommunalbestyrelsen besluttede det: {TO_COME}"),
        (
            {"passed_on": "28-9-2026"},
            "Kommunalbestyrelsen besluttede det: Dagen ligger før “Udvalgets indstilling”, 29. september 2026.",
        ),
        (
            {"passed_on": "31-8-2026"},
            "Kommunalbestyrelsen besluttede det: Dagen ligger før “Interesseret”, 1. september 2026.",
        ),
        ({"council_case_number": ""}, f"Kommunalbestyrelsens sagsnummer: {REQUIRED}"),
        ({"council_case_number": "  "}, f"Kommunalbestyrelsens sagsnummer: {REQUIRED}"),
        (
            {"council_case_number": "1" * 41},
            "Kommunalbestyrelsens sagsnummer: Teksten er på 41 tegn; der er plads til 40. Gør den kortere.",
        ),
    ],
)
def test_what_is_wrong_with_a_gate(admin, values, message):
    case = case_at("committee")
    sent = {"passed_on": "1-11-2026", "council_case_number": "26/1", "note": "Enstemmigt"} | values
    data = form_data(admin.get(gate(case, "council"))) | sent
    response = admin.post(gate(case, "council"), data)
    assert errors(response) == [message]
    assert form_data(response)["note"] == "Enstemmigt"
    assert stage(case) == "committee"


def test_a_document_of_another_region_is_refused(admin, cast):
    case = case_at("identified")
    cast.admin.role_grants.create(culture_region=(region := CultureRegionFactory()), role="admin")
    foreign = DocumentFactory(culture_region=region)
    assert str(foreign.pk) not in offered(admin.get(gate(case, "contacted")), "document")
    data = form_data(admin.get(gate(case, "contacted"))) | {"document": str(foreign.pk)}
    assert errors(admin.post(gate(case, "contacted"), data))[0].startswith("Dokument: Marker en gyldig valgmulighed.")


def test_three_screens_take_one_to_a_registered_decision(admin):
    case = case_at("committee")
    page = parse(admin.get(f"/indslusning/{case.pk}/"))
    (button,) = [link for link in page.iter("a") if "btn-primary" in link.get("class", "")]
    assert text(button) == "Registrér kommunalbestyrelsens beslutning"
    response = send(admin, button.get("href"), passed_on="1-11-2026", council_case_number="26/4711")
    assert "sagsnummer 26/4711" in text(parse(admin.get(response.url)))


# --- joining ----------------------------------------------------------------------------------------------------------


def guest_of(case) -> RoleGrant:
    from tests.factories import UserFactory

    return RoleGrant.objects.create(
        user=UserFactory(), culture_region=case.region, role="guest", municipality=case.municipality
    )


def test_joining_makes_the_membership_and_ends_the_guests_access(admin, cast):
    case = case_at("council")
    own, other = guest_of(case), cast.guest.role_grants.get()
    response = send(admin, gate(case, "joined"), passed_on="20-11-2026", member_from="1-1-2027")
    membership = Membership.objects.get(agreement=case.agreement, municipality=case.municipality)
    assert (membership.joined_on, membership.council_decided_on, membership.council_case_number, membership.source) == (
        date(2027, 1, 1),
        date(2026, 10, 6),
        "26/1000",
        "Indslusning: kommunalbestyrelsens beslutning af 6. oktober 2026, sagsnummer 26/1000.",
    )
    assert not RoleGrant.objects.filter(pk=own.pk).exists()
    assert RoleGrant.objects.filter(pk=other.pk).exists()
    assert "Medlem fra 1. januar 2027" in text(parse(admin.get(response.url)))
    # a closed case moves no more
    for verb in ("afslag", "pause", "genoptag", "kontaktperson"):
        case.refresh_from_db()
        admin.post(f"/indslusning/{case.pk}/{verb}/", {"version": case.version, "reason": "Nej", "name": "N"})
        assert stage(case) == "joined"


def test_the_membership_begins_when_it_joins_unless_somebody_says_otherwise(admin):
    case = case_at("council")
    send(admin, gate(case, "joined"), passed_on="20-11-2026")
    assert Membership.objects.get(municipality=case.municipality).joined_on == date(2026, 11, 20)


def test_a_municipality_that_has_left_before_is_told_of(admin):
    case = case_at("council")
    old = MembershipFactory(municipality=case.municipality, left_on=date(2023, 1, 1))
    told = (
        "Allerød har været medlem af aftalen før, indtil 1. januar 2023, og en kommune har ét medlemskab af hver "
        "aftale. Fjern udtrædelsesdatoen på medlemskabet, og registrér derefter tilslutningen."
    )
    assert refused(admin, gate(case, "joined"), passed_on="20-11-2026", note="Velkommen") == [told]
    assert stage(case) == "council"
    send(admin, f"/medlemskaber/{old.pk}/rediger/", left_on="")
    send(admin, gate(case, "joined"), passed_on="20-11-2026")
    old.refresh_from_db()
    assert (stage(case), old.joined_on, old.council_case_number) == ("joined", date(2021, 1, 1), "26/1000")


# --- beside the way ---------------------------------------------------------------------------------------------------


def test_declining_asks_why_and_ends_the_guests_access(admin):
    case = case_at("taking_part")
    grant = guest_of(case)
    url = f"/indslusning/{case.pk}/afslag/"
    assert refused(admin, url, reason="") == [f"Begrundelse: {REQUIRED}"]
    assert errors(send(admin, url, reason="  ")) == [f"Begrundelse: {REQUIRED}"]
    send(admin, url, reason="Ikke råd")
    assert (stage(case), case.stage_reason) == ("declined", "Ikke råd")
    assert not RoleGrant.objects.filter(pk=grant.pk).exists()
    assert "Afslået: Ikke råd" in notices(admin.get(f"/indslusning/{case.pk}/"))
    assert notices(admin.get(gate(case, "committee"), follow=True))[0] == (
        "Allerød har sagt nej. Begynd en ny sag, hvis kommunen vender tilbage."
    )


def test_a_paused_case_rests_and_goes_on_where_it_was(admin):
    case = case_at("committee")
    grant = guest_of(case)
    send(admin, f"/indslusning/{case.pk}/pause/", reason="Nyt udvalg")
    assert (stage(case), case.stage_reason) == ("paused", "Nyt udvalg")
    assert RoleGrant.objects.filter(pk=grant.pk).exists()
    blocked = admin.post(
        gate(case, "council"), {"version": case.version, "passed_on": "1-11-2026", "council_case_number": "1"}
    )
    assert errors(blocked) == ["Sagen er sat på pause. Genoptag den først."]
    assert notices(admin.get(f"/indslusning/{case.pk}/pause/", follow=True))[0] == "Sagen er allerede sat på pause."
    send(admin, f"/indslusning/{case.pk}/genoptag/")
    assert (stage(case), case.stage_reason) == ("committee", "")
    assert notices(admin.get(f"/indslusning/{case.pk}/genoptag/", follow=True))[-1] == "Sagen er ikke sat på pause."


def test_a_paused_case_can_be_declined(admin):
    case = case_at("contacted", stage="paused", stage_reason="Nyt udvalg")
    send(admin, f"/indslusning/{case.pk}/afslag/", reason="Udvalget vil ikke")
    assert (stage(case), case.stage_reason) == ("declined", "Udvalget vil ikke")


# --- two at once, one after the other ---------------------------------------------------------------------------------


def test_whoever_is_late_is_told_what_has_happened_and_loses_nothing(admin, cast, log_in):
    case = case_at("committee")
    cast.staff.role_grants.update(role="admin")
    other = log_in(cast.staff)
    url = gate(case, "council")
    opened = form_data(other.get(url)) | {"passed_on": "1-11-2026", "council_case_number": "26/1", "note": "Min note"}
    send(admin, url, passed_on="2-11-2026", council_case_number="26/2")
    response = other.post(url, opened)
    assert response.status_code == 409
    (told,) = [each for each in notices(response) if "imens" in each]
    assert told.startswith("admin har arbejdet på sagen imens")
    assert "Den står nu ved “Kommunalbestyrelsens beslutning”." in told
    assert "Sagen er nået forbi dette trin" in told
    kept = form_data(response)
    assert {name: kept[name] for name in ("passed_on", "council_case_number", "note")} == {
        "passed_on": "1-11-2026", "council_case_number": "26/1", "note": "Min note",
    }  # fmt: skip
    case.refresh_from_db()
    assert (case.council_case_number, case.passages.count()) == ("26/2", 6)


@pytest.mark.parametrize("verb", ["afslag", "pause"])
def test_a_case_that_was_edited_meanwhile_is_moved_by_pressing_once_more(admin, verb):
    case = case_at("contacted")
    url = f"/indslusning/{case.pk}/{verb}/"
    opened = form_data(admin.get(url)) | {"reason": "Nyt udvalg"}
    send(admin, f"/indslusning/{case.pk}/rediger/", next_step="Ring")
    response = admin.post(url, opened)
    assert (response.status_code, stage(case)) == (409, "contacted")
    assert admin.post(url, form_data(response)).status_code == 302
    assert stage(case) in ("declined", "paused")


def test_the_form_of_a_case_meets_what_another_has_saved(admin):
    case = case_at("contacted")
    url = f"/indslusning/{case.pk}/rediger/"
    opened = form_data(admin.get(url)) | {"next_step": "Skriv"}
    send(admin, url, next_step="Ring")
    response = admin.post(url, opened)
    assert response.status_code == 409
    assert form_data(response)["next_step"] == "Skriv"


# --- corrections ------------------------------------------------------------------------------------------------------


def correct(client, case, name: str, **values):
    passage = case.passages.get(gate=name)
    return f"/indslusning/porte/{passage.pk}/rediger/", values


def test_a_corrected_decision_reaches_the_case_and_the_membership(admin):
    case = case_at("council")
    send(admin, gate(case, "joined"), passed_on="20-11-2026")
    url, _values = correct(admin, case, "council")
    send(admin, url, passed_on="7-10-2026", council_case_number="26/1001")
    case.refresh_from_db()
    membership = Membership.objects.get(municipality=case.municipality)
    for record in (case, membership):
        assert (record.council_decided_on, record.council_case_number) == (date(2026, 10, 7), "26/1001")


@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("7-9-2026", "Dagen ligger før “Kontaktet”, 8. september 2026."),
        ("23-9-2026", "Dagen ligger efter “Deltager”, 22. september 2026."),
        ("1-1-2099", TO_COME),
        ("", REQUIRED),
    ],
)
def test_a_gate_stays_between_its_neighbours(admin, day, message):
    case = case_at("taking_part")
    url, _values = correct(admin, case, "invited")
    found = refused(admin, url, passed_on=day)
    assert f"Inviteret den: {message}" in found


def test_two_corrections_at_once_are_both_shown(admin):
    case = case_at("council")
    url, _values = correct(admin, case, "council")
    opened = form_data(admin.get(url)) | {"council_case_number": "26/1", "note": "Min"}
    send(admin, url, council_case_number="26/2", note="Deres")
    response = admin.post(url, opened)
    assert response.status_code == 409
    assert (form_data(response)["council_case_number"], form_data(response)["note"]) == ("26/1", "Min")
    case.refresh_from_db()
    assert case.council_case_number == "26/2"


def test_the_history_cannot_take_a_stage_back(admin):
    case = case_at("committee")
    send(admin, gate(case, "council"), passed_on="1-11-2026", council_case_number="26/1")
    first = case.history.earliest()
    case.refresh_from_db()
    response = admin.post(f"/indslusning/{case.pk}/historik/{first.pk}/", {"version": str(case.version)})
    assert response.status_code == 409
    assert "Trinnet følger af det, der er registreret undervejs" in text(parse(response))
    assert stage(case) == "council"


def test_the_day_of_interest_stays_before_the_gates(admin):
    case = case_at("contacted")
    assert refused(admin, f"/indslusning/{case.pk}/rediger/", interested_on="2-9-2026") == [
        "Interesseret siden: Trinnet “Interesseret” er allerede registreret 1. september 2026."
    ]


def test_a_deadline_lies_after_the_visits(admin):
    case = case_at("contacted")
    VisitFactory(held_on=date(2026, 12, 10))
    (message,) = refused(admin, f"/indslusning/{case.pk}/rediger/", decision_deadline="10-12-2026")
    assert "10. december 2026" in message


# --- who --------------------------------------------------------------------------------------------------------------


def test_staff_read_the_case_and_find_no_way_to_write(staff):
    case = case_at("taking_part")
    for url in ("/indslusning/", f"/indslusning/{case.pk}/"):
        page = parse(staff.get(url))
        links = {link.get("href") for link in page.iter("a")}
        written = ("opret/", "rediger/", "slettede/", "afslag/", "pause/", "council/", "committee/", "kontaktperson/")
        assert [link for link in links if "indslusning" in link and link.split("?")[0].endswith(written)] == []
        assert [button for button in page.iter("button") if button.get("name") == "svar"] == []


def test_admins_of_one_region_who_are_staff_of_another_begin_cases_where_they_are_admins(admin, cast):
    other = AgreementFactory(culture_region=CultureRegionFactory(), name="Andens aftale")
    cast.admin.role_grants.create(culture_region=other.culture_region, role="staff")
    assert str(other.pk) not in offered(admin.get(NEW), "agreement")
    case = OnboardingCaseFactory(agreement=other)
    assert admin.get(f"/indslusning/{case.pk}/").status_code == 200
    assert admin.get(f"/indslusning/{case.pk}/rediger/").status_code == 403
    assert admin.post(gate(case, "contacted"), {}).status_code == 403


def test_work_is_given_to_the_regions_own_people(admin, cast):
    case = case_at("contacted")
    assert set(offered(admin.get(f"/indslusning/{case.pk}/rediger/"), "owner")) == {
        "", str(cast.admin.pk), str(cast.staff.pk),
    }  # fmt: skip


def test_contact_persons_offered_hold_no_post_elsewhere(admin):
    from tests.factories.governance import PostFactory

    case = case_at("contacted")
    free, ours = PersonFactory(), PersonFactory()
    PostFactory(person=ours, body=None, municipality=case.municipality, kind="culture_head")
    theirs = PostFactory(body=None, municipality=municipality("Køge"), kind="culture_head").person
    found = offered(admin.get(f"/indslusning/{case.pk}/rediger/"), "contacts")
    assert {str(free.pk), str(ours.pk)} <= set(found)
    assert str(theirs.pk) not in found


def test_a_new_contact_person_is_added_in_one_step(admin):
    case = case_at("contacted")
    url = f"/indslusning/{case.pk}/kontaktperson/"
    assert refused(admin, url, name="", email="lone") == [
        f"Navn: {REQUIRED}", "E-mail: Indtast en gyldig e-mail-adresse.",
    ]  # fmt: skip
    send(admin, url, name="Lone Blovstrød", email="lone@alleroed.example")
    send(admin, url, name="L. Blovstrød", email="LONE@alleroed.example")
    (person,) = case.contacts.all()
    assert (person.name, person.culture_region) == ("Lone Blovstrød", case.region)


def test_an_agreement_keeps_its_cases(admin):
    case = case_at("contacted")
    assert admin.post(f"/aftaler/{case.agreement_id}/slet/").status_code in (403, 409)
    assert Agreement.objects.filter(pk=case.agreement_id).exists()
    assert admin.post(f"/indslusning/{case.pk}/slet/").status_code == 409
    assert GatePassage.objects.filter(case=case).count() == 2


def test_dates_are_todays_in_copenhagen(admin):
    case = case_at("identified")
    assert form_data(admin.get(gate(case, "contacted")))["passed_on"] == timezone.localdate().strftime("%d-%m-%Y")
