"""Contacts (B3): logged in seconds, listed, and the last one of each municipality."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from agreements.models import Membership, Person, Post
from outreach.actions import contacts as actions
from outreach.models import ContactNote, FollowUp, OnboardingCase
from tests.counting import queries
from tests.factories import (
    AgreementFactory,
    CultureRegionFactory,
    MembershipFactory,
    PersonFactory,
    kulturmetropolen,
    municipality,
)
from tests.factories.doing import StoryFactory
from tests.factories.governance import PostFactory
from tests.factories.outreach import ContactNoteFactory, FollowUpFactory, OnboardingCaseFactory
from tests.outreach.contacts import exported, key, nobody_has_called, overview_rows
from tests.pages import form_data, offered, parse, records, refused, send, text

NEW = "/kontakter/opret/"
REQUIRED = "Dette felt er påkrævet."
NO_DATE = "Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020."


@pytest.fixture
def nobody_called(db):
    nobody_has_called()


@pytest.fixture
def today():
    return timezone.localdate()


class TestLogging:
    def test_a_contact_takes_a_municipality_and_a_press(self, staff, cast, nobody_called, today):
        response = send(staff, f"{NEW}?kommune={key('Køge')}")
        note = ContactNote.objects.get()
        assert response.url == f"/kontakter/{note.pk}/"
        assert (note.municipality.name, note.contacted_on, note.kind, note.person, note.text, note.entered_by) == (
            "Køge",
            today,
            "phone",
            None,
            "",
            cast.staff,
        )
        assert (note.culture_region, FollowUp.objects.count()) == (kulturmetropolen(), 0)

    def test_what_is_to_follow_is_saved_with_it(self, staff, cast, nobody_called, today):
        frode = Person.objects.get(name="Frode Åkjær")
        send(
            staff,
            NEW,
            municipality=key("Køge"),
            contacted_on="3.11.2026",
            kind="meeting",
            person=str(frode.pk),
            text="Lokaler\r\nog penge",
            follow_up_text="Send tal",
            follow_up_due_on="1-12-2026",
            follow_up_owner=str(cast.admin.pk),
        )
        note = ContactNote.objects.get()
        assert (note.contacted_on, note.kind, note.person, note.text) == (
            date(2026, 11, 3),
            "meeting",
            frode,
            "Lokaler\nog penge",
        )
        follow_up = note.follow_ups.get()
        assert (
            follow_up.text,
            follow_up.due_on,
            follow_up.owner,
            follow_up.municipality,
            follow_up.culture_region,
        ) == (
            "Send tal",
            date(2026, 12, 1),
            cast.admin,
            note.municipality,
            note.culture_region,
        )
        page = text(parse(staff.get(f"/kontakter/{note.pk}/")))
        assert "Køge, 3. november 2026 Møde · Frode Åkjær" in page
        assert "Send tal" in page

    def test_neither_is_saved_without_the_other(self, cast, nobody_called, today):
        note = ContactNote(culture_region=kulturmetropolen(), municipality=municipality("Køge"), contacted_on=today)
        with pytest.raises(IntegrityError):
            actions.log_contact(note=note, user=cast.staff, to_do={"text": "Ring", "due_on": None, "owner": None})
        assert (ContactNote.objects.count(), FollowUp.objects.count()) == (0, 0)

    def test_it_proposes_today_fourteen_days_and_oneself(self, staff, cast, today):
        form = form_data(staff.get(NEW))
        assert (form["contacted_on"], form["follow_up_due_on"], form["follow_up_owner"]) == (
            f"{today:%d-%m-%Y}",
            f"{today + timedelta(days=14):%d-%m-%Y}",
            str(cast.staff.pk),
        )
        assert offered(staff.get(NEW), "kind") == ["phone", "mail", "meeting", "encounter"]
        assert set(offered(staff.get(NEW), "follow_up_owner")) == {"", str(cast.staff.pk), str(cast.admin.pk)}

    def test_a_person_brings_the_municipality_of_the_post(self, staff):
        head = PostFactory(kind="culture_head", body=None, municipality=municipality("Herlev")).person
        form = form_data(staff.get(f"{NEW}?person={head.pk}"))
        assert (form["person"], form["municipality"]) == (str(head.pk), key("Herlev"))
        chair = Post.objects.get(person__user__email="chair@cast.example").person
        assert form_data(staff.get(f"{NEW}?person={chair.pk}"))["municipality"] == key("Rødovre")
        form = form_data(staff.get(f"{NEW}?person={head.pk}&kommune={key('Køge')}"))
        assert form["municipality"] == key("Køge")
        assert form_data(staff.get(f"{NEW}?person={PersonFactory().pk}"))["municipality"] == ""

    def test_the_next_one_keeps_the_municipality_alone(self, staff, today):
        response = send(staff, NEW, municipality=key("Køge"), kind="mail", text="Om kor", ny="")
        assert response.url == f"{NEW}?kommune={key('Køge')}"
        form = form_data(staff.get(response.url))
        assert (form["municipality"], form["kind"], form["text"]) == (key("Køge"), "phone", "")

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"municipality": ""}, f"Kommune: {REQUIRED}"),
            ({"contacted_on": "31-02-2026"}, f"Dato: {NO_DATE}"),
            ({"contacted_on": "01-01-2999"}, "Dato: Den dag er ikke kommet endnu. En kontakt noteres bagefter."),
            ({"text": "Ø" * 2001}, "Om hvad: Teksten er på 2001 tegn; der er plads til 2000. Gør den kortere."),
            (
                {"follow_up_text": "Ø" * 301},
                "Hvad skal gøres: Teksten er på 301 tegn; der er plads til 300. Gør den kortere.",
            ),
            (
                {"follow_up_text": "Ring", "follow_up_due_on": ""},
                "Frist: Skriv, hvornår det skal være gjort.",
            ),
            ({"follow_up_due_on": "engang"}, f"Frist: {NO_DATE}"),
            (
                {"follow_up_due_on": "01-12-2030"},
                "Hvad skal gøres: Skriv, hvad der skal gøres, eller lad opfølgningen stå, som den var.",
            ),
        ],
    )
    def test_what_is_wrong(self, staff, nobody_called, values, message):
        assert refused(staff, NEW, **{"municipality": key("Køge")} | values) == [message]
        assert (ContactNote.objects.count(), FollowUp.objects.count()) == (0, 0)

    def test_what_was_never_offered(self, staff, cast, nobody_called):
        elsewhere = PersonFactory(culture_region=CultureRegionFactory())
        for name, value, label in [
            ("kind", "story", "Hvordan"),
            ("person", str(elsewhere.pk), "Med"),
            ("follow_up_owner", str(cast.outsider.pk), "Hvem gør det"),
        ]:
            data = {"municipality": key("Køge"), "follow_up_text": "Ring", name: value}
            (message,) = refused(staff, NEW, forged=(name,), **data)
            assert message.startswith(f"{label}: Marker en gyldig valgmulighed.")
        assert ContactNote.objects.count() == 0

    def test_work_goes_to_colleagues_of_the_same_region(self, log_in, cast):
        region = CultureRegionFactory()
        cast.staff.role_grants.create(culture_region=region, role="staff")
        values = {"culture_region": str(region.pk), "municipality": key("Køge"), "follow_up_text": "Ring"}
        message = "Hvem gør det: Personen arbejder ikke i kulturregionens sekretariat."
        assert refused(log_in(cast.staff), NEW, follow_up_owner=str(cast.admin.pk), **values) == [message]

    def test_a_sent_story_stays_one(self, staff):
        note = ContactNoteFactory(kind="story", story=StoryFactory())
        send(staff, f"/kontakter/{note.pk}/rediger/", kind="phone", text="Hun ringede og takkede")
        note.refresh_from_db()
        assert (note.kind, note.text) == ("story", "Hun ringede og takkede")

    def test_pages_lead_to_the_form(self, log_in, cast, staff):
        person = PersonFactory()
        for url, target in [
            ("/kommuner/0259/", f"{NEW}?kommune={key('Køge')}"),
            (f"/personer/{person.pk}/", f"{NEW}?person={person.pk}"),
        ]:
            assert target in [link.get("href") for link in parse(staff.get(url)).iter("a")]
            reader = [link.get("href") for link in parse(log_in(cast.chair).get(url)).iter("a")]
            assert [link for link in reader if link.startswith("/kontakter/")] == []


class TestList:
    @pytest.fixture(autouse=True)
    def notes(self, nobody_called):
        ContactNoteFactory(municipality=municipality("Køge"), contacted_on=date(2026, 11, 3), text="Om øvelokaler")
        ContactNoteFactory(municipality=municipality("Albertslund"), contacted_on=date(2026, 11, 5), kind="mail")
        ContactNoteFactory(
            municipality=municipality("Rødovre"),
            contacted_on=date(2026, 10, 1),
            kind="meeting",
            person=PersonFactory(name="Åse Østergård"),
        )

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["Albertslund", "Køge", "Rødovre"]),
            ("sorter=kommune", ["Albertslund", "Køge", "Rødovre"]),
            ("sorter=-kommune", ["Rødovre", "Køge", "Albertslund"]),
            ("sorter=dato", ["Rødovre", "Køge", "Albertslund"]),
            ("q=ØVELOKALER", ["Køge"]),
            ("q=åse", ["Rødovre"]),
            ("kommune=0259", ["Køge"]),
            ("hvordan=mail", ["Albertslund"]),
            ("fra=2-10-2026&til=3-11-2026", ["Køge"]),
        ],
    )
    def test_filters_and_order(self, staff, query, found):
        assert [each.partition(",")[0] for each in records(staff.get(f"/kontakter/?{query}"))] == found

    def test_export(self, staff):
        lines = exported(staff, "/kontakter/?kommune=0175&format=csv")
        assert lines == [
            "kulturregion;kommunekode;kommune;dato;hvordan;med;om;indtastet_af",
            "Kulturmetropolen;0175;Rødovre;01-10-2026;Møde;Åse Østergård;;",
        ]


class TestOverview:
    @pytest.fixture(autouse=True)
    def only_these(self, nobody_called, cast):
        OnboardingCase.objects.exclude(municipality__name__in=["Gribskov"]).exclude(stage="joined").update(
            stage="declined", stage_reason="Nej"
        )

    def test_the_one_that_has_waited_longest_comes_first(self, staff, today):
        for name, days in [("Køge", 0), ("Rødovre", 91), ("Herlev", 90), ("Gribskov", 1)]:
            ContactNoteFactory(municipality=municipality(name), contacted_on=today - timedelta(days=days), kind="mail")
        ContactNoteFactory(municipality=municipality("Køge"), contacted_on=today - timedelta(days=200))
        rows = overview_rows(staff)
        assert list(rows) == [
            *["Albertslund", "Furesø", "Halsnæs", "Helsingør", "Ishøj", "Roskilde"],
            *["Rødovre", "Herlev", "Gribskov", "Køge"],
        ]
        assert "medlem ● ingen kontakt noteret" in rows["Albertslund"]
        assert "e-mail ● for længe: 91 dage siden" in rows["Rødovre"]
        assert "e-mail ✓ 90 dage siden" in rows["Herlev"]
        assert "på vej ind" in rows["Gribskov"]
        assert "✓ 1 dag siden" in rows["Gribskov"]
        assert "✓ i dag" in rows["Køge"]

    def test_it_names_the_culture_head_or_says_that_there_is_none(self, staff, today):
        Post.objects.filter(kind="culture_head").exclude(person__user__isnull=False).delete()
        PostFactory(
            person=PersonFactory(name="Gammel Chef"),
            kind="culture_head",
            body=None,
            municipality=municipality("Køge"),
            ends_on=today - timedelta(days=1),
        )
        rows = overview_rows(staff)
        assert "culture_head" in rows["Rødovre"]
        assert "ingen kulturchef registreret Tilføj en" in rows["Køge"]
        links = [link.get("href") for link in parse(staff.get("/kontakter/kommuner/")).iter("a")]
        assert f"/poster/opret/?kommune={key('Køge')}" in links

    def test_the_next_follow_up_is_the_open_one_that_is_due_first(self, staff, today):
        for text_, days, done_on in [("Anden", 9, None), ("Første", -2, None), ("Gjort", -9, today)]:
            FollowUpFactory(
                municipality=municipality("Køge"),
                text=text_,
                due_on=today + timedelta(days=days),
                done_on=done_on,
            )
        row = overview_rows(staff)["Køge"]
        assert "Første ● 2 dage over" in row
        assert "Anden" not in row

    def test_each_region_has_its_own(self, log_in, cast, today):
        ContactNoteFactory(municipality=municipality("Køge"), contacted_on=today)
        agreement = AgreementFactory(culture_region=cast.outsider.role_grants.get().culture_region)
        MembershipFactory(agreement=agreement, municipality=municipality("Køge"))
        rows = overview_rows(log_in(cast.outsider))
        assert list(rows) == ["Køge"]
        assert "ingen kontakt noteret" in rows["Køge"]
        assert "ingen kulturchef registreret" in rows["Køge"]

    def test_without_members_it_says_so(self, log_in, cast):
        page = text(parse(log_in(cast.outsider).get("/kontakter/kommuner/")))
        assert "Der er hverken medlemmer eller kommuner på vej ind." in page

    def test_export(self, staff, today):
        Membership.objects.exclude(municipality__name="Køge").delete()
        OnboardingCase.objects.update(stage="declined", stage_reason="Nej")
        Post.objects.filter(kind="culture_head").delete()
        PostFactory(
            person=PersonFactory(name="=1+1"), kind="culture_head", body=None, municipality=municipality("Køge")
        )
        ContactNoteFactory(municipality=municipality("Køge"), contacted_on=today - timedelta(days=100))
        FollowUpFactory(municipality=municipality("Køge"), text="Ring", due_on=date(2026, 12, 1))
        header, line = exported(staff, "/kontakter/kommuner/?format=csv")
        assert header == (
            "kulturregion;kommunekode;kommune;medlem;seneste_kontakt;hvordan;dage_siden;over_90_dage;"
            "naeste_opfoelgning;frist;kulturchefer"
        )
        day = f"{today - timedelta(days=100):%d-%m-%Y}"
        assert line == f"Kulturmetropolen;0259;Køge;ja;{day};Telefon;100;ja;Ring;01-12-2026;'=1+1"
        assert staff.get("/kontakter/kommuner/?format=pdf").status_code == 404

    def test_many_municipalities_cost_no_more_queries_than_few(self, staff, today):
        few = queries(staff, "/kontakter/kommuner/")
        for name in ("Aabenraa", "Aalborg", "Aarhus", "Assens", "Billund"):
            place = municipality(name)
            MembershipFactory(municipality=place)
            PostFactory(kind="culture_head", body=None, municipality=place)
            for days in range(4):
                ContactNoteFactory(municipality=place, contacted_on=today - timedelta(days=days))
                FollowUpFactory(municipality=place, due_on=today + timedelta(days=days))
        OnboardingCaseFactory()
        assert queries(staff, "/kontakter/kommuner/") == few


def test_a_contact_is_found_by_the_search(staff, nobody_called):
    ContactNoteFactory(text="De spurgte til øvelokaler i kælderen")
    FollowUpFactory(text="Find øvelokaler")
    page = text(parse(staff.get("/soeg/?q=øvelokale")))
    assert "De spurgte til øvelokaler" in page
    assert "Find øvelokaler" in page
