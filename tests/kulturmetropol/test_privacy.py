"""What is stored on people: told on a page, handed out, and erased while history keeps the fact without the name."""

import io
import json
import zipfile
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agreements import audit, users
from agreements.models import AuditEvent, CultureRegion, OutgoingMail, Person, Post, RoleGrant
from initiatives.models import Activity
from kulturmetropol.accounts.models import CalendarSecret, User
from kulturmetropol.privacy import register
from kulturmetropol.privacy.subjects import OWN_ROWS
from outreach.actions import memos
from outreach.models import ContactNote, Subscription
from tests.factories import (
    AgreementFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    MembershipFactory,
    MemoFactory,
    PersonFactory,
    UserFactory,
    kulturmetropolen,
)
from tests.factories.doing import ActivityFactory, MilestoneFactory, StoryFactory
from tests.factories.governance import AgendaItemFactory, PostFactory
from tests.factories.outreach import (
    AmbassadorFactory,
    ContactNoteFactory,
    EncounterFactory,
    GatePassageFactory,
    InvitationFactory,
    OnboardingCaseFactory,
    OutgoingMailFactory,
    SubscriptionFactory,
    VisitFactory,
)
from tests.factories.users import UserInvitationFactory
from tests.pages import errors, heading, notices, parse, text

NAME, EMAIL = "Åse Østergård", "aase.oestergaard@herlev.example"


# --- the register -----------------------------------------------------------------------------------------------------


def test_every_field_is_classed_as_personal_or_not():
    assert register.unclassed() == []


def test_the_register_names_no_field_that_is_not_there():
    assert register.unknown() == []


def test_rows_about_somebody_can_be_handed_out():
    """But those that no person can be found by: a session, a hash, a token of another row, and events, shown apart."""
    about = {model._meta.label for model in register.stored() if register.is_about_somebody(model)}
    assert about - OWN_ROWS.keys() == {
        "account.EmailConfirmation",
        "agreements.AuditEvent",
        "outreach.PublicRequest",
        "sessions.Session",
        "socialaccount.SocialToken",
    }


def test_history_holds_no_more_than_the_record():
    for model in apps.get_models():
        if hasattr(model, "history_user"):
            own = {field.name for field in model._meta.concrete_fields if not field.name.startswith("history_")}
            assert own <= {field.name for field in model.instance_type._meta.concrete_fields}


# --- the page ---------------------------------------------------------------------------------------------------------


def test_everybody_reads_what_is_stored_and_why(db, settings):
    settings.RETENTION_DAYS = settings.RETENTION_DAYS | {"audit": 365, "outgoing_mail": 45}
    settings.PRIVACY_CONTACT = "persondata@kulturmetropolen.example"
    response = Client().get("/persondata/")
    assert heading(response) == "Persondata i portalen"
    page = text(parse(response))
    for store in register.STORES:
        assert f"{store.title} Om hvem {store.whom} Hvad {store.what} Hvorfor {store.purpose}" in page
    assert "Hvor længe I 1 år; hvem der udsendte" in page
    assert "Hvor længe I 45 dage." in page
    assert "Skriv til persondata@kulturmetropolen.example." in page


@pytest.mark.parametrize("url", ["/log-ind/", "/offentligt/kulturmetropolen/"])
def test_it_is_reached_from_public_pages(db, url):
    assert "/persondata/" in [link.get("href") for link in parse(Client().get(url)).iter("a")]


@pytest.mark.parametrize("role", ["nobody", "guest", "chair", "staff"])
def test_it_is_reached_from_ones_own_account(log_in, cast, role):
    client = log_in(getattr(cast, role))
    assert "/persondata/" in [link.get("href") for link in parse(client.get("/konto/")).iter("a")]
    assert heading(client.get("/persondata/")) == "Persondata i portalen"


# --- handing out ------------------------------------------------------------------------------------------------------


