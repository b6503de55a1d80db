import os
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import Client

from agreements import access
from agreements.models import Post, RoleGrant
from kulturmetropol.accounts.models import User
from tests.factories import UserFactory
from tests.pages import errors, form_data, heading, notices, parse

LOCAL_WORDS = (
    "Adgangskoden består mest af ord, som andre let gætter her, f.eks. portalens eller en kommunes navn."
    " Sæt dine egne ord ind."
)
EMAIL, PASSWORD = "ase.oestergaard@herlev.example", "blå-viol-i-regnvejr"


@pytest.fixture
def user(db) -> User:
    return UserFactory(email=EMAIL, name="Åse Østergård", password=PASSWORD)


def log_in(email: str, password: str, **more):
    return Client().post("/log-ind/", {"login": email, "password": password, **more})


def typed_email(response) -> str:
    return parse(response).find(".//input[@name='login']").get("value")


@pytest.mark.parametrize("email", [EMAIL, EMAIL.upper(), "Ase.Oestergaard@Herlev.Example", f" {EMAIL} "])
def test_the_mail_address_logs_in_in_any_case(user, email):
    response = log_in(email, PASSWORD)
    assert response.url == "/"
    assert response.client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(
    ("email", "password"), [(EMAIL, "forkert"), (EMAIL, PASSWORD.upper()), ("ukendt@herlev.example", PASSWORD)]
)
def test_a_wrong_password_and_an_unknown_address_are_told_alike(user, email, password):
    response = log_in(email, password)
    assert errors(response) == ["E-mailadressen og adgangskoden passer ikke sammen. Se begge efter, og prøv igen."]
    assert typed_email(response) == email
    assert "_auth_user_id" not in response.client.session


def test_an_empty_form_names_both_fields(db):
    assert errors(log_in("", "")) == ["E-mail: Dette felt er påkrævet.", "Adgangskode: Dette felt er påkrævet."]


def test_a_closed_account_is_told_so_to_its_owner_alone(user):
    User.objects.update(is_active=False)
    response = log_in(EMAIL, PASSWORD)
    assert response.url == "/log-ind/lukket/"
    assert heading(response.client.get(response.url)) == "Kontoen er lukket"
    assert response.client.get("/").url == "/log-ind/?next=/"
    assert errors(log_in(EMAIL, "forkert")) == [
        "E-mailadressen og adgangskoden passer ikke sammen. Se begge efter, og prøv igen."
    ]


