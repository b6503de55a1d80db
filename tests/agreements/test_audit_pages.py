"""The page of the audit log: who reads what, filters, files, and nothing that changes it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agreements import audit
from agreements.audit import Kind
from agreements.models import AuditEvent, CultureRegion, RoleGrant
from kulturmetropol.views import ListPage
from tests.counting import queries
from tests.factories import PersonFactory, UserFactory
from tests.kulturmetropol.test_export import csv_rows, xlsx_rows
from tests.pages import parse, text

URL = "/administration/haendelser/"


@pytest.fixture
def region(cast) -> CultureRegion:
    return CultureRegion.objects.get(slug="kulturmetropolen")


@pytest.fixture
def admin(log_in, cast):
    client = log_in(cast.admin)
    AuditEvent.objects.all().delete_expired()
    return client


def shown(client, **filters) -> list[tuple[str, str, str]]:
    """Event, who and about what, from top to bottom."""
    found = []
    for row in parse(client.get(URL, filters)).iterfind(".//tbody/tr"):
        _time, who, about = [text(cell) for cell in row.iterfind("./td")][:3]
        found.append((text(row.find("./th")), who, about))
    return found


def test_an_admin_reads_who_did_what_to_whom(admin, cast, region):
    audit.record(Kind.ROLE_GIVEN, by=cast.admin, subject=cast.staff, region=region, about="Sekretariat")
    audit.record(Kind.LOGIN, by=cast.chair, subject=cast.chair, about="adgangskode")
    audit.record(Kind.PERSONAL_LIST_EXPORTED, by=cast.staff, region=region, about="personer", details={"rows": 3})
    assert shown(admin) == [
        ("Liste med persondata hentet", "staff", "personer 3 rækker"),
        ("Log ind", "chair", "adgangskode"),
        ("Rolle givet", "admin", "staff Sekretariat"),
    ]


def test_a_post_names_and_links_its_person(admin, cast, region):
    person = PersonFactory(name="Åse Ærø", culture_region=region)
    audit.record(Kind.POST_GIVEN, by=cast.staff, region=region, about="Medlem, KMK", details={"person": person.pk})
    links = [text(link) for link in parse(admin.get(URL)).iterfind(f".//td/a[@href='/personer/{person.pk}/']")]
    assert links == ["Åse Ærø"]


def test_nothing_of_another_region_is_shown(log_in, cast, region):
    AuditEvent.objects.all().delete_expired()
    vest = CultureRegion.objects.get(slug="vest")
    audit.record(Kind.ROLE_TAKEN, by=cast.admin, subject=cast.staff, region=region)
    audit.record(Kind.LOGIN, by=cast.former_chair, subject=cast.former_chair)
    audit.record(Kind.LOGIN_FAILED, by=None, subject=cast.guest)
    audit.record(Kind.ROLE_GIVEN, by=cast.outside_admin, subject=cast.outsider, region=vest)
    audit.record(Kind.LOGIN, by=cast.nobody, subject=cast.nobody)
    audit.record(Kind.RETENTION_RUN, by=None)
    here = [event for event, *_rest in shown(log_in(cast.admin))]
    there = [event for event, *_rest in shown(log_in(cast.outside_admin))]
    assert here == ["Oprydning kørt", "Log ind mislykket", "Log ind", "Rolle taget"]
    assert there == ["Oprydning kørt", "Rolle givet"]


def test_superusers_alone_see_what_happens_to_superusers_of_no_region(admin, log_in, cast):
    someone, cast.nobody.is_superuser = UserFactory(is_superuser=True), True
    cast.nobody.save()
    audit.record(Kind.USER_CLOSED, by=cast.nobody, subject=someone)
    audit.record(Kind.LOGIN, by=cast.outsider, subject=cast.outsider)
    root = log_in(cast.nobody)
    assert [event for event, *_rest in shown(root)] == ["Log ind", "Bruger lukket"]
    assert [event for event, *_rest in shown(root, person=someone.pk)] == ["Bruger lukket"]
    assert shown(admin) == []


def test_a_role_that_was_taken_still_shows_the_logins(admin, cast, region):
    user = UserFactory()
    grant = RoleGrant.objects.create(user=user, culture_region=region, role="staff")
    audit.record(Kind.LOGIN, by=user, subject=user)
    audit.record(Kind.ROLE_TAKEN, by=cast.admin, subject=user, region=region)
    grant.delete()
    assert [event for event, *_rest in shown(admin)] == ["Rolle taget", "Log ind"]


def test_the_filters(admin, cast, region):
    audit.record(Kind.ROLE_GIVEN, by=cast.admin, subject=cast.staff, region=region, about="Sekretariat")
    audit.record(Kind.LOGIN, by=cast.chair, subject=cast.chair)
    audit.record(Kind.PERSON_EXPORTED, by=cast.staff, region=region, about="Åse Ærø")
    assert [event for event, *_rest in shown(admin, emne="login")] == ["Log ind"]
    assert [event for event, *_rest in shown(admin, emne="rettigheder")] == ["Rolle givet"]
    assert [event for event, *_rest in shown(admin, emne="persondata")] == ["En persons data udleveret"]
    assert [event for event, *_rest in shown(admin, art="login")] == ["Log ind"]
    assert [who for _event, who, _about in shown(admin, person=cast.staff.pk)] == ["staff", "admin"]
    assert [event for event, *_rest in shown(admin, q="ærø")] == ["En persons data udleveret"]
    today = timezone.localdate()
    assert len(shown(admin, fra=f"{today:%d-%m-%Y}", til=f"{today:%d-%m-%Y}")) == 3
    assert shown(admin, fra=f"{today + timedelta(days=1):%d-%m-%Y}") == []
    assert shown(admin, til=f"{today - timedelta(days=1):%d-%m-%Y}") == []
    assert [who for _event, who, _about in shown(admin, sorter="hvem")] == ["admin", "chair", "staff"]


def test_people_of_another_region_are_not_offered(admin, cast):
    offered = {option.get("value") for option in parse(admin.get(URL)).iterfind(".//select[@name='person']/option")}
    assert str(cast.former_chair.pk) in offered
    assert not {str(cast.outsider.pk), str(cast.nobody.pk)} & offered


def test_reading_it_as_a_file_is_an_event_itself(admin, cast, region):
    audit.record(Kind.LIST_EXPORTED, by=cast.staff, region=region, about="=1+1", details={"rows": 3})
    header, itself, line = csv_rows(admin.get(URL, {"format": "csv"}))
    assert header == ["tidspunkt", "hændelse", "hvem", "om_hvem", "hvad", "rækker", "kulturregion", "anmodning"]
    assert itself[1:3] == ["Liste med persondata hentet", "admin"]
    assert line[1:7] == ["Liste hentet", "staff", "", "'=1+1", "3", "Kulturmetropolen"]
    assert len(xlsx_rows(admin.get(URL, {"format": "xlsx"}))) == 4
    assert shown(admin)[0] == ("Liste med persondata hentet", "admin", "hændelser 2 rækker")


def test_thirty_events_cost_no_more_queries_than_one(admin, cast, region, monkeypatch):
    def make():
        person = PersonFactory(culture_region=region)
        audit.record(
            Kind.POST_GIVEN, by=cast.staff, subject=UserFactory(), region=region, details={"person": person.pk}
        )

    make()
    with monkeypatch.context() as patch:
        patch.setattr(ListPage, "paginate_by", 1)
        few = queries(admin, URL)
    for _n in range(30):
        make()
    assert len(shown(admin)) == 25
    assert queries(admin, URL) == few


def test_an_admin_of_two_regions_sees_both_and_chooses(log_in, cast, region):
    vest = CultureRegion.objects.get(slug="vest")
    RoleGrant.objects.create(user=cast.admin, culture_region=vest, role="admin")
    audit.record(Kind.ROLE_GIVEN, by=cast.outside_admin, subject=cast.outsider, region=vest)
    client = log_in(cast.admin)
    assert "Rolle givet" in [event for event, *_rest in shown(client)]
    assert [event for event, *_rest in shown(client, kulturregion="kulturmetropolen")] == []


def test_staff_are_shown_no_way_to_it(log_in, cast):
    links = [link.get("href") for link in parse(log_in(cast.staff).get("/aftaler/")).iter("a")]
    assert URL not in links
    assert URL in [link.get("href") for link in parse(log_in(cast.admin).get("/aftaler/")).iter("a")]
