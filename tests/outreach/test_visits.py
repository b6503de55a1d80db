"""Tour-de-Kommune: visits, their way from planned to held, their list, and what they ask for."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from outreach.models import Ambassador, FollowUp, Visit
from outreach.todo.visits import todos
from tests.counting import queries
from tests.emptying import empty
from tests.factories import (
    CommitteeFactory,
    CultureRegionFactory,
    PersonFactory,
    municipality,
)
from tests.factories.outreach import AmbassadorFactory, FollowUpFactory, VisitFactory
from tests.pages import all_of_class, errors, form_data, notices, offered, parse, records, refused, send, text

NEW = "/besoeg/opret/"
REQUIRED = "Dette felt er påkrævet."


@pytest.fixture(autouse=True)
def no_visits(cast):
    empty(Ambassador)
    FollowUp.objects.filter(visit__isnull=False).delete()
    empty(Visit)


def typed(**values):
    return {"host": str(municipality("Allerød").pk), "held_on": "10-12-2026"} | values


def buttons(response) -> list[str]:
    """What can be done with the visit, from left to right."""
    (panel,) = all_of_class(parse(response), "way-head")
    (actions,) = all_of_class(panel, "actions")
    return [text(each) for each in actions.iter() if each.tag in {"a", "button"}]


# --- the form ---------------------------------------------------------------------------------------------------------


def test_a_visit_is_saved_as_it_was_typed(staff):
    committee = CommitteeFactory(name="Kulturudvalget", municipality=municipality("Allerød"))
    response = send(
        staff,
        NEW,
        **typed(
            body=str(committee.pk),
            starts_at="16.30",
            place="Rådhuset",
            secretariat_supports="on",
            talking_points="- Første\r\n- Anden",
        ),
    )
    visit = Visit.objects.get()
    assert response.url == f"/besoeg/{visit.pk}/"
    assert (visit.host.name, visit.body, visit.held_on, visit.starts_at, visit.place, visit.status) == (
        "Allerød", committee, date(2026, 12, 10), time(16, 30), "Rådhuset", "planned",
    )  # fmt: skip
    assert (visit.secretariat_supports, visit.talking_points) == (True, "- Første\n- Anden")
    page = text(parse(staff.get(response.url)))
    assert "Besøg i Allerød Torsdag 10. december 2026, 16.30 · Rådhuset" in page
    assert "25.637" in page  # the inhabitants of the register
    assert "Sekretariatet tager med" in page


def test_it_starts_with_the_municipality_of_the_address(staff):
    host = municipality("Dragør")
    assert form_data(staff.get(f"{NEW}?kommune={host.pk}"))["host"] == str(host.pk)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"host": ""}, f"Værtskommune: {REQUIRED}"),
        ({"held_on": ""}, f"Dato: {REQUIRED}"),
        (
            {"held_on": "31-02-2026"},
            "Dato: Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020.",
        ),
        ({"starts_at": "25.00"}, "Klokkeslæt: Indtast en gyldig tid."),
        ({"place": "Ø" * 151}, "Sted: Teksten er på 151 tegn; der er plads til 150. Gør den kortere."),
    ],
)
def test_what_is_wrong_with_a_visit(staff, values, message):
    assert refused(staff, NEW, **typed(**values)) == [message]
    assert not Visit.objects.exists()


def test_the_committee_is_of_the_host(staff):
    elsewhere = CommitteeFactory(municipality=municipality("Køge"))
    assert refused(staff, NEW, **typed(body=str(elsewhere.pk))) == [
        "Udvalg eller kommunalbestyrelse: Det er ikke et udvalg i værtskommunen eller dens kommunalbestyrelse."
    ]


def test_nothing_of_another_region_is_offered(staff):
    body = CommitteeFactory(culture_region=CultureRegionFactory(), municipality=municipality("Allerød"))
    visit = VisitFactory(culture_region=body.culture_region)
    person = PersonFactory(culture_region=body.culture_region)
    assert str(body.pk) not in offered(staff.get(NEW), "body")
    assert str(visit.pk) not in offered(staff.get("/ambassadoerer/opret/"), "visit")
    url = f"/ambassadoerer/{AmbassadorFactory().pk}/rediger/"
    assert str(person.pk) not in offered(staff.get(url), "person")
    assert refused(staff, url, forged=("person",), person=str(person.pk))[0].startswith("Person: Marker en gyldig")


# --- the way of a visit -----------------------------------------------------------------------------------------------


def take(client, visit, step: str, version: int | None = None):
    data = {"skridt": step, "version": str(version or Visit.objects.get(pk=visit.pk).version)}
    return client.post(f"/besoeg/{visit.pk}/skridt/", data, follow=True)


def test_a_visit_goes_from_planned_to_held(staff, cast):
    visit = VisitFactory(held_on=timezone.localdate())
    url = visit.get_absolute_url()
    assert buttons(staff.get(url)) == ["Marker som tilbudt", "Bekræft", "Aflys besøget"]
    assert notices(take(staff, visit, "tilbyd")) == [f"“{visit}” er nu tilbudt."]
    assert buttons(staff.get(url)) == ["Bekræft", "Aflys besøget"]
    assert notices(take(staff, visit, "bekraeft")) == [f"“{visit}” er nu bekræftet."]
    assert buttons(staff.get(url)) == ["Marker som afholdt", "Aflys besøget"]
    assert notices(take(staff, visit, "afholdt")) == [f"“{visit}” er nu afholdt."]
    assert buttons(staff.get(url)) == []
    assert list(visit.history.order_by("history_id").values_list("status", "version", "history_user")) == [
        ("planned", 1, None),
        ("offered", 2, cast.staff.pk),
        ("confirmed", 3, cast.staff.pk),
        ("held", 4, cast.staff.pk),
    ]
    assert "Det har ingen skrevet endnu." in text(parse(staff.get(url)))


def test_who_gave_it_its_status_and_when_is_told(staff):
    visit = VisitFactory()
    take(staff, visit, "bekraeft")
    send(staff, f"{visit.get_absolute_url()}rediger/", place="Et andet sted")
    row = visit.history.filter(status="confirmed").order_by("history_id").first()
    page = text(parse(staff.get(visit.get_absolute_url())))
    assert f"Bekræftet: {date_format(timezone.localtime(row.history_date), 'DATETIME_FORMAT')}, staff" in page


@pytest.mark.parametrize(
    ("status", "step", "message"),
    [
        ("offered", "tilbyd", "Et besøg, der er tilbudt, kan ikke tage dette skridt."),
        ("confirmed", "bekraeft", "Et besøg, der er bekræftet, kan ikke tage dette skridt."),
        ("planned", "afholdt", "Et besøg, der er planlagt, kan ikke tage dette skridt."),
        ("held", "bekraeft", "Et besøg, der er afholdt, kan ikke tage dette skridt."),
        ("cancelled", "bekraeft", "Et besøg, der er aflyst, kan ikke tage dette skridt."),
        ("planned", "flyv", "Vælg, hvad der skal ske med besøget."),
        ("planned", "aflys", "Vælg, hvad der skal ske med besøget."),  # without a reason
    ],
)
def test_a_step_that_is_not_allowed_is_refused(staff, status, step, message):
    visit = VisitFactory(status=status, status_reason="Sne", held_on=timezone.localdate())
    assert notices(take(staff, visit, step)) == [message]
    assert Visit.objects.get().status == status


def test_what_has_not_taken_place_is_not_held(staff):
    visit = VisitFactory(status="confirmed", held_on=date(2100, 1, 2))
    assert buttons(staff.get(visit.get_absolute_url())) == ["Aflys besøget"]
    assert notices(take(staff, visit, "afholdt")) == [
        "Besøget er den 2. januar 2100. Det kan tidligst markeres som afholdt den dag."
    ]


CHANGED = "En anden har ændret besøget imens. Se, hvordan det står nu, og prøv igen."


def test_of_two_people_one_wins_and_the_other_is_told(staff):
    visit = VisitFactory()
    take(staff, visit, "tilbyd", version=1)
    assert notices(take(staff, visit, "bekraeft", version=1)) == [CHANGED]
    assert Visit.objects.get().status == "offered"
    url = f"/besoeg/{visit.pk}/aflys/"
    late = staff.post(url, {"version": "1", "reason": "Sne"})
    assert errors(late) == [CHANGED]
    assert form_data(late) == {"version": "2", "reason": "Sne"}  # the next press is on top of what one sees now
    assert Visit.objects.get().status == "offered"
    send(staff, url, reason="Sne")
    assert Visit.objects.get().status == "cancelled"


@pytest.mark.parametrize("version", ["", "x", "9" * 30, "-1"])
def test_a_step_without_the_version_one_saw_is_refused(staff, version):
    visit = VisitFactory()
    response = staff.post(f"/besoeg/{visit.pk}/skridt/", {"skridt": "tilbyd", "version": version}, follow=True)
    assert notices(response) == [CHANGED]


def test_cancelling_says_why(staff):
    visit = VisitFactory()
    url = f"/besoeg/{visit.pk}/aflys/"
    assert refused(staff, url, reason=" ") == [f"Begrundelse: {REQUIRED}"]
    response = staff.post(url, form_data(staff.get(url)) | {"reason": "Dagsordenen var for lang."}, follow=True)
    assert notices(response) == ["Besøget er aflyst."]
    assert "Begrundelse: Dagsordenen var for lang." in text(parse(response))
    visit.refresh_from_db()
    assert (visit.status, visit.status_reason) == ("cancelled", "Dagsordenen var for lang.")
    assert notices(staff.get(url, follow=True)) == ["Et besøg, der er aflyst, kan ikke tage dette skridt."]


# --- lists, todos, queries --------------------------------------------------------------------------------------------


def test_what_comes_stands_first_and_the_past_behind_it(staff):
    today = timezone.localdate()
    for name, days in [("Allerød", 40), ("Dragør", -10), ("Greve", 0), ("Lejre", -100), ("Solrød", 5)]:
        VisitFactory(host=municipality(name), held_on=today + timedelta(days=days))
    assert records(staff.get("/besoeg/")) == ["Greve", "Solrød", "Allerød", "Dragør", "Lejre"]
    assert records(staff.get("/besoeg/?sorter=kommune")) == ["Allerød", "Dragør", "Greve", "Lejre", "Solrød"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=held", ["Lejre"]),
        ("kommune=0155", ["Dragør"]),
        ("aar=2024", ["Lejre"]),
        ("q=byråds", ["Dragør"]),
        ("aar=1999", []),
    ],
)
def test_filters(staff, query, found):
    VisitFactory(host=municipality("Lejre"), held_on=date(2024, 5, 1), status="held")
    VisitFactory(host=municipality("Dragør"), held_on=date(2027, 5, 1), place="Byrådssalen")
    assert records(staff.get(f"/besoeg/?{query}")) == found


def test_the_file_holds_what_the_list_shows(staff):
    visit = VisitFactory(host=municipality("Greve"), place="=Rådhuset", status="cancelled", status_reason="Sne")
    AmbassadorFactory(visit=visit, person=PersonFactory(name="Aase Kok"))
    AmbassadorFactory(visit=visit, municipality=municipality("Ishøj"))
    lines = b"".join(staff.get("/besoeg/?format=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert lines == [
        "kulturregion;kommunekode;kommune;udvalg;dato;tid;sted;status;årsag;ambassadører_fra;ambassadører;"
        "sekretariatet_med;udbytte",
        "Kulturmetropolen;0253;Greve;;10-12-2026;;'=Rådhuset;Aflyst;Sne;Ishøj | Køge; | Aase Kok;nej;",
    ]


def test_what_visits_ask_for(cast):
    today = date(2026, 11, 25)

    def found():
        return [
            (each.key.partition("-")[2].partition("-")[2], each.title, each.note, each.when(today))
            for each in todos(cast.staff, today)
        ]

    visit = VisitFactory(host=municipality("Greve"), held_on=date(2026, 12, 8))
    best = "Køge passer bedst: 61.184 mod 50.520 indbyggere, samme region, 18 km"
    assert found() == [
        ("ambassador", "Besøg i Greve mangler ambassadør", best, "på tirsdag"),
        ("confirm", "Besøg i Greve er ikke bekræftet", "Tour-de-Kommune, 8. december 2026", "på tirsdag"),
    ]
    assert [each.verb for each in todos(cast.staff, today)] == ["Vælg", "Se besøget"]
    AmbassadorFactory(visit=visit)
    visit.status = "confirmed"
    visit.save()
    assert found() == []
    later = date(2026, 12, 9)
    assert [each.title for each in todos(cast.staff, later)] == ["Blev besøget i Greve holdt?"]
    visit.status = "held"
    visit.save()
    assert [(each.title, each.due_on) for each in todos(cast.staff, later)] == [
        ("Hvad kom der ud af besøget i Greve?", date(2026, 12, 15))
    ]
    visit.outcome = "De vil med."
    visit.save()
    assert todos(cast.staff, later) == []


def test_visits_ask_nothing_of_others(cast):
    VisitFactory(held_on=date(2026, 12, 8))
    today = date(2026, 12, 7)
    assert [todos(user, today) for user in (cast.outsider, cast.chair, cast.guest)] == [[], [], []]
    assert len(todos(cast.admin, today)) == 2


def test_todos_of_many_visits_cost_no_more_queries(cast, django_assert_num_queries):
    today = date(2026, 12, 7)
    todos(cast.staff, today)
    for name in ("Greve", "Dragør", "Lejre"):
        VisitFactory(host=municipality(name), held_on=date(2026, 12, 8))
        VisitFactory(host=municipality(name), held_on=date(2026, 11, 8), status="held")
    with django_assert_num_queries(4):
        assert len(todos(cast.staff, today)) == 9


def test_the_page_of_a_visit_costs_the_same_queries_however_much_is_on_it(staff):
    few = VisitFactory(host=municipality("Greve"))
    AmbassadorFactory(visit=few, municipality=municipality("Ishøj"), person=PersonFactory())
    many = VisitFactory(host=municipality("Greve"))
    for name in ("Ishøj", "Køge", "Roskilde", "Herlev"):
        AmbassadorFactory(visit=many, municipality=municipality(name), person=PersonFactory())
    for n in range(8):
        FollowUpFactory(visit=many, text=f"Løfte {n}")
    assert queries(staff, many.get_absolute_url()) == queries(staff, few.get_absolute_url())


def test_visits_stand_in_the_calendar_of_the_secretariat_alone(log_in, cast):
    from kulturmetropol.calendars import entries

    visit = VisitFactory(host=municipality("Greve"), starts_at=time(16, 30), place="Rådhuset")
    cancelled = VisitFactory(status="cancelled", status_reason="Sne")
    mine = {each.key: each for each in entries(cast.staff) if each.key.startswith("visit-")}
    assert {key: (each.title, each.place, each.cancelled) for key, each in mine.items()} == {
        f"visit-{visit.pk}": ("Kulturmetropolen besøger Greve Kommune", "Rådhuset", False),
        f"visit-{cancelled.pk}": ("Aflyst: Kulturmetropolen besøger Allerød Kommune", "", True),
    }
    assert mine[f"visit-{visit.pk}"].starts.isoformat() == "2026-12-10T16:30:00+01:00"
    assert [each for each in entries(cast.chair) if each.key.startswith("visit-")] == []


def test_a_visit_is_found_by_what_was_said(staff):
    VisitFactory(host=municipality("Greve"), talking_points="Øvelokalerne er fyldt")
    assert "Greve, 10. december 2026" in text(parse(staff.get("/soeg/?q=øvelokale")))


def test_taking_a_version_back_takes_no_step(staff):
    visit = VisitFactory(place="Rådhuset")
    first = visit.history.get()
    send(staff, f"{visit.get_absolute_url()}rediger/", place="Biblioteket")
    visit.refresh_from_db()
    staff.post(f"{visit.get_absolute_url()}skridt/", {"skridt": "bekraeft", "version": visit.version})
    visit.refresh_from_db()
    assert (visit.place, visit.status) == ("Biblioteket", "confirmed")
    staff.post(f"{visit.get_absolute_url()}historik/{first.pk}/", {"version": visit.version})
    visit.refresh_from_db()
    assert (visit.place, visit.status) == ("Rådhuset", "confirmed")