@pytest.fixture
def person(cast) -> Person:
    user = UserFactory(email=EMAIL, name=NAME, password="blå-viol-i-regnvejr")
    person = PersonFactory(name=NAME, email=EMAIL, user=user, culture_region=kulturmetropolen())
    PostFactory(person=person, starts_on=date(2022, 1, 1), ends_on=date(2025, 12, 31))
    return person


@pytest.fixture
def admin(log_in, cast):
    return log_in(cast.admin)


def unpacked(response) -> tuple[dict, str]:
    assert response.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.content)) as packed:
        assert packed.namelist() == ["persondata.json", "persondata.txt"]
        return json.loads(packed.read("persondata.json")), packed.read("persondata.txt").decode()


def rows(held: dict, what: str) -> list[dict]:
    return next((each["raekker"] for each in held["data"] if each["hvad"] == what), [])


def test_an_admin_hands_out_all_that_is_stored(admin, person):
    note = ContactNoteFactory(person=person, text=f"Talte med {NAME} om koret.", culture_region=person.culture_region)
    InitiativeFactory(title="Sangen", manager=person)
    SubscriptionFactory(email=EMAIL.upper(), culture_region=person.culture_region)
    OutgoingMailFactory(recipient=EMAIL, subject="Velkommen", body="Hemmeligt", is_secret=True)
    response = admin.post(f"/persondata/person/{person.pk}/udlever/")
    held, words = unpacked(response)
    assert "persondata-aase-oestergaard-" in response.headers["Content-Disposition"]
    assert held["om"] == NAME
    assert [(each["navn"], each["e-mail"]) for each in rows(held, "personer")] == [(NAME, EMAIL)]
    assert [(each["fra"], each["til"]) for each in rows(held, "poster")] == [("1. januar 2022", "31. december 2025")]
    assert len(rows(held, "brugere")) == len(rows(held, "tilmeldinger")) == 1
    assert [(each["emne"], "tekst" in each) for each in rows(held, "udgående post")] == [("Velkommen", False)]
    assert {each["som"] for each in held["naevnt"]} == {"tovholder", "med"}
    assert held["tekster"] == [{"hvor": f"kontakt: {note}", "felt": "om hvad", "tekst": note.text}]
    for told in (NAME, EMAIL, "PERSONER", "Velkommen", "Talte med"):
        assert told in words


def test_it_holds_no_secrets(admin, person):
    user = person.user
    Authenticator.objects.create(user=user, type="totp", data={"secret": "APPENS"})
    kept = {
        "authenticators": "APPENS",
        "kalendernøgler": CalendarSecret.objects.create(user=user, key="kalenderens-noegle").key,
        "invitationer til portalen": UserInvitationFactory(email=EMAIL, token_hash="lavet-af-linket").token_hash,
        "tilmeldinger": SubscriptionFactory(email=EMAIL, culture_region=person.culture_region).key,
        "brugere": user.password,
    }
    held, words = unpacked(admin.post(f"/persondata/person/{person.pk}/udlever/"))
    for what, secret in kept.items():
        assert rows(held, what), what
        assert secret not in json.dumps(held)
        assert secret not in words


def test_it_is_recorded_who_took_whose_data(admin, cast, person):
    admin.post(f"/persondata/person/{person.pk}/udlever/")
    event = AuditEvent.objects.get(kind="person_exported")
    assert (event.by, event.subject, event.region, event.about, event.person_id) == (
        cast.admin,
        person.user,
        person.culture_region,
        NAME,
        person.pk,
    )


def test_everybody_downloads_ones_own_data(person):
    client = Client()
    client.force_login(person.user)
    ContactNoteFactory(person=person, text=f"{NAME} er besværlig.", culture_region=person.culture_region)
    held, words = unpacked(client.post("/persondata/mine/"))
    assert [each["e-mail"] for each in rows(held, "brugere")] == [EMAIL]
    assert [each["hvad"] for each in held["data"]].count("poster") == 1
    assert [each["haendelse"] for each in held["haendelser"]] == ["Log ind"]
    assert "besværlig" not in words
    assert held["tekster"] == []
    assert AuditEvent.objects.get(kind="person_exported").about == "egne data"


