"""What admins do to the users of their culture region, and what no admin may do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from agreements import users
from agreements.models import AuditEvent, CultureRegion, Person, Post, RoleGrant, UserInvitation
from kulturmetropol.accounts.models import User
from tests.counting import queries
from tests.factories import CommitteeFactory, PersonFactory, UserFactory, kulturmetropolen, municipality
from tests.factories.governance import PostFactory
from tests.factories.users import RoleGrantFactory, UserInvitationFactory
from tests.pages import all_of_class, errors, form_data, heading, notices, offered, parse, records, refused, send, text

LIST = "/brugere/"
PASSWORD = "grøn-hest-på-taget"
RACED = "En anden gemte det samme i samme øjeblik. Se listen, og prøv igen."


@pytest.fixture
def admin(log_in, cast):
    return log_in(cast.admin)


@pytest.fixture
def vest(db):
    return CultureRegion.objects.get(slug="vest")


def page_of(user, step: str = "") -> str:
    return f"/brugere/{user.pk}/{step}"


def role_page(user) -> str:
    return page_of(user, f"rolle/{kulturmetropolen().pk}/")


@contextmanager
def somebody_first(update: str, change: str) -> Iterator[None]:
    """Right before the first statement that begins like `update`, the same table is changed by somebody else."""
    waiting = [f"{update} {change}"]

    def run(execute, sql, params, many, context):
        if sql.startswith(update) and waiting:
            execute(waiting.pop(), [], False, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(run):
        yield
    assert not waiting


def log_in_by_form(user) -> Client:
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    assert client.post("/log-ind/", {"login": user.email, "password": PASSWORD}).url == "/"
    return client


def role_of(user, region=None) -> str | None:
    grant = RoleGrant.objects.filter(user=user, culture_region=region or kulturmetropolen()).first()
    return grant and grant.role


def last_event() -> tuple:
    event = AuditEvent.objects.order_by("pk").last()
    return event.kind, event.by, event.subject, event.region


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_holds_who_has_a_role_or_a_post_here(admin):
    assert records(admin.get(LIST)) == [
        "admin", "chair", "chair_elsewhere", "culture_head", "former_chair", "guest", "staff",
    ]  # fmt: skip


def rows(page) -> dict[str, list[str]]:
    found = (row for row in parse(page).iterfind(".//tbody/tr"))
    return {text(row.find("./th")): [text(cell) for cell in row.iterfind("./td")] for row in found}


def test_a_row_says_as_what_one_logs_in_and_how(admin, cast):
    User.objects.filter(pk=cast.chair.pk).update(last_login=datetime(2026, 11, 3, 12, tzinfo=UTC), is_active=False)
    Authenticator.objects.create(user=cast.chair, type="totp", data={})
    Authenticator.objects.create(user=cast.guest, type="recovery_codes", data={})
    found = rows(admin.get(LIST))
    assert found["chair"] == [
        "chair@cast.example", "Formand, Kultur- og Fritidsudvalget, Rødovre", "03-11-2026", "✓ Ja", "✕ Lukket",
    ]  # fmt: skip
    assert found["guest"] == ["guest@cast.example", "Gæst, Gribskov", "aldrig", "○ Nej", "● Åben"]
    assert found["former_chair"][1] == "intet for tiden"


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("?rolle=admin", ["admin"]),
        ("?rolle=guest", ["guest"]),
        ("?rolle=post", ["chair", "chair_elsewhere", "culture_head"]),
        ("?kommune=0175", ["chair", "culture_head"]),
        ("?kommune=0270", ["guest"]),
        ("?aktiv=nej", ["staff"]),
        ("?totrin=ja", ["admin"]),
        ("?totrin=nej&rolle=admin", []),
        ("?q=CHAIR_else", ["chair_elsewhere"]),
        ("?q=outsider", []),
        ("?sorter=-mail&rolle=post", ["culture_head", "chair_elsewhere", "chair"]),
    ],
)
def test_the_list_is_filtered(admin, cast, address, names):
    User.objects.filter(pk=cast.staff.pk).update(is_active=False)
    Authenticator.objects.create(user=cast.admin, type="webauthn", data={})
    assert records(admin.get(LIST + address)) == names


def test_a_role_in_another_region_is_not_told(admin, cast, vest):
    RoleGrant.objects.create(user=cast.guest, culture_region=vest, role="admin")
    assert rows(admin.get(LIST))["guest"][1] == "Gæst, Gribskov"
    assert records(admin.get(f"{LIST}?rolle=admin")) == ["admin"]
    assert "Vest" not in admin.get(page_of(cast.guest)).text


def test_the_list_asks_as_often_for_few_as_for_many(admin, cast):
    few = queries(admin, LIST)
    for _number in range(6):
        person = PersonFactory(user=RoleGrantFactory(role="guest", municipality=municipality("Køge")).user)
        PostFactory(person=person, kind="chair", body=CommitteeFactory())
    assert queries(admin, LIST) == few


def test_a_superuser_manages_all(log_in, cast):
    cast.nobody.is_superuser = True
    cast.nobody.save()
    client = log_in(cast.nobody)
    assert {"outsider", "admin", "nobody"} <= set(records(client.get(LIST)))
    assert records(client.get(f"{LIST}?kulturregion=vest")) == ["outside_admin", "outsider"]
    RoleGrantFactory(user=cast.outsider, role="admin")
    assert records(client.get(f"{LIST}?kulturregion=vest&rolle=admin")) == ["outside_admin"]
    koege = municipality("Køge")
    PostFactory(person__user=cast.outside_admin, kind="culture_head", body=None, municipality=koege)
    assert records(client.get(f"{LIST}?kulturregion=vest&kommune={koege.code}")) == []
    client.post(page_of(cast.outsider, "luk/"))
    assert not User.objects.get(pk=cast.outsider.pk).is_active


# --- roles ------------------------------------------------------------------------------------------------------------


def test_a_role_is_changed_and_counts_at_once(admin, log_in, cast):
    theirs = log_in(cast.staff)
    assert theirs.get(LIST).status_code == 404
    page = admin.post(role_page(cast.staff), form_data(admin.get(role_page(cast.staff))) | {"role": "admin"})
    assert page.url == page_of(cast.staff)
    assert theirs.get(LIST).status_code == 200
    assert last_event() == ("role_changed", cast.admin, cast.staff, kulturmetropolen())
    send(admin, role_page(cast.staff), role="guest", municipality=str(municipality("Køge").pk))
    assert theirs.get("/aftaler/").status_code == 404


def test_a_role_is_taken_and_the_user_leaves_the_list(admin, log_in, cast):
    theirs = log_in(cast.staff)
    assert send(admin, role_page(cast.staff), role="").url == LIST
    assert last_event() == ("role_taken", cast.admin, cast.staff, kulturmetropolen())
    assert theirs.get("/aftaler/").status_code == 404
    assert admin.get(page_of(cast.staff)).status_code == 404


def still_open() -> set[str]:
    return set(UserInvitation.objects.open().values_list("name", flat=True))


def test_no_role_comes_back_by_an_old_invitation(admin, cast, vest):
    chair = PostFactory(kind="chair", body=CommitteeFactory()).person
    user, leaver = RoleGrantFactory(culture_region=vest).user, RoleGrantFactory(culture_region=vest).user
    for each in (user, leaver):
        RoleGrantFactory(user=each)
    UserInvitationFactory(name="Sofies rolle", email="STAFF@cast.example", role="admin")
    UserInvitationFactory(name="Sofie i vest", email=cast.staff.email, culture_region=vest)
    UserInvitationFactory(name="En anden")
    UserInvitationFactory(name="Post", email=user.email, role="post", person=chair)
    UserInvitationFactory(name="Formand", email=cast.chair.email)
    UserInvitationFactory(name="Den, der går", email=leaver.email)
    send(admin, role_page(cast.staff), role="")
    assert "Sofies rolle" not in still_open()
    assert AuditEvent.objects.filter(kind="invitation_withdrawn", by=cast.admin).count() == 1
    send(admin, role_page(user), role="")
    assert "Post" in still_open()  # it goes with the post, which stands
    admin.post(page_of(cast.chair, "luk/"))
    admin.post(page_of(leaver, "luk/"))
    assert still_open() == {"Sofie i vest", "En anden", "Post"}


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"role": "guest"}, "Gæstens kommune: Vælg den kommune, som gæsten hører til."),
        (
            {"role": "staff", "municipality": "Køge"},
            "Gæstens kommune: Kun gæster hører til en kommune. Lad feltet stå tomt, eller vælg rollen gæst.",
        ),
        (
            {"role": "konge"},
            "Rolle: Marker en gyldig valgmulighed. konge er ikke en af de tilgængelige valgmuligheder.",
        ),
        (
            {"role": "guest", "municipality": "999999"},
            "Gæstens kommune: Marker en gyldig valgmulighed. Det valg, du har foretaget, er ikke blandt de tilgængelige"
            " valgmuligheder.",
        ),
    ],
)
def test_what_is_wrong_with_a_role(admin, cast, typed, fault):
    if typed.get("municipality") == "Køge":
        typed = typed | {"municipality": str(municipality("Køge").pk)}
    assert refused(admin, role_page(cast.staff), forged=("role", "municipality"), **typed) == [fault]
    assert role_of(cast.staff) == "staff"


def test_nobody_takes_their_own_role_as_admin(admin, cast):
    RoleGrantFactory(role="admin")
    assert refused(admin, role_page(cast.admin), role="staff") == [
        "Du kan ikke fjerne din egen rolle som administrator. Bed en anden administrator om det."
    ]
    assert role_of(cast.admin) == "admin"


def test_a_region_keeps_its_last_admin(log_in, cast):
    cast.nobody.is_superuser = True
    cast.nobody.save()
    client = log_in(cast.nobody)
    last = "admin er den sidste administrator i Kulturmetropolen. Gør først en anden til administrator."
    assert refused(client, role_page(cast.admin), role="staff") == [last]
    assert notices(client.post(page_of(cast.admin, "luk/"), follow=True)) == [last]
    closed = RoleGrantFactory(role="admin", user=UserFactory(is_active=False))
    assert refused(client, role_page(cast.admin), role="") == [last]
    User.objects.filter(pk=closed.user.pk).update(is_active=True)
    assert send(client, role_page(cast.admin), role="").status_code == 302


def test_of_two_admins_at_once_one_wins_and_the_other_is_told(admin, cast, log_in):
    other = log_in(RoleGrantFactory(role="admin").user)
    url = role_page(cast.staff)
    opened = form_data(other.get(url))
    send(admin, url, role="guest", municipality=str(municipality("Køge").pk))
    page = other.post(url, opened | {"role": "admin"})
    assert page.status_code == 409
    assert text(all_of_class(parse(page), "notice-warning")[0]) == (
        "En anden har ændret dette i mellemtiden "
        "Nu står der: Gæst, Køge. Intet af dit er gemt; det, du skrev, står nedenfor."
    )
    assert role_of(cast.staff) == "guest"
    assert other.post(url, form_data(page) | {"municipality": ""}).status_code == 302
    assert role_of(cast.staff) == "admin"


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_take_each_others_role_leave_one(cast):
    one, two = cast.admin, RoleGrantFactory(role="admin").user
    start, refusals = Barrier(2), []

    def take(user, by) -> None:
        start.wait()
        try:
            users.set_role(user=user, region=kulturmetropolen(), role="", municipality=None, seen="admin-", by=by)
        except ValidationError as error:
            refusals.append(error.messages)
        connection.close()

    threads = [Thread(target=take, args=pair) for pair in [(one, two), (two, one)]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refusals) == 1
    assert RoleGrant.objects.filter(culture_region=kulturmetropolen(), role="admin").count() == 1


def test_nobody_gives_roles_in_another_region(admin, cast, vest):
    url = page_of(cast.staff, f"rolle/{vest.pk}/")
    assert admin.post(url, {"role": "admin", "seen": ""}).status_code == 404
    assert role_of(cast.staff, vest) is None


# --- the account ------------------------------------------------------------------------------------------------------


def test_an_account_is_closed_and_opened(admin, cast):
    theirs = log_in_by_form(cast.staff)
    page = admin.post(page_of(cast.staff, "luk/"), follow=True)
    assert notices(page) == ["Kontoen for staff er lukket."]
    assert theirs.get("/").url == "/log-ind/?next=/"
    assert last_event() == ("user_closed", cast.admin, cast.staff, kulturmetropolen())
    # another admin had the page open all the while
    page = admin.post(page_of(cast.staff, "luk/"), follow=True)
    assert notices(page) == ["En anden har netop ændret dette. Se, hvad der står her nu."]
    page = admin.post(page_of(cast.staff, "aabn/"), follow=True)
    assert notices(page) == ["Kontoen for staff er åben igen."]
    assert last_event()[0] == "user_opened"
    assert User.objects.filter(pk=cast.staff.pk, is_active=True, closed_at=None).exists()
    assert theirs.get("/").url == "/log-ind/?next=/"


def test_nobody_closes_their_own_account(admin, cast):
    RoleGrantFactory(role="admin")
    page = admin.post(page_of(cast.admin, "luk/"), follow=True)
    assert notices(page) == ["Du kan ikke lukke din egen konto. Bed en anden administrator om det."]


def test_an_account_of_two_regions_loses_this_one_alone(admin, cast, vest):
    user = RoleGrantFactory(culture_region=vest).user
    RoleGrantFactory(user=user)
    url = page_of(user, "luk/")
    assert heading(admin.get(url)) == f"Afslut adgangen her for {user}?"
    assert "så den forbliver åben" in admin.get(url).text
    page = admin.post(url, follow=True)
    assert (page.redirect_chain, notices(page)) == ([(LIST, 302)], [f"{user} har ikke længere adgang her."])
    user.refresh_from_db()
    assert (user.is_active, role_of(user), role_of(user, vest)) == (True, None, "staff")


@pytest.mark.parametrize("superuser", [False, True])
def test_who_administers_one_region_does_not_touch_an_account_of_two(admin, cast, vest, superuser):
    """Whoever sets the address reads the mail that lets one in, there as well."""
    user = RoleGrantFactory(user__is_superuser=superuser).user
    if not superuser:
        RoleGrantFactory(user=user, culture_region=vest, role="admin")
    Authenticator.objects.create(user=user, type="totp", data={})
    fault = ["Kontoen hører også til en anden kulturregion, så én administrator kan ikke ændre den alene."]
    assert refused(admin, page_of(user, "rediger/"), email="tyv@herlev.example") == fault
    assert refused(admin, page_of(user, "totrin/"), reason="Tabt telefon") == fault
    links = [each.get("href") for each in parse(admin.get(page_of(user))).iter("a")]
    assert not {page_of(user, "rediger/"), page_of(user, "totrin/")} & set(links)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert notices(admin.post(page_of(user, "aabn/"), follow=True))[:1] == fault
    assert User.objects.get(pk=user.pk).email == user.email


def test_sessions_end_at_once(admin, cast):
    phone = log_in_by_form(cast.staff)
    desk = Client()
    desk.post("/log-ind/", {"login": cast.staff.email, "password": PASSWORD})
    (facts,) = all_of_class(parse(admin.get(page_of(cast.staff))), "facts")
    assert text(facts).endswith("Logget ind 2 steder")
    page = admin.post(page_of(cast.staff, "log-ud/"), follow=True)
    assert notices(page) == ["staff er logget ud 2 steder."]
    assert [each.get("/").url for each in (phone, desk)] == ["/log-ind/?next=/"] * 2
    assert last_event() == ("session_ended", cast.admin, cast.staff, kulturmetropolen())
    page = admin.post(page_of(cast.staff, "log-ud/"), follow=True)
    assert notices(page) == ["staff var ikke logget ind andre steder."]


def test_ones_own_session_stays(admin, cast):
    elsewhere = log_in_by_form(cast.admin)
    admin.force_login(cast.admin)  # a new password has ended the first session
    page = admin.post(page_of(cast.admin, "log-ud/"), follow=True)
    assert notices(page) == ["admin er logget ud ét sted."]
    assert elsewhere.get("/").url == "/log-ind/?next=/"


def test_a_second_step_is_reset(admin, cast, mailoutbox, django_capture_on_commit_callbacks):
    theirs = log_in_by_form(cast.staff)
    for type in ("totp", "recovery_codes"):
        Authenticator.objects.create(user=cast.staff, type=type, data={})
    url = page_of(cast.staff, "totrin/")
    assert refused(admin, url) == ["Begrundelse: Dette felt er påkrævet."]
    with django_capture_on_commit_callbacks(execute=True):
        page = admin.post(url, {"reason": "Ny telefon, ringet op"}, follow=True)
    assert notices(page) == ["Totrinslogin er nulstillet for staff."]
    assert not Authenticator.objects.filter(user=cast.staff).exists()
    assert theirs.get("/").url == "/log-ind/?next=/"
    event = AuditEvent.objects.get(kind="second_factor_reset")
    assert (event.by, event.subject, event.about) == (cast.admin, cast.staff, "Ny telefon, ringet op")
    (message,) = mailoutbox
    assert (message.to, message.subject) == (["staff@cast.example"], "Dit totrinslogin er nulstillet")
    assert "admin har fjernet app, adgangsnøgler og gendannelseskoder fra din konto" in message.body
    # another admin had the form open all the while
    assert admin.post(url, {"reason": "Ny telefon"}).status_code == 409


def test_ones_own_second_step_is_not_reset_here(admin, cast):
    Authenticator.objects.create(user=cast.admin, type="totp", data={})
    assert refused(admin, page_of(cast.admin, "totrin/"), reason="x") == [
        "Du fjerner selv dit andet trin under Min konto."
    ]


def test_a_new_address_is_told_to_the_old_one_too(admin, cast, mailoutbox, django_capture_on_commit_callbacks):
    theirs = log_in_by_form(cast.staff)
    with django_capture_on_commit_callbacks(execute=True):
        send(admin, page_of(cast.staff, "rediger/"), email="sofie@herlev.example", name="Sofie Staff")
    assert sorted(each.to[0] for each in mailoutbox) == ["sofie@herlev.example", "staff@cast.example"]
    assert {each.subject for each in mailoutbox} == {"E-mailadressen på din konto er ændret"}
    assert "Du logger fra nu af ind med sofie@herlev.example." in mailoutbox[0].body
    assert theirs.get("/").url == "/log-ind/?next=/"
    assert Client().post("/log-ind/", {"login": "sofie@herlev.example", "password": PASSWORD}).url == "/"
    assert {"user_changed", "email_changed"} <= set(AuditEvent.objects.values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"name": ""}, "Navn: Dette felt er påkrævet."),
        ({"email": "kaj"}, "E-mail: Indtast en gyldig e-mail-adresse."),
        ({"email": "ADMIN@cast.example"}, "E-mail: Der er allerede en bruger med den e-mailadresse."),
    ],
)
def test_what_is_wrong_with_name_and_address(admin, cast, typed, fault):
    assert refused(admin, page_of(cast.staff, "rediger/"), **typed) == [fault]


def test_two_who_correct_an_address_at_once(admin, cast):
    url = page_of(cast.staff, "rediger/")
    opened = form_data(admin.get(url))
    send(admin, url, name="Sofie")
    page = admin.post(url, opened | {"name": "Sonja"})
    assert page.status_code == 409
    assert "Nu står der: Sofie, staff@cast.example." in page.text
    assert form_data(page)["name"] == "Sonja"
    admin.post(url, form_data(page))
    assert User.objects.get(pk=cast.staff.pk).name == "Sonja"


# --- people and posts -------------------------------------------------------------------------------------------------


def test_who_is_outrun_at_the_last_moment_is_told_so(admin, cast):
    person, other = PersonFactory(), PersonFactory()
    with somebody_first('UPDATE "agreements_person"', f"SET user_id = {cast.guest.pk} WHERE id = {other.pk}"):
        assert refused(admin, page_of(cast.guest, "person/"), person=str(person.pk)) == [RACED]
    with somebody_first('UPDATE "accounts_user"', f"SET email = 'ny@x.example' WHERE id = {cast.staff.pk}"):
        assert refused(admin, page_of(cast.guest, "rediger/"), email="ny@x.example") == [RACED]


def test_rights_follow_the_person_that_a_user_is(admin, log_in, cast):
    person = PostFactory(kind="chair", body=CommitteeFactory()).person
    theirs = log_in(cast.guest)
    assert theirs.get("/aftaler/").status_code == 404
    send(admin, page_of(cast.guest, "person/"), person=str(person.pk))
    assert theirs.get("/aftaler/").status_code == 200
    assert last_event() == ("user_changed", cast.admin, cast.guest, kulturmetropolen())
    assert f"/poster/opret/?person={person.pk}" in admin.get(page_of(cast.guest)).text
    admin.post(page_of(cast.guest, "person/fjern/"))
    assert theirs.get("/aftaler/").status_code == 404


def test_people_of_others_are_not_offered(admin, cast, vest):
    taken = Person.objects.get(user=cast.chair)
    foreign = PersonFactory(culture_region=vest)
    url = page_of(cast.guest, "person/")
    assert not {str(taken.pk), str(foreign.pk)} & set(offered(admin.get(url), "person"))
    assert errors(admin.post(url, {"person": str(foreign.pk)})) == [
        "Person: Marker en gyldig valgmulighed. Det valg, du har foretaget, er ikke blandt de tilgængelige"
        " valgmuligheder."
    ]


def test_history_brings_no_user_back(admin, log_in, cast):
    """Staff take persons back to earlier versions; who may log in as whom is for admins."""
    person = Person.objects.get(user=cast.chair)
    row = person.history.latest().pk
    admin.post(page_of(cast.chair, "person/fjern/"))
    send(log_in(cast.staff), f"/personer/{person.pk}/rediger/", name="Frida")
    staff = log_in(cast.staff)
    person.refresh_from_db()
    staff.post(f"/personer/{person.pk}/historik/{row}/", {"version": person.version})
    person.refresh_from_db()
    assert (person.name, person.user) == ("chair", None)


def test_a_post_is_ended_from_the_users_page(admin, log_in, cast):
    post = Post.objects.get(person__user=cast.chair)
    assert f"/poster/{post.pk}/rediger/" in admin.get(page_of(cast.chair)).text
    yesterday = timezone.localdate() - timedelta(days=1)
    send(admin, f"/poster/{post.pk}/rediger/", ends_on=f"{yesterday:%d-%m-%Y}")
    assert "Udløbne" in admin.get(page_of(cast.chair)).text
    page = log_in(cast.chair).get("/")
    assert "Du ser portalen for din kulturregion, så længe du har en post i den." in page.text
    assert "Formand, Kultur- og Fritidsudvalget, Rødovre" in page.text


def test_whose_term_has_ended_is_told_so(log_in, cast):
    page = log_in(cast.former_chair).get("/")
    (rows,) = all_of_class(parse(page), "rows")
    assert text(rows) == "Formand, Kultur- og Fritidsudvalget, Rødovre Kulturmetropolen sluttede 31. december 2021"
    assert [text(link) for link in all_of_class(parse(page), "nav-item")] == ["Forside", "Hjælp"]
    Post.objects.filter(person__user=cast.former_chair).update(starts_on=date(2099, 1, 1), ends_on=None)
    assert "begynder 1. januar 2099" in log_in(cast.former_chair).get("/").text


def test_the_page_shows_the_invitations(admin, cast):
    mine = UserInvitationFactory(accepted_at=timezone.now(), accepted_by=cast.staff)
    UserInvitationFactory(email=cast.staff.email, culture_region=CultureRegion.objects.get(slug="vest"))
    links = [each.get("href") for each in parse(admin.get(page_of(cast.staff))).iter("a")]
    invitations = [each for each in links if each.startswith("/brugere/invitationer/") and each.count("/") == 4]
    assert invitations == [mine.get_absolute_url()]
