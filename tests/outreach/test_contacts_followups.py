"""Follow-ups: made from what they come from, given to somebody, done with one press of a button."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from outreach.models import FollowUp
from tests.factories import CommitteeFactory, CultureRegionFactory, MeetingFactory, kulturmetropolen, municipality
from tests.factories.outreach import (
    ContactNoteFactory,
    EncounterFactory,
    FollowUpFactory,
    NetworkEventFactory,
    VisitFactory,
)
from tests.outreach.contacts import exported, key, nobody_has_called
from tests.pages import form_data, notices, offered, parse, records, refused, send, text

NEW = "/opfoelgninger/opret/"
NO_CHOICE = "Marker en gyldig valgmulighed."


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def follow_up(db) -> FollowUp:
    return FollowUpFactory(text="Send tal")


class TestForm:
    def test_it_is_saved_as_it_was_typed(self, staff, cast):
        response = send(
            staff, NEW, text="Ring", due_on="1-12-2026", owner=str(cast.admin.pk), municipality=key("Lejre")
        )
        made = FollowUp.objects.get(text="Ring")
        assert response.url == f"/opfoelgninger/{made.pk}/"
        assert (made.due_on, made.owner, made.municipality.name, made.culture_region, made.origin) == (
            date(2026, 12, 1),
            cast.admin,
            "Lejre",
            kulturmetropolen(),
            None,
        )

    def test_it_proposes_oneself_and_fourteen_days(self, staff, cast, today):
        form = form_data(staff.get(f"{NEW}?kommune={key('Køge')}"))
        assert (form["owner"], form["due_on"], form["municipality"]) == (
            str(cast.staff.pk),
            f"{today + timedelta(days=14):%d-%m-%Y}",
            key("Køge"),
        )
        assert set(offered(staff.get(NEW), "owner")) == {"", str(cast.staff.pk), str(cast.admin.pk)}

    @pytest.mark.parametrize(
        ("name", "field", "origin", "place", "words"),
        [
            ("besoeg", "visit", lambda: VisitFactory(host=municipality("Greve")), "Greve", "Besøg: "),
            (
                "kontakt",
                "contact",
                lambda: ContactNoteFactory(municipality=municipality("Lejre")),
                "Lejre",
                "Kontakt: ",
            ),
            (
                "moede",
                "meeting",
                lambda: MeetingFactory(body=CommitteeFactory(municipality=municipality("Herlev"))),
                "Herlev",
                "Møde: ",
            ),
            ("moede", "meeting", MeetingFactory, None, "Møde: "),
            ("samtale", "encounter", EncounterFactory, "Allerød", "Samtale: "),
        ],
    )
    def test_it_knows_what_it_comes_from(self, staff, name, field, origin, place, words):
        record = origin()
        url = f"{NEW}?{name}={record.pk}"
        assert f"Kommer fra {record}" in text(parse(staff.get(url)))
        response = send(staff, url, text="Ring til dem")
        assert response.url == record.get_absolute_url()
        made = FollowUp.objects.get(text="Ring til dem")
        assert (getattr(made, field), made.origin) == (record, record)
        assert (made.municipality and made.municipality.name) == place
        page = parse(staff.get(made.get_absolute_url()))
        assert f"Kommer fra {words}{record}" in text(page)
        assert record.get_absolute_url() in [link.get("href") for link in page.iter("a")]

    def test_not_from_another_region(self, staff):
        elsewhere = CultureRegionFactory()
        visit = VisitFactory(culture_region=elsewhere)
        encounter = EncounterFactory(event=NetworkEventFactory(culture_region=elsewhere))
        assert form_data(staff.get(f"{NEW}?besoeg={visit.pk}&samtale={encounter.pk}"))["visit"] == ""
        (message,) = refused(staff, NEW, forged=("visit",), text="Ring", visit=str(visit.pk))
        assert message.startswith(f"Besøg: {NO_CHOICE}")

    def test_not_from_two_things(self, staff):
        two = {"visit": str(VisitFactory().pk), "contact": str(ContactNoteFactory().pk)}
        assert refused(staff, NEW, text="Ring", **two) == ["En opfølgning kommer højst af én ting."]

    @pytest.mark.parametrize("query", ["besoeg=x", "moede=99999999999", "kommune=0259&kontakt=0"])
    def test_an_address_that_makes_no_sense_is_an_empty_form(self, staff, query):
        form = form_data(staff.get(f"{NEW}?{query}"))
        assert (form["visit"], form["meeting"], form["contact"]) == ("", "", "")

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"text": ""}, "Hvad skal gøres: Dette felt er påkrævet."),
            ({"text": "Ø" * 301}, "Hvad skal gøres: Teksten er på 301 tegn; der er plads til 300. Gør den kortere."),
            (
                {"due_on": "31-02-2027"},
                "Frist: Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020.",
            ),
        ],
    )
    def test_what_is_wrong(self, staff, values, message):
        assert refused(staff, NEW, **{"text": "Ring"} | values) == [message]

    def test_who_has_left_keeps_what_is_theirs_until_somebody_takes_it(self, staff, cast, follow_up):
        FollowUp.objects.filter(pk=follow_up.pk).update(owner=cast.nobody)
        assert send(staff, f"/opfoelgninger/{follow_up.pk}/rediger/", text="Send flere tal").status_code == 302
        follow_up.refresh_from_db()
        assert (follow_up.text, follow_up.owner) == ("Send flere tal", cast.nobody)

    def test_a_meeting_leads_here(self, staff, log_in, cast):
        meeting = MeetingFactory()
        link = f"{NEW}?moede={meeting.pk}"
        assert link in [each.get("href") for each in parse(staff.get(meeting.get_absolute_url())).iter("a")]
        reader = parse(log_in(cast.chair).get(meeting.get_absolute_url()))
        assert link not in [each.get("href") for each in reader.iter("a")]


class TestList:
    @pytest.fixture(autouse=True)
    def follow_ups(self, db, cast, today):
        nobody_has_called()
        day = timedelta(days=1)
        FollowUpFactory(text="Senere", due_on=today + 15 * day, owner=cast.admin)
        FollowUpFactory(text="Snart", due_on=today + 14 * day, municipality=municipality("Rødovre"))
        FollowUpFactory(text="I dag", due_on=today, owner=cast.staff)
        FollowUpFactory(text="For sent", due_on=today - day, owner=cast.staff)
        FollowUpFactory(text="Færdig", due_on=today - 9 * day, done_on=today - 2 * day, owner=cast.staff)
        FollowUpFactory(text="Færdig før", due_on=today - 5 * day, done_on=today - 3 * day)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["For sent", "I dag", "Snart", "Senere", "Færdig", "Færdig før"]),
            ("hvem=mine", ["For sent", "I dag", "Færdig"]),
            ("hvem=mine&status=aabne", ["For sent", "I dag"]),
            ("status=over", ["For sent"]),
            ("status=udfoert", ["Færdig", "Færdig før"]),
            ("kommune=0175", ["Snart"]),
            ("q=SENERE", ["Senere"]),
            ("sorter=-frist", ["Senere", "Snart", "I dag", "For sent", "Færdig før", "Færdig"]),
        ],
    )
    def test_filters_and_order(self, staff, query, found):
        assert records(staff.get(f"/opfoelgninger/?{query}")) == found

    def test_by_who_does_it(self, staff, cast):
        assert records(staff.get(f"/opfoelgninger/?ansvarlig={cast.admin.pk}")) == ["Senere"]
        assert str(cast.outsider.pk) not in offered(staff.get("/opfoelgninger/"), "ansvarlig")

    def test_each_says_how_it_stands(self, staff, today):
        rows = parse(staff.get("/opfoelgninger/")).iterfind(".//tbody/tr")
        states = [text(row.find("./td")).partition(" ")[2] for row in rows]
        assert states == [
            "● 1 dag over",
            "◐ i dag",
            "◐ om 14 dage",
            "○ om 15 dage",
            f"✓ udført {today - timedelta(days=2):%d-%m-%Y}",
            f"✓ udført {today - timedelta(days=3):%d-%m-%Y}",
        ]

    def test_export(self, staff, today):
        FollowUpFactory(text="=Ring", due_on=date(2099, 1, 2), contact=ContactNoteFactory())
        assert exported(staff, "/opfoelgninger/?format=csv&q=ring") == [
            "kulturregion;hvad;frist;status;udført;ansvarlig;kommunekode;kommune;kommer_af",
            "Kulturmetropolen;'=Ring;02-01-2099;Åben;;;0259;Køge;Køge, 3. november 2026",
        ]


class TestDone:
    def test_one_press_and_another_opens_it_again(self, staff, cast, follow_up, today):
        url = f"/opfoelgninger/{follow_up.pk}/"
        response = staff.post(f"{url}udfoert/", {"version": "1"}, follow=True)
        assert response.redirect_chain == [(url, 302)]
        assert notices(response) == ["“Send tal” er udført."]
        follow_up.refresh_from_db()
        assert (follow_up.done_on, follow_up.version, follow_up.history.latest().history_user) == (today, 2, cast.staff)
        response = staff.post(f"{url}genaabn/", {"version": "2"}, follow=True)
        assert notices(response) == ["“Send tal” er åben igen."]
        follow_up.refresh_from_db()
        assert (follow_up.done_on, follow_up.version) == (None, 3)

    @pytest.mark.parametrize("data", [{"version": "1"}, {"version": "2"}, {}, {"version": "x"}])
    def test_a_second_press_does_nothing_and_says_so(self, staff, follow_up, today, data):
        url = f"/opfoelgninger/{follow_up.pk}/udfoert/"
        staff.post(url, {"version": "1"})
        FollowUp.objects.filter(pk=follow_up.pk).update(done_on=today - timedelta(days=1))
        assert "En anden har ændret “Send tal” i mellemtiden. Se på den, og tag så stilling." in notices(
            staff.post(url, data, follow=True)
        )
        follow_up.refresh_from_db()
        assert (follow_up.done_on, follow_up.version) == (today - timedelta(days=1), 2)

    def test_not_on_top_of_what_somebody_else_has_saved(self, staff, follow_up):
        send(staff, f"/opfoelgninger/{follow_up.pk}/rediger/", text="Send andre tal")
        staff.post(f"/opfoelgninger/{follow_up.pk}/udfoert/", {"version": "1"})
        follow_up.refresh_from_db()
        assert (follow_up.done_on, follow_up.text) == (None, "Send andre tal")

    def test_who_edits_meanwhile_meets_a_conflict(self, staff, follow_up, today):
        url = f"/opfoelgninger/{follow_up.pk}/rediger/"
        mine = form_data(staff.get(url))
        staff.post(f"/opfoelgninger/{follow_up.pk}/udfoert/", {"version": "1"})
        assert staff.post(url, mine | {"text": "Send flere tal"}).status_code == 409
        follow_up.refresh_from_db()
        assert (follow_up.done_on, follow_up.text) == (today, "Send tal")

    @pytest.mark.parametrize(
        ("back", "target"),
        [
            ("/opfoelgninger/?hvem=mine", "/opfoelgninger/?hvem=mine"),
            ("https://ond.example/", None),
            ("//ond.example/", None),
            ("javascript:alert(1)", None),
        ],
    )
    def test_one_comes_back_to_the_list_and_nowhere_else(self, staff, follow_up, back, target):
        response = staff.post(f"/opfoelgninger/{follow_up.pk}/udfoert/", {"version": "1", "tilbage": back})
        assert response.url == (target or follow_up.get_absolute_url())

    def test_the_list_has_the_button(self, staff, follow_up):
        page = parse(staff.get("/opfoelgninger/?q=tal&sorter=frist"))
        forms = {form.get("action"): form for form in page.iter("form")}
        values = {
            each.get("name"): each.get("value")
            for each in forms[f"{follow_up.get_absolute_url()}udfoert/"].iter("input")
        }
        assert (values["version"], values["tilbage"]) == ("1", "/opfoelgninger/?q=tal&sorter=frist")


def test_the_calendar_has_the_open_ones_of_oneself(staff, cast, log_in, today):
    FollowUpFactory(text="Min egen", owner=cast.staff, due_on=today)
    FollowUpFactory(text="En andens", owner=cast.admin, due_on=today)
    FollowUpFactory(text="Gjort", owner=cast.staff, due_on=today, done_on=date(2026, 1, 1))
    page = text(parse(staff.get("/kalender/")))
    assert "Opfølgning: Min egen" in page
    assert "En andens" not in page
    assert "Opfølgning: Gjort" not in page
    FollowUp.objects.update(owner=cast.outsider)
    assert "Opfølgning" not in text(parse(log_in(cast.outsider).get("/kalender/")).find(".//main"))