def test_nothing_of_others_is_in_ones_own_data(log_in, cast, person):
    held, _words = unpacked(log_in(cast.nobody).post("/persondata/mine/"))
    assert NAME not in json.dumps(held, ensure_ascii=False)
    assert EMAIL not in json.dumps(held)


# --- erasing ----------------------------------------------------------------------------------------------------------


def erase(client, kind: str, pk: int):
    return client.post(f"/persondata/{kind}/{pk}/slet/", {"confirmed": "on"}, follow=True)


def test_it_is_shown_first_what_would_happen(admin, person):
    note = ContactNoteFactory(text=f"Ring til {NAME}.", culture_region=person.culture_region)
    SubscriptionFactory(email=EMAIL, culture_region=person.culture_region)
    response = admin.get(f"/persondata/person/{person.pk}/slet/")
    page = text(parse(response))
    assert heading(response) == f"Slet data om {NAME}?"
    for line in (
        f"“Slettet person {person.pk}” kommer til at stå i stedet for navnet",
        "1 post beholder sin periode, uden navnet.",
        "Brugeren lukkes og logges ud overalt.",
        "1 tilmelding til nyhedsbrevet slettes.",
        "Udstedte notater er sagens dokumenter og ændres ikke.",
        "Det kan ikke fortrydes.",
    ):
        assert line in page
    assert note.get_absolute_url() in [link.get("href") for link in parse(response).iter("a")]
    person.refresh_from_db()
    assert person.name == NAME


def test_nothing_is_erased_without_the_tick(admin, person):
    response = admin.post(f"/persondata/person/{person.pk}/slet/")
    assert errors(response) == ["Jeg har læst dette og vil slette data: Sæt kryds for at vise, at du har læst det."]
    person.refresh_from_db()
    assert person.name == NAME


def test_the_name_goes_and_what_took_place_stays(admin, cast, person):
    region, user, post = person.culture_region, person.user, person.posts.get()
    browser = Client()
    browser.force_login(user)
    RoleGrant.objects.create(user=user, culture_region=region, role="staff")
    audit.record(audit.Kind.ROLE_GIVEN, by=cast.admin, subject=user, region=region, about=f"til {NAME}")
    note = ContactNoteFactory(text=f"Ring til {NAME}, {EMAIL}.", person=person, culture_region=region)
    SubscriptionFactory(email=EMAIL, culture_region=region)
    OutgoingMailFactory(recipient=EMAIL, culture_region=region)
    memo = MemoFactory(case_officer=NAME, closing=f"Spørg {NAME}", closing_included=True)
    memos.issue(memo=memo, by=user, version=memo.version)

    response = erase(admin, "person", person.pk)
    assert memos.faults() == []  # what was issued is as it was
    name = f"Slettet person {person.pk}"
    assert notices(response) == [f"Persondata er slettet. “{name}” står i stedet for navnet."]

    person.refresh_from_db()
    assert (person.name, person.email, person.user) == (name, "", None)
    assert set(person.history.values_list("name", "email", "user")) == {(name, "", None)}
    post.refresh_from_db()
    assert (post.person, post.starts_on, post.ends_on) == (person, date(2022, 1, 1), date(2025, 12, 31))
    user.refresh_from_db()
    assert (user.name, user.email, user.is_active) == (name, f"slettet-{user.pk}@slettet.invalid", False)
    assert list(user.emailaddress_set.values_list("email", flat=True)) == [user.email]
    assert not user.has_usable_password()
    assert not user.role_grants.exists()
    assert browser.get("/").url == "/log-ind/?next=/"
    assert not Subscription.objects.filter(email=EMAIL).exists()
    assert not OutgoingMail.objects.filter(recipient=EMAIL).exists()

    note.refresh_from_db()
    assert (note.text, note.person) == (f"Ring til {NAME}, {EMAIL}.", person)  # for a person to edit
    assert set(note.history.values_list("text", flat=True)) == {f"Ring til {name}, {name}."}
    memo.refresh_from_db()
    assert memo.case_officer == NAME

    event = AuditEvent.objects.get(kind="person_erased")
    assert (event.by, event.subject, event.about, event.region) == (cast.admin, user, name, region)
    said = json.dumps(list(AuditEvent.objects.values("about", "by_name", "details")), ensure_ascii=False)
    assert NAME not in said
    assert AuditEvent.objects.get(kind="role_given").about == f"til {name}"


