"""Networks (A3): who goes where, whom they met, and what an encounter becomes with one press of a button."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from agreements.models import Agreement
from outreach.actions import contacts as actions
from outreach.models import ContactNote, Encounter, FollowUp, NetworkEvent, OnboardingCase
from tests.counting import queries
from tests.emptying import empty
from tests.factories import CultureRegionFactory, PersonFactory, kulturmetropolen, municipality, the_agreement
from tests.factories.outreach import ContactNoteFactory, EncounterFactory, FollowUpFactory, NetworkEventFactory
from tests.initiatives.test_races import at_once
from tests.outreach.contacts import exported, key
from tests.pages import form_data, notices, offered, parse, records, refused, send, text

NEW = "/netvaerk/opret/"
MET = "/netvaerk/samtaler/opret/"
REQUIRED = "Dette felt er påkrævet."


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def admin(log_in, cast):
    return log_in(cast.admin)


@pytest.fixture
def encounter(db) -> Encounter:
    return EncounterFactory(
        event=NetworkEventFactory(name="Kulturmødet", starts_on=date(2025, 8, 21)),
        whom="Udvalgsformanden",
        text="Vil vide mere",
    )


class TestEvents:
    def test_an_event_is_saved_as_it_was_typed(self, staff):
        people = [PersonFactory(name="Åse"), PersonFactory(name="Bo")]
        response = send(
            staff,
            NEW,
            name="Folkemødet 2027",
            starts_on="17-6-2027",
            ends_on="19-6-2027",
            place="Allinge",
            participants=[str(each.pk) for each in people],
            note="Et telt",
        )
        event = NetworkEvent.objects.get(name="Folkemødet 2027")
        assert response.url == f"/netvaerk/{event.pk}/"
        assert (event.culture_region, event.starts_on, event.ends_on, event.place, event.note) == (
            kulturmetropolen(),
            date(2027, 6, 17),
            date(2027, 6, 19),
            "Allinge",
            "Et telt",
        )
        page = text(parse(staff.get(response.url)))
        assert "17. juni 2027 – 19. juni 2027, Allinge" in page
        assert "Hvem tager med Bo Åse" in page

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"name": ""}, f"Navn: {REQUIRED}"),
            ({"name": "Ø" * 151}, "Navn: Teksten er på 151 tegn; der er plads til 150. Gør den kortere."),
            ({"ends_on": "10-06-2027"}, "Arrangementet slutter, før det begynder. Se de to datoer efter."),
            (
                {"starts_on": "31-02-2027"},
                "Fra: Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020.",
            ),
            (
                {"name": "Folkemødet 2026", "starts_on": "11-06-2026"},
                "Der er allerede et arrangement med det navn den dag.",
            ),
        ],
    )
    def test_what_is_wrong(self, staff, values, message):
        before = NetworkEvent.objects.count()
        assert refused(staff, NEW, **{"name": "Messe", "starts_on": "11-06-2027"} | values) == [message]
        assert NetworkEvent.objects.count() == before

    def test_people_of_another_region_do_not_go(self, staff):
        person = PersonFactory(culture_region=CultureRegionFactory())
        assert str(person.pk) not in offered(staff.get(NEW), "participants")

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["Om lidt", "Kultur", "Gammel"]),
            ("sorter=navn", ["Gammel", "Kultur", "Om lidt"]),
            ("sorter=-samtaler", ["Kultur", "Om lidt", "Gammel"]),
            ("tid=kommende", ["Om lidt", "Kultur"]),
            ("tid=tidligere", ["Gammel"]),
            ("q=åse", ["Kultur"]),
            ("q=formanden", ["Kultur"]),
        ],
    )
    def test_list(self, staff, today, query, found):
        empty(FollowUp, ContactNote, Encounter, NetworkEvent)
        goes_on = NetworkEventFactory(name="Kultur", starts_on=today - timedelta(days=1), ends_on=today)
        NetworkEventFactory(name="Om lidt", starts_on=today + timedelta(days=9))
        NetworkEventFactory(name="Gammel", starts_on=today - timedelta(days=2))
        goes_on.participants.add(PersonFactory(name="Åse Ø"), PersonFactory(name="Åse Å"))
        EncounterFactory(event=goes_on, whom="Formanden")
        EncounterFactory(event=goes_on, whom="Næstformanden")
        assert records(staff.get(f"/netvaerk/?{query}")) == found

    def test_export(self, staff):
        event = EncounterFactory(event__name="Messe", event__starts_on=date(2026, 5, 1)).event
        event.participants.add(PersonFactory(name="Åse"), PersonFactory(name="Bo"))
        assert exported(staff, "/netvaerk/?format=csv&q=messe") == [
            "kulturregion;navn;fra;til;sted;hvem_tager_med;samtaler;note",
            "Kulturmetropolen;Messe;01-05-2026;;;Bo | Åse;1;",
        ]

    def test_the_page_costs_the_same_for_many_encounters(self, staff, encounter):
        def become_all(each):
            ContactNoteFactory(encounter=each, kind="encounter")
            FollowUpFactory(encounter=each)

        become_all(encounter)
        url = f"/netvaerk/{encounter.event_id}/"
        one = queries(staff, url)
        for _n in range(10):
            become_all(EncounterFactory(event=encounter.event))
        assert queries(staff, url) == one


class TestEncounters:
    def test_one_after_the_other_on_the_same_event(self, staff, encounter):
        url = f"{MET}?begivenhed={encounter.event_id}"
        response = send(staff, url, municipality=key("Lejre"), whom="Kulturchefen", text="Øvelokaler", ny="")
        assert response.url == url
        form = form_data(staff.get(url))
        assert (form["event"], form["municipality"], form["whom"]) == (str(encounter.event_id), "", "")
        response = send(staff, url, municipality=key("Greve"), whom="Formanden")
        last = Encounter.objects.get(whom="Formanden", event=encounter.event)
        assert response.url == f"/netvaerk/{encounter.event_id}/#encounter-{last.pk}"
        page = text(parse(staff.get(response.url)))
        assert "Kulturchefen, Lejre Øvelokaler" in page

    def test_what_is_wrong(self, staff, encounter):
        url = f"{MET}?begivenhed={encounter.event_id}"
        assert refused(staff, url, municipality="", whom="") == [f"Kommune: {REQUIRED}", f"Hvem: {REQUIRED}"]

    def test_not_at_an_event_of_another_region(self, staff):
        event = NetworkEventFactory(culture_region=CultureRegionFactory())
        assert str(event.pk) not in offered(staff.get(f"{MET}?begivenhed={event.pk}"), "event")


def press(client, encounter, what) -> list[str]:
    response = client.post(f"/netvaerk/samtaler/{encounter.pk}/{what}/", follow=True)
    assert response.redirect_chain == [(encounter.get_absolute_url(), 302)]
    return notices(response)


AGAIN = "Det er allerede gjort. Intet bliver gjort to gange."


class TestWhatAnEncounterBecomes:
    def test_a_contact(self, staff, cast, encounter):
        assert press(staff, encounter, "kontakt") == ["Kontakten “Allerød, 21. august 2025” er noteret."]
        note = ContactNote.objects.get(encounter=encounter)
        assert (note.municipality, note.contacted_on, note.kind, note.text, note.entered_by, note.culture_region) == (
            encounter.municipality,
            date(2025, 8, 21),
            "encounter",
            "Udvalgsformanden, Kulturmødet\nVil vide mere",
            cast.staff,
            kulturmetropolen(),
        )
        assert press(staff, encounter, "kontakt") == [AGAIN]
        assert ContactNote.objects.filter(encounter=encounter).count() == 1
        page = parse(staff.get(f"/netvaerk/{encounter.event_id}/"))
        assert "Blev til en kontakt: Allerød, 21. august 2025" in text(page)
        assert note.get_absolute_url() in [link.get("href") for link in page.iter("a")]

    def test_a_contact_never_lies_in_the_future_nor_grows_too_long(self, staff, today):
        encounter = EncounterFactory(event__starts_on=today + timedelta(days=9), whom="A" * 150, text="Ø" * 2000)
        press(staff, encounter, "kontakt")
        note = ContactNote.objects.get(encounter=encounter)
        assert (note.contacted_on, len(note.text), note.text[-1]) == (today, 2000, "…")
        note.full_clean()

    def test_a_follow_up(self, staff, cast, encounter, today):
        assert press(staff, encounter, "opfoelgning") == [
            "Opfølgningen “Følg op på samtalen med Udvalgsformanden” er oprettet. Du kan ændre tekst, frist og "
            "hvem der gør det."
        ]
        follow_up = FollowUp.objects.get(encounter=encounter)
        assert (follow_up.text, follow_up.due_on, follow_up.owner, follow_up.municipality) == (
            "Følg op på samtalen med Udvalgsformanden",
            today + timedelta(days=14),
            cast.staff,
            encounter.municipality,
        )
        assert press(staff, encounter, "opfoelgning") == [AGAIN]
        assert FollowUp.objects.filter(encounter=encounter).count() == 1
        page = text(parse(staff.get(f"/netvaerk/{encounter.event_id}/")))
        assert "Blev til en opfølgning: Følg op på samtalen med Udvalgsformanden ◐ om 14 dage" in page

    def test_an_onboarding_case(self, admin, cast, encounter):
        assert press(admin, encounter, "indslusning") == [
            "Indslusningen “Allerød, Kulturmetropolen 2021-2024” er begyndt."
        ]
        case = OnboardingCase.objects.get(encounter=encounter)
        assert (case.agreement, case.municipality, case.interested_on, case.owner, case.stage) == (
            the_agreement(),
            encounter.municipality,
            date(2025, 8, 21),
            cast.admin,
            "identified",
        )
        assert press(admin, encounter, "indslusning") == [AGAIN]
        assert OnboardingCase.objects.filter(encounter=encounter).count() == 1
        page = text(parse(admin.get(f"/netvaerk/{encounter.event_id}/")))
        assert "Blev til en indslusning: Allerød, interesseret" in page

    def test_staff_begin_no_onboarding(self, staff, encounter):
        assert staff.post(f"/netvaerk/samtaler/{encounter.pk}/indslusning/").status_code == 403
        assert "Begynd indslusning" not in text(parse(staff.get(f"/netvaerk/{encounter.event_id}/")))
        assert not OnboardingCase.objects.filter(encounter=encounter).exists()

    @pytest.mark.parametrize(
        ("place", "message"),
        [
            ("Køge", "Køge er allerede medlem af aftalen."),
            ("Gribskov", "Kommunen er allerede i indslusning til denne aftale."),
        ],
    )
    def test_no_onboarding_of_a_member_or_of_one_on_its_way(self, admin, encounter, place, message):
        Encounter.objects.filter(pk=encounter.pk).update(municipality=municipality(place))
        before = OnboardingCase.objects.count()
        (said,) = press(admin, encounter, "indslusning")
        assert (said, OnboardingCase.objects.count()) == (message, before)

    def test_no_onboarding_into_nothing(self, admin, encounter):
        Agreement.objects.update(status="ended")
        assert press(admin, encounter, "indslusning") == [
            "Der er ingen aftale, som en kommune kunne komme ind i. Opret den først."
        ]

    def test_what_has_become_something_is_not_deleted(self, staff, encounter):
        press(staff, encounter, "kontakt")
        response = staff.post(f"/netvaerk/samtaler/{encounter.pk}/slet/")
        assert response.status_code == 409
        assert "kontakt “Allerød, 21. august 2025”" in text(parse(response))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", [actions.make_contact_note, actions.make_follow_up])
def test_of_two_who_press_at_once_one_does(cast, verb):
    encounter = EncounterFactory()
    made = at_once(*[lambda user=user: verb(encounter=encounter, user=user) for user in (cast.staff, cast.admin)])
    assert sorted(each is None for each in made) == [False, True]
