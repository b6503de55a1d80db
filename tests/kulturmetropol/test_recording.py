"""What the audit log holds after people have logged in, failed, changed their keys, exported lists and given posts."""

import json
from datetime import date

import pytest
from django.test import Client

from agreements.models import AuditEvent, CultureRegion, Post
from kulturmetropol import urls  # noqa: F401  it reads all pages
from kulturmetropol.accounts.models import User
from kulturmetropol.privacy import register
from kulturmetropol.views import ListPage
from outreach.models import Subscription
from tests.factories import BodyFactory, PersonFactory, UserFactory
from tests.factories.outreach import SubscriptionFactory
from tests.pages import send

EMAIL, PASSWORD = "ase.oestergaard@herlev.example", "blå-viol-i-regnvejr"


@pytest.fixture
def user(cast) -> User:
    return UserFactory(email=EMAIL, name="Åse Østergård", password=PASSWORD)


def events(**which) -> list[tuple]:
    """Kind, who did it, whom it is about and in what words, the oldest first."""
    return list(
        AuditEvent.objects.filter(**which).order_by("pk").values_list("kind", "by_name", "subject__name", "about")
    )


def enter(email: str, password: str) -> Client:
    client = Client()
    client.post("/log-ind/", {"login": email, "password": password})
    return client


def test_coming_and_going(user):
    enter(EMAIL, PASSWORD).post("/log-ud/")
    assert events() == [
        ("login", "Åse Østergård", "Åse Østergård", "adgangskode"),
        ("logout", "Åse Østergård", "Åse Østergård", ""),
    ]
    assert AuditEvent.objects.first().details["request_id"]


def test_a_wrong_password_is_told_of_its_user(user):
    enter(EMAIL.upper(), "forkert")
    assert events() == [("login_failed", "", "Åse Østergård", "adgangskode")]


def test_what_was_typed_in_place_of_an_address_is_kept_as_a_keyed_hash_alone(user):
    for typed in ("hemmeligt@x.example", "Hemmeligt@x.example", "anden@x.example"):
        enter(typed, "forkert")
    kept = AuditEvent.objects.order_by("pk")
    first, again, other = [each.details["address"] for each in kept]
    assert first == again != other
    assert [(each.kind, each.subject, each.about) for each in kept] == [
        ("login_failed", None, "ingen bruger har denne adresse")
    ] * 3
    assert "hemmeligt" not in json.dumps(list(kept.values("about", "details", "by_name")), ensure_ascii=False).lower()


def test_a_wrong_code_by_mail(user):
    client = Client()
    client.post("/log-ind/kode/", {"email": EMAIL})
    client.post("/log-ind/kode/indtast/", {"code": "forkert"})
    assert events() == [("login_failed", "", "Åse Østergård", "kode på mail")]


def test_a_new_password_and_logging_out_elsewhere(user):
    here, _other = enter(EMAIL, PASSWORD), enter(EMAIL, PASSWORD)
    here.post("/konto/enheder/")
    typed = {"oldpassword": PASSWORD, "password1": "gul-cykel-i-modvind", "password2": "gul-cykel-i-modvind"}
    here.post("/adgangskode/", typed)
    assert events(kind__in=["session_ended", "password_changed"]) == [
        ("session_ended", "Åse Østergård", "Åse Østergård", ""),
        ("password_changed", "Åse Østergård", "Åse Østergård", ""),
    ]
    assert AuditEvent.objects.get(kind="session_ended").details["count"] == 1


def test_a_list_that_goes_out_is_recorded_with_its_rows(staff):
    PersonFactory(name="Åse Ærø")
    staff.get("/personer/?format=csv&q=åse+ærø")
    staff.get("/formaal/?format=xlsx")
    kept = AuditEvent.objects.exclude(kind="login").order_by("pk")
    assert [(each.kind, each.by_name, each.region.slug, each.about, each.details["rows"]) for each in kept] == [
        ("personal_list_exported", "staff", "kulturmetropolen", "personer", 1),
        ("list_exported", "staff", "kulturmetropolen", "formål", 8),
    ]
    assert kept[0].details["columns"] == ["kulturregion", "navn", "e-mail"]
    assert kept[0].details["format"] == "csv"