def everywhere(*words: str) -> list[str]:
    """The tables, history and all, where one of the words still stands."""
    found = []
    for model in apps.get_models():
        for values in model._base_manager.values():
            if any(word in str(value) for value in values.values() for word in words):
                found.append(model._meta.label)
    return sorted(set(found))


FORMER_NAME, FORMER_EMAIL = "Åse Madsen", "aase.madsen@rk.example"


def test_the_name_is_nowhere_but_in_texts_to_edit(admin, cast, person):
    region = person.culture_region
    ContactNoteFactory(text=f"Ring til {NAME}.", person=person, culture_region=region)
    # earlier names and addresses, of the person and of the user
    person.name, person.email = FORMER_NAME, FORMER_EMAIL
    person.save()
    person.name, person.email = NAME, EMAIL
    person.save()
    ContactNoteFactory(text=f"{FORMER_NAME} ({FORMER_EMAIL})", culture_region=region).delete()
    users.change_address(user=person.user, name=NAME, email="aase@ny.example", seen=(NAME, EMAIL), by=cast.admin)
    # mail of others that tells of the person, and mail from the person
    OutgoingMailFactory(recipient="bo@x.example", reply_to=EMAIL, body=f"Hilsen\n{NAME}", subject=f"Fra {FORMER_NAME}")
    OutgoingMailFactory(recipient="bo@x.example", calendar=f"ORGANIZER:mailto:{EMAIL[:9]}\r\n {EMAIL[9:]}")
    # what is deleted: a second row of the person, and a text together with what it belonged to
    PersonFactory(name=NAME, email=FORMER_EMAIL, culture_region=region).delete()
    activity = ActivityFactory(note=f"Med {NAME}")
    initiative = activity.initiative
    activity.delete()
    initiative.delete()

    erase(admin, "person", person.pk)
    words = (NAME, EMAIL, FORMER_NAME, FORMER_EMAIL, "aase@ny.example", EMAIL[9:])
    assert everywhere(*words) == ["outreach.ContactNote"]
    ContactNote.objects.filter(text__contains=NAME).update(text="Ring.")
    assert everywhere(*words) == []
    mail = OutgoingMail.objects.get(subject=f"Fra Slettet person {person.pk}")
    assert (mail.body, mail.reply_to) == (f"Hilsen\nSlettet person {person.pk}", "")


def test_an_address_that_somebody_else_has_now_is_theirs(admin, person):
    """The mailbox of an office goes from one chair to the next."""
    person.email = "formand@herlev.example"
    person.save()
    person.email = EMAIL
    person.save()
    PersonFactory(name="Bo Holm", email="formand@herlev.example")
    SubscriptionFactory(email="formand@herlev.example", culture_region=person.culture_region)
    erase(admin, "person", person.pk)
    assert Subscription.objects.filter(email="formand@herlev.example").exists()


def test_words_that_only_look_like_the_name_stay(admin, cast):
    person = PersonFactory(name="Bo Holm", email="", culture_region=kulturmetropolen())
    note = ContactNoteFactory(text="Bo Holmberg og bo holm", culture_region=kulturmetropolen())
    erase(admin, "person", person.pk)
    assert note.history.first().text == f"Bo Holmberg og Slettet person {person.pk}"