def test_closing_an_account_ends_its_sessions(staff, cast):
    assert staff.get("/").status_code == 200
    User.objects.filter(pk=cast.staff.pk).update(is_active=False)
    assert staff.get("/").url == "/log-ind/?next=/"


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/indsatser/?q=kor", "/indsatser/?q=kor"),
        ("https://snyd.example/", "/"),
        ("//snyd.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_one_lands_where_one_was_going_but_never_outside(user, wanted, reached):
    assert log_in(EMAIL, PASSWORD, next=wanted).url == reached


def test_the_address_one_was_going_to_is_kept_through_a_wrong_password(user):
    client = Client()
    page = client.get("/indsatser/?q=kor", follow=True)
    assert page.redirect_chain == [("/log-ind/?next=/indsatser/%3Fq%3Dkor", 302)]
    wanted = parse(page).find(".//input[@name='next']").get("value")
    again = client.post("/log-ind/", {"login": EMAIL, "password": "forkert", "next": wanted})
    assert parse(again).find(".//input[@name='next']").get("value") == "/indsatser/?q=kor"


def test_logging_out_takes_a_button(staff):
    assert staff.get("/log-ud/").status_code == 405
    assert staff.get("/").status_code == 200
    assert staff.post("/log-ud/").url == "/log-ind/"
    assert staff.get("/").url == "/log-ind/?next=/"


@pytest.fixture
def client_of_user(user) -> Client:
    return log_in(EMAIL, PASSWORD).client


def change(client, old: str, new: str, again: str | None = None):
    passwords = {"oldpassword": old, "password1": new, "password2": new if again is None else again}
    return client.post("/adgangskode/", passwords)


def test_a_password_is_changed_and_its_owner_is_told(client_of_user, mailoutbox):
    response = change(client_of_user, PASSWORD, "grøn-hest-på-taget")
    assert response.url == "/konto/"
    assert notices(client_of_user.get("/konto/")) == ["Din adgangskode er skiftet."]
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == ([EMAIL], "Din adgangskode er skiftet")
    assert "Var det ikke dig? Så vælg straks en ny adgangskode" in mail.body
    assert log_in(EMAIL, "grøn-hest-på-taget").url == "/"
    assert log_in(EMAIL, PASSWORD).status_code == 200


@pytest.mark.parametrize(
    ("passwords", "message"),
    [
        (("forkert", "grøn-hest-på-taget"), "Nuværende adgangskode: Det er ikke din nuværende adgangskode."),
        (
            (PASSWORD, "grøn-hest-på-taget", "grå-hest-på-taget"),
            "Ny adgangskode igen: De to adgangskoder er ikke ens.",
        ),
        ((PASSWORD, "kortkort"), "Ny adgangskode: Denne adgangskode er for kort. Den skal indeholde mindst 12 tegn."),
        ((PASSWORD, "qwertyuiop12"), "Ny adgangskode: Denne adgangskode er for almindelig."),
        ((PASSWORD, "Roskilde-kultur-2026"), f"Ny adgangskode: {LOCAL_WORDS}"),
        (
            (PASSWORD, "ase.oestergaard"),
            "Ny adgangskode: Din adgangskode minder for meget om din/dit e-mail.",
        ),
    ],
)
def test_a_bad_password_is_not_taken(client_of_user, passwords, message):
    response = change(client_of_user, *passwords)
    assert heading(response) == "Skift adgangskode"
    assert errors(response) == [message]
    assert log_in(EMAIL, PASSWORD).url == "/"


def test_who_has_no_password_may_choose_one(db, log_in_without_password):
    client = log_in_without_password
    assert client.get("/adgangskode/").url == "/adgangskode/vaelg/"
    response = client.post("/adgangskode/vaelg/", {"password1": PASSWORD, "password2": PASSWORD})
    assert response.url == "/konto/"
    assert log_in("uden@herlev.example", PASSWORD).url == "/"


@pytest.fixture
def log_in_without_password(db) -> Client:
    client = Client()
    client.force_login(User.objects.create_user("uden@herlev.example", name="Uden"))
    return client


def test_passwords_are_kept_as_argon2(db, settings):
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[1:]  # without the quick one of the tests
    assert UserFactory(password=PASSWORD).password.startswith("argon2$argon2id$")


def test_two_accounts_may_not_differ_in_case_alone(user):
    with pytest.raises(IntegrityError, match="user_email_unique"):
        UserFactory(email=EMAIL.upper())


# --- the demo users ---------------------------------------------------------------------------------------------------


def make_demo_users() -> list[str]:
    out = StringIO()
    call_command("create_demo_users", stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def on_my_machine(db, settings, monkeypatch):
    settings.SITE_URL = "http://127.0.0.1:8000"
    monkeypatch.setitem(os.environ, "DEMO_PASSWORD", PASSWORD)


def test_demo_users_are_made_once_and_their_logins_printed(on_my_machine):
    before = User.objects.count()
    lines = make_demo_users()
    assert lines == make_demo_users()
    assert User.objects.count() == before + 5
    assert lines[0] == f"Log ind med adgangskoden {PASSWORD} som"
    assert [re.split(r"\s{2,}", line.strip()) for line in lines[1:]] == [
        ["sekretariat@kulturmetropolen.example", "sekretariat"],
        ["admin@kulturmetropolen.example", "admin"],
        ["formand@roedovre.example", "formand, Kultur- og Fritidsudvalget, Rødovre"],
        ["kulturchef@roedovre.example", "kulturchef, Rødovre"],
        ["gaest@gribskov.example", "gæst, Gribskov"],
    ]
    for line in lines[1:]:
        assert log_in(line.split()[0], PASSWORD).url == "/"


@pytest.mark.parametrize(
    ("email", "edits", "reads", "invited"),
    [
        ("sekretariat@kulturmetropolen.example", 1, 1, 0),
        ("admin@kulturmetropolen.example", 1, 1, 0),
        ("formand@roedovre.example", 0, 1, 0),
        ("kulturchef@roedovre.example", 0, 1, 0),
        ("gaest@gribskov.example", 0, 0, 1),
    ],
)
def test_each_demo_user_has_its_role(on_my_machine, email, edits, reads, invited):
    make_demo_users()
    roles = access.roles(User.objects.get(email=email))
    assert (len(roles.edited), len(roles.read), len(roles.invited)) == (edits, reads, invited)


def test_a_demo_user_who_was_given_another_role_keeps_it(on_my_machine):
    make_demo_users()
    RoleGrant.objects.filter(user__email="sekretariat@kulturmetropolen.example").update(role="admin")
    Post.objects.filter(person__user__email="formand@roedovre.example").update(ends_on="2022-01-01")
    make_demo_users()
    assert RoleGrant.objects.get(user__email="sekretariat@kulturmetropolen.example").role == "admin"
    assert not access.roles(User.objects.get(email="formand@roedovre.example")).read


def test_demo_users_have_no_default_password(on_my_machine, monkeypatch):
    monkeypatch.delitem(os.environ, "DEMO_PASSWORD")
    with pytest.raises(CommandError, match=r"^Angiv DEMO_PASSWORD; der er ingen standardadgangskode\.$"):
        make_demo_users()


def test_demo_users_stay_on_ones_own_machine(on_my_machine, settings):
    settings.SITE_URL = "https://portal.example"
    with pytest.raises(CommandError, match=r"^Prøvebrugere er til en portal på ens egen maskine; SITE_URL siger"):
        make_demo_users()
    assert not User.objects.filter(email="sekretariat@kulturmetropolen.example").exists()


def test_a_logged_in_user_needs_no_login_page(staff):
    assert staff.get("/log-ind/").url == "/"
    assert form_data(staff.get("/adgangskode/vaelg/")) == {"password1": "", "password2": ""}