def test_an_empty_list_is_recorded_as_well(staff):
    staff.get("/personer/?format=csv&q=findes-ikke")
    assert [each.details["rows"] for each in AuditEvent.objects.filter(kind="personal_list_exported")] == [0]


def test_no_event_without_a_file(staff):
    assert staff.get("/personer/?format=docx").status_code == 404
    assert AuditEvent.objects.exclude(kind="login").count() == 0


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("/nyhedsbrev/", "personal_list_exported"),
        ("/kontakter/kommuner/", "personal_list_exported"),
        ("/ure/", "list_exported"),
        ("/hvem-er-med/", "list_exported"),
    ],
)
def test_files_that_are_made_in_another_way(staff, url, kind):
    SubscriptionFactory(email=EMAIL)
    Subscription.objects.update(confirmed_at="2026-01-01T12:00Z")
    response = staff.get(url, {"format": "csv"}, follow=True)
    assert response.headers["Content-Type"].startswith("text/csv")
    assert {each[0] for each in events()} - {"login"} == {kind}


def test_posts_are_recorded_with_whom_they_give_rights(cast, staff):
    region = CultureRegion.objects.get(slug="kulturmetropolen")
    person = PersonFactory(name="Åse", user=cast.nobody, culture_region=region)
    body = BodyFactory(culture_region=region, name="Følgegruppen")
    send(staff, "/poster/opret/", person=person.pk, kind="member", body=body.pk, starts_on="01-01-2026")
    post = Post.objects.get(person=person)
    send(staff, f"/poster/{post.pk}/rediger/", ends_on="31-12-2026")
    send(staff, f"/poster/{post.pk}/rediger/", starts_on="01-02-2026")
    send(staff, f"/poster/{post.pk}/rediger/", ends_on="31-12-2027")
    send(staff, f"/poster/{post.pk}/rediger/", ends_on="30-11-2027")
    staff.post(f"/poster/{post.pk}/slet/")
    assert events(region=region) == [
        ("post_given", "staff", "nobody", "Medlem, Følgegruppen"),
        ("post_ended", "staff", "nobody", "Medlem, Følgegruppen"),
        ("post_changed", "staff", "nobody", "Medlem, Følgegruppen"),
        ("post_changed", "staff", "nobody", "Medlem, Følgegruppen"),
        ("post_ended", "staff", "nobody", "Medlem, Følgegruppen"),
        ("post_deleted", "staff", "nobody", "Medlem, Følgegruppen"),
    ]


def test_posts_of_the_loader_are_nobodys_doing(cast):
    person = PersonFactory()
    Post.objects.create(person=person, kind="member", body=BodyFactory(), starts_on=date(2026, 1, 1))
    assert events() == []


def list_pages() -> dict[str, type[ListPage]]:
    found, waiting = {}, [ListPage]
    while waiting:
        page = waiting.pop()
        waiting += page.__subclasses__()
        if page.export_columns:
            found[page.__name__] = page
    return found


def test_which_lists_hold_personal_data():
    personal = {
        name: [column for column, path in page.export_columns if register.is_personal_path(page.model, path)]
        for name, page in list_pages().items()
    }
    assert {name: columns for name, columns in personal.items() if columns} == {
        "AuditEventList": ["tidspunkt", "hvem", "om_hvem", "hvad", "kulturregion"],
        "ContactList": ["med", "indtastet_af"],
        "EventList": ["hvem_tager_med"],
        "FollowUpList": ["ansvarlig"],
        "InitiativeList": ["tovholder"],
        "MeasureIndex": ["ansvarlig"],
        "MeasurementList": ["indtastet af"],
        "MemoList": ["sagsbehandler"],
        "MemoRunList": ["sagsbehandler"],
        "OnboardingCaseList": ["ansvarlig"],
        "PersonList": ["kulturregion", "navn", "e-mail"],
        "PostList": ["kulturregion", "person", "organ", "organets_kommune", "kommunekode", "kommune", "fra", "til"],
    }