def test_a_name_of_one_word_is_not_searched_for(admin):
    person = PersonFactory(name="Formand", email="", culture_region=kulturmetropolen())
    note = ContactNoteFactory(text="Formanden kommer, sagde en Formand", culture_region=kulturmetropolen())
    assert "Et navn på ét ord søges der ikke efter." in text(parse(admin.get(f"/persondata/person/{person.pk}/slet/")))
    erase(admin, "person", person.pk)
    assert note.history.first().text == note.text


def test_a_user_who_is_no_person(admin, cast):
    user = UserFactory(name="Ida Iversen", email="ida@x.example")
    RoleGrant.objects.create(user=user, culture_region=kulturmetropolen(), role="staff")
    assert heading(admin.get(f"/persondata/bruger/{user.pk}/")) == "Persondata"
    unpacked(admin.post(f"/persondata/bruger/{user.pk}/udlever/"))
    response = erase(admin, "bruger", user.pk)
    assert response.status_code == 200
    user.refresh_from_db()
    assert (user.name, user.is_active) == (f"Slettet bruger {user.pk}", False)
    assert everywhere("Ida Iversen", "ida@x.example") == []


def test_twice_is_once(admin, person):
    erase(admin, "person", person.pk)
    erase(admin, "person", person.pk)
    person.refresh_from_db()
    assert person.name == f"Slettet person {person.pk}"


