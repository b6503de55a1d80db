"""Who travels to a visit, and what is promised there."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from agreements.models import Membership
from outreach.models import Ambassador, FollowUp, Visit
from tests.emptying import empty
from tests.factories import (
    CommitteeFactory,
    PersonFactory,
    municipality,
)
from tests.factories.governance import PostFactory
from tests.factories.outreach import AmbassadorFactory, VisitFactory
from tests.pages import errors, form_data, notices, offered, parse, refused, send, text


@pytest.fixture(autouse=True)
def no_visits(cast):
    empty(Ambassador)
    FollowUp.objects.filter(visit__isnull=False).delete()
    empty(Visit)


def choose(client, visit, name: str):
    data = {"kommune": str(municipality(name).pk)}
    return client.post(f"/besoeg/{visit.pk}/vaelg/", data, follow=True)


def ambassadors(response) -> list[str]:
    (panel,) = [each for each in parse(response).iter("section") if each.get("aria-labelledby") == "ambassadors"]
    return [text(row) for row in panel.iter("li") if row.get("id", "").startswith("ambassador-")]


def test_a_municipality_is_chosen_and_then_a_person(staff):
    visit = VisitFactory(host=municipality("Greve"))
    committee = CommitteeFactory(name="Kulturudvalget i Køge", municipality=municipality("Køge"))
    member = PostFactory(body=committee, person=PersonFactory(name="Aase Kok")).person
    response = choose(staff, visit, "Køge")
    assert notices(response) == ["Køge er valgt. Skriv, hvem der kommer, når kommunen har sagt det."]
    ambassador = Ambassador.objects.get()
    assert response.redirect_chain[-1][0] == f"/besoeg/{visit.pk}/#ambassador-{ambassador.pk}"
    assert ambassadors(response) == ["Køge · endnu ingen navngivet Skriv, hvem der kommer: Køge Fjern: Køge"]
    url = f"/ambassadoerer/{ambassador.pk}/rediger/"
    options = {each.get("value"): text(each) for each in parse(staff.get(url)).iter("option")}
    assert options[str(member.pk)] == "Aase Kok (Medlem, Kulturudvalget i Køge, Køge)"
    assert send(staff, url, person=str(member.pk)).url == f"/besoeg/{visit.pk}/#ambassador-{ambassador.pk}"
    assert ambassadors(staff.get(visit.get_absolute_url())) == [
        "Aase Kok, Køge Ret: Aase Kok, Køge Fjern: Aase Kok, Køge"
    ]


def test_the_people_offered_are_politicians_of_the_municipality_in_office(staff):
    visit = VisitFactory(host=municipality("Greve"))
    ambassador = AmbassadorFactory(visit=visit)
    here, elsewhere = CommitteeFactory(), CommitteeFactory(municipality=municipality("Ishøj"))
    steering = PostFactory().body
    ended = timezone.localdate() - timedelta(days=1)
    yes = [
        PostFactory(body=here, kind="chair").person,
        PostFactory(body=here).person,
        PostFactory(body=steering).person,
    ]
    of_both = PostFactory(body=here).person
    PostFactory(body=steering, person=of_both)
    no = [
        PostFactory(body=here, ends_on=ended).person,
        PostFactory(body=here, kind="case_officer").person,
        PostFactory(body=elsewhere).person,
        PostFactory(body=None, municipality=municipality("Køge"), kind="culture_head").person,
    ]
    of_ishoej = PostFactory(body=elsewhere).person
    PostFactory(body=steering, person=of_ishoej)
    keys = offered(staff.get(f"/ambassadoerer/{ambassador.pk}/rediger/"), "person")
    assert {str(each.pk) for each in [*yes, of_both]} <= set(keys)
    assert not {str(each.pk) for each in [*no, of_ishoej]} & set(keys)


def test_choosing_twice_is_choosing_once(staff):
    visit = VisitFactory(host=municipality("Greve"))
    choose(staff, visit, "Køge")
    assert notices(choose(staff, visit, "Køge")) == ["Køge er allerede valgt."]
    assert Ambassador.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Greve", "Værtskommunen besøger ikke sig selv."),
        ("Odense", "Odense er ikke medlem. Ambassadører kommer fra medlemmerne."),
    ],
)
def test_who_cannot_be_chosen(staff, name, message):
    visit = VisitFactory(host=municipality("Greve"))
    assert notices(choose(staff, visit, name)) == [message]
    assert not Ambassador.objects.exists()


@pytest.mark.parametrize("value", ["", "0", "x", "9" * 30])
def test_a_municipality_that_is_none_is_refused(staff, value):
    visit = VisitFactory()
    assert notices(staff.post(f"/besoeg/{visit.pk}/vaelg/", {"kommune": value}, follow=True)) == ["Vælg en kommune."]


def test_nobody_travels_to_a_cancelled_visit(staff):
    visit = VisitFactory(host=municipality("Greve"), status="cancelled", status_reason="Sne")
    assert notices(choose(staff, visit, "Køge")) == ["Besøget er aflyst. Ingen rejser til det."]


def test_a_warning_stays_after_choosing(staff):
    visit = VisitFactory(host=municipality("Greve"))
    warning = "▲ Ishøj er mindre end halvt så stor som Greve: 23.018 mod 50.520 indbyggere."
    assert ambassadors(choose(staff, visit, "Ishøj")) == [
        f"Ishøj · endnu ingen navngivet {warning} Skriv, hvem der kommer: Ishøj Fjern: Ishøj"
    ]


def test_an_ambassador_is_removed_and_brought_back(staff):
    ambassador = AmbassadorFactory(visit__host=municipality("Greve"))
    url = f"/ambassadoerer/{ambassador.pk}/slet/"
    assert "Slet ambassadør?" in text(parse(staff.get(url)))
    staff.post(url)
    assert not Ambassador.objects.exists()
    row = Ambassador.history.filter(id=ambassador.pk).latest()
    staff.post(f"/ambassadoerer/slettede/{row.pk}/")
    assert Ambassador.objects.get().municipality.name == "Køge"


def test_a_second_one_of_the_same_municipality_when_the_first_has_a_name(staff):
    first = AmbassadorFactory(visit__host=municipality("Greve"))
    url = f"/ambassadoerer/opret/?besoeg={first.visit_id}&kommune={first.municipality_id}"
    assert refused(staff, url) == ["Kommunen er allerede spurgt om en ambassadør."]
    first.person = PersonFactory()
    first.save()
    send(staff, url)
    assert Ambassador.objects.filter(visit=first.visit).count() == 2


def test_the_host_cannot_become_one_that_sends_an_ambassador(staff):
    visit = AmbassadorFactory(visit__host=municipality("Greve")).visit
    assert refused(staff, f"{visit.get_absolute_url()}rediger/", host=str(municipality("Køge").pk)) == [
        "Værtskommune: Kommunen sender en ambassadør til besøget. Den kan ikke være vært for det."
    ]


def test_one_that_has_left_stays_on_the_visits_of_its_time(staff):
    ambassador = AmbassadorFactory(visit__host=municipality("Greve"), visit__held_on=date(2023, 5, 1))
    Membership.objects.filter(municipality__name="Køge").update(left_on=date(2024, 1, 1))
    ambassador.full_clean()
    ambassador.visit.held_on = date(2024, 1, 1)
    with pytest.raises(ValidationError):
        ambassador.full_clean()


def test_a_promise_becomes_a_follow_up(staff, cast):
    visit = VisitFactory(host=municipality("Greve"))
    response = send_promise(staff, visit, text="Send tal for Køge", due_on="01-12-2026", owner=str(cast.admin.pk))
    assert notices(response) == ["Løftet står nu til opfølgning."]
    promise = FollowUp.objects.get(visit=visit)
    assert (promise.text, promise.due_on, promise.owner, promise.municipality, promise.culture_region) == (
        "Send tal for Køge", date(2026, 12, 1), cast.admin, visit.host, visit.culture_region,
    )  # fmt: skip
    assert "Send tal for Køge 1. december 2026 · admin" in text(parse(response))


def send_promise(client, visit, **values):
    return client.post(f"/besoeg/{visit.pk}/loefte/", {"owner": ""} | values, follow=True)


def test_what_is_wrong_with_a_promise_is_said_and_nothing_is_lost(staff, cast):
    visit = VisitFactory()
    response = send_promise(staff, visit, text="Send tal", due_on="31-02-2026", owner=str(cast.outsider.pk))
    assert [each.partition(":")[0] for each in errors(response)] == ["Frist", "Hvem gør det"]
    assert form_data(response)["text"] == "Send tal"
    assert form_data(response)["due_on"] == "31-02-2026"
    assert not FollowUp.objects.filter(visit=visit).exists()