def test_much_that_is_stored_costs_no_more_queries(admin, person):
    def one_of_each() -> None:
        region = person.culture_region
        ContactNoteFactory(text=NAME, person=person, culture_region=region).delete()
        ContactNoteFactory(text=NAME, person=person, culture_region=region)
        ActivityFactory(note=NAME)
        StoryFactory(text=NAME)
        MilestoneFactory(note=NAME)
        MemoFactory(closing=NAME)
        AgendaItemFactory(decision=NAME)
        MembershipFactory(source=NAME, agreement=AgreementFactory())
        VisitFactory(outcome=NAME)
        EncounterFactory(text=NAME)
        case = OnboardingCaseFactory(agreement=AgreementFactory(), note=NAME)
        InvitationFactory(note=NAME, case=case)
        GatePassageFactory(note=NAME, case=case)
        InitiativeFactory(description=NAME, manager=person)
        AmbassadorFactory(person=person)
        OutgoingMailFactory(body=NAME, recipient=EMAIL)
        OutgoingMailFactory(body=NAME)
        audit.record(audit.Kind.LOGIN, by=person.user, subject=person.user, about=NAME)

    def asked(method: str, page: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert getattr(admin, method)(f"/persondata/person/{person.pk}/{page}/").status_code == 200
        return len(captured)

    pages = [("get", "slet"), ("post", "udlever")]
    one_of_each()
    few = [asked(*page) for page in [*pages, *pages]][2:]
    for _number in range(3):
        one_of_each()
    assert [asked(*page) for page in pages] == few


# --- who may ----------------------------------------------------------------------------------------------------------


PAGES = ["", "udlever/", "slet/"]


@pytest.mark.parametrize("page", PAGES)
def test_users_are_there_for_their_admins_alone(log_in, cast, page):
    url = f"/persondata/bruger/{cast.chair.pk}/{page}"
    method = "post" if page == "udlever/" else "get"
    expected = {"admin": 200, "staff": 404, "chair": 404, "outside_admin": 404, "guest": 404}
    assert {role: getattr(log_in(getattr(cast, role)), method)(url).status_code for role in expected} == expected


@pytest.mark.parametrize("page", ["udlever/", "slet/"])
def test_an_account_of_another_region_too_is_not_one_admins(log_in, cast, person, page):
    vest = CultureRegion.objects.get(slug="vest")
    RoleGrant.objects.create(user=person.user, culture_region=vest, role="staff")
    admin = log_in(cast.admin)
    assert "hører også til en anden kulturregion" in text(parse(admin.get(f"/persondata/person/{person.pk}/")))
    assert admin.post(f"/persondata/person/{person.pk}/{page}", {"confirmed": "on"}).status_code == 403
    person.refresh_from_db()
    assert person.name == NAME


def test_nobody_erases_oneself(log_in, cast):
    admin = log_in(cast.admin)
    assert "Du kan ikke slette dig selv." in text(parse(admin.get(f"/persondata/bruger/{cast.admin.pk}/")))
    assert admin.post(f"/persondata/bruger/{cast.admin.pk}/slet/", {"confirmed": "on"}).status_code == 403


def test_an_unknown_kind_is_not_found(admin, cast):
    assert admin.get(f"/persondata/andet/{cast.chair.pk}/").status_code == 404


def test_what_is_of_another_region_stays(admin, cast, person):
    vest = CultureRegion.objects.get(slug="vest")
    SubscriptionFactory(email=EMAIL, culture_region=vest)
    note = ContactNoteFactory(text=f"Ring til {NAME}.", culture_region=vest, entered_by=person.user)
    mail = OutgoingMailFactory(body=f"Hilsen {NAME}", reply_to=EMAIL, culture_region=vest)
    note.history.update(history_user=person.user)
    area = InitiativeAreaFactory(agreement=AgreementFactory(culture_region=vest))
    activity = ActivityFactory(initiative=InitiativeFactory(area=area), note=NAME)
    initiative, row = activity.initiative, activity.history.latest().pk
    activity.delete()
    initiative.delete()
    for region in (vest, None):
        audit.record(audit.Kind.LOGIN, by=person.user, subject=person.user, region=region, about=f"{region} {NAME}")
    audit.record(audit.Kind.USER_CHANGED, by=cast.outside_admin, region=vest, about=NAME)

    held, words = unpacked(admin.post(f"/persondata/person/{person.pk}/udlever/"))
    assert [each["om"] for each in held["haendelser"]] == [f"None {NAME}"]
    assert (held["naevnt"], held["rettelser"]) == ([], [])
    assert "Vest" not in words

    page = text(parse(admin.get(f"/persondata/person/{person.pk}/slet/")))
    assert "tilmelding til nyhedsbrevet" not in page
    assert str(note) not in page
    erase(admin, "person", person.pk)
    assert Subscription.objects.filter(email=EMAIL, culture_region=vest).exists()
    mail.refresh_from_db()
    assert (mail.body, mail.reply_to) == (f"Hilsen {NAME}", EMAIL)
    assert Activity.history.get(pk=row).note == NAME
    events = AuditEvent.objects.filter(about__contains=NAME).order_by("pk")
    assert [(each.region, each.by_name, each.about) for each in events] == [
        (vest, NAME, f"{vest} {NAME}"),
        (vest, "outside_admin", NAME),
    ]


def test_the_pages_of_people_and_users_lead_there(admin, person):
    for page, address in (
        (f"/personer/{person.pk}/", f"/persondata/person/{person.pk}/"),
        (User.objects.get(pk=person.user.pk), f"/persondata/bruger/{person.user.pk}/"),
    ):
        url = page if isinstance(page, str) else f"/brugere/{page.pk}/"
        assert address in [link.get("href") for link in parse(admin.get(url)).iter("a")]


def test_staff_see_no_way_there(staff, person):
    links = [link.get("href") for link in parse(staff.get(f"/personer/{person.pk}/")).iter("a")]
    assert [link for link in links if link.startswith("/persondata/person")] == []


def test_posts_have_no_post_to_lose(admin, person):
    Post.objects.filter(person=person).update(ends_on=None)
    page = text(parse(admin.get(f"/persondata/person/{person.pk}/slet/")))
    assert "1 post gælder i dag. Afslut den først, hvis personen er fratrådt." in page
