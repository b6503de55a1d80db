"""What the link of an invitation does for who opens it: a newcomer, a user, somebody else, and all too late."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from agreements import inviting
from agreements.models import AuditEvent, RoleGrant, UserInvitation
from kulturmetropol.accounts.models import User
from tests.agreements.test_users import RACED, somebody_first
from tests.factories import PersonFactory, UserFactory, kulturmetropolen, municipality
from tests.factories.users import RoleGrantFactory
from tests.pages import errors, heading, notices, parse, text

EMAIL, PASSWORD = "ase@herlev.example", "grøn-hest-på-taget"
NO_LINK = "Linket virker ikke"


@pytest.fixture
def invite(cast):
    """Makes an invitation; its link."""

    def link(**more) -> str:
        what = {"region": kulturmetropolen(), "email": EMAIL, "name": "Åse Holm", "role": "staff", "by": cast.admin}
        return inviting.invite(**what | more, by_mail=False)[1].removeprefix("http://testserver")

    return link


def come_in(link: str, **typed):
    client = Client()
    assert client.get(link).url == "/velkommen/"
    return client, client.post("/velkommen/", {"name": "Åse Holm", **typed}, follow=True)


def kinds() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_the_link_leads_to_an_address_without_the_token(invite):
    link = invite()
    client = Client()
    client.get(link)
    page = client.get("/velkommen/")
    assert heading(page) == "Velkommen til portalen"
    assert "admin inviterer dig til portalen for Kulturmetropolen som medarbejder i sekretariatet." in page.text
    token = link.split("/")[2]
    assert token not in page.text
    assert token not in str(client.session.items())
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in page.headers["Cache-Control"]


def test_opening_the_link_uses_nothing_up(invite):
    link = invite()
    for _mail_program in range(3):
        Client().get(link)
    assert not User.objects.filter(email=EMAIL).exists()
    _client, page = come_in(link, password1=PASSWORD, password2=PASSWORD)
    assert page.redirect_chain[-1] == ("/", 302)


def test_a_new_user_comes_in_with_a_password(invite):
    client, page = come_in(invite(role="admin"), name="Åse H.", password1=PASSWORD, password2=PASSWORD)
    assert "Skriv et notat" in page.text
    user = User.objects.get(email=EMAIL)
    assert (user.name, user.check_password(PASSWORD)) == ("Åse H.", True)
    assert RoleGrant.objects.get(user=user).role == "admin"
    assert client.get("/brugere/").status_code == 200
    assert kinds()[-4:] == ["user_created", "role_given", "invitation_accepted", "login"]
    invitation = UserInvitation.objects.get()
    assert (invitation.state, invitation.accepted_by) == ("accepteret", user)


def test_a_password_may_be_left_out(invite):
    _client, page = come_in(invite(role="guest", municipality=municipality("Gribskov")))
    assert heading(page) == "Gribskov"
    assert not User.objects.get(email=EMAIL).has_usable_password()


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"name": ""}, "Navn: Dette felt er påkrævet."),
        (
            {"password1": "kort", "password2": "kort"},
            "Adgangskode: Denne adgangskode er for kort. Den skal indeholde mindst 12 tegn.",
        ),
        ({"password1": PASSWORD, "password2": "x"}, "Adgangskode igen: De to adgangskoder er ikke ens."),
        ({"password1": PASSWORD, "password2": ""}, "Adgangskode igen: De to adgangskoder er ikke ens."),
        ({"password1": EMAIL, "password2": EMAIL}, "Adgangskode: Din adgangskode minder for meget om din/dit e-mail."),
    ],
)
def test_what_is_wrong_with_what_a_new_user_writes(invite, typed, fault):
    _client, page = come_in(invite(), **typed)
    assert errors(page) == [fault]
    assert not User.objects.filter(email=EMAIL).exists()


def test_a_link_works_once(invite):
    link = invite()
    come_in(link, password1=PASSWORD, password2=PASSWORD)
    client, page = come_in(link, password1="en-helt-anden-kode", password2="en-helt-anden-kode")
    assert (page.status_code, heading(page)) == (410, "Invitationen er brugt")
    assert "Din konto er der: log ind med din e-mailadresse." in page.text
    assert "_auth_user_id" not in client.session
    assert User.objects.get(email=EMAIL).check_password(PASSWORD)


def test_a_link_that_has_run_out(invite):
    link = invite()
    then = timezone.now() - timedelta(days=1)
    UserInvitation.objects.update(sent_at=then - timedelta(days=14), expires_at=then)
    _client, page = come_in(link)
    assert (page.status_code, heading(page)) == (410, "Invitationen er udløbet")
    assert "Skriv til admin, og bed om en ny: admin@cast.example" in text(parse(page))
    assert not User.objects.filter(email=EMAIL).exists()


def test_a_link_that_is_withdrawn(invite, log_in, cast):
    link = invite()
    invitation = UserInvitation.objects.get()
    page = log_in(cast.admin).post(f"{invitation.get_absolute_url()}traek-tilbage/", follow=True)
    assert notices(page)[-1:] == ["Invitationen er trukket tilbage. Linket lukker ingen ind."]
    _client, page = come_in(link)
    assert (page.status_code, heading(page)) == (410, "Invitationen er trukket tilbage")
    assert kinds()[-1] == "invitation_withdrawn"


@pytest.mark.parametrize("link", ["/velkommen/", "/velkommen/gaettet/"])
def test_a_link_that_is_nobodys(db, link):
    page = Client().get(link, follow=True)
    assert (page.status_code, heading(page)) == (404, NO_LINK)


def test_guessing_is_stopped(db):
    cache.clear()
    client = Client()
    for number in range(20):
        assert client.get(f"/velkommen/gaet{number}/").status_code == 302
    assert client.get("/velkommen/gaet/").status_code == 429


def test_who_has_an_account_logs_in_to_it_and_accepts(invite, log_in, cast):
    link = invite(email=cast.outsider.email)
    cast.outsider.set_password(PASSWORD)
    cast.outsider.save()
    client, page = come_in(link, password1="en-helt-anden-kode", password2="en-helt-anden-kode")
    assert heading(page) == "Log ind, og tag imod"
    assert RoleGrant.objects.filter(user=cast.outsider).count() == 1
    login = client.post("/log-ind/?next=/velkommen/", {"login": cast.outsider.email, "password": PASSWORD}, follow=True)
    assert heading(login) == "Tag imod invitationen"
    page = client.post("/velkommen/", follow=True)
    assert "Velkommen. Du har taget imod invitationen." in notices(page)
    roles = RoleGrant.objects.filter(user=cast.outsider).order_by("culture_region__name")
    assert [(str(each.culture_region), each.role) for each in roles] == [
        ("Kulturmetropolen", "staff"),
        ("Kulturregion Vest", "staff"),
    ]
    cast.outsider.refresh_from_db()
    assert cast.outsider.check_password(PASSWORD)


def test_who_is_outrun_when_accepting_is_told_so(log_in, cast):
    invitation, link = inviting.invite(
        region=kulturmetropolen(), email=cast.nobody.email, name="N", role="post", person=PersonFactory(), by=cast.admin
    )
    client = log_in(cast.nobody)
    client.get(link.removeprefix("http://testserver"))
    other = PersonFactory()
    with somebody_first('UPDATE "agreements_person"', f"SET user_id = {cast.nobody.pk} WHERE id = {other.pk}"):
        page = client.post("/velkommen/")
    assert RACED in text(parse(page))
    invitation.refresh_from_db()
    assert invitation.is_open


def test_somebody_else_cannot_accept(invite, log_in, cast):
    for email in (EMAIL, cast.outsider.email):
        link = invite(email=email)
        client = log_in(cast.chair)
        client.get(link)
        page = client.post("/velkommen/", {"name": "Frida"}, follow=True)
        assert heading(page) == "Invitationen er til en anden"
        assert f"Den er sendt til {email}, og du er logget ind som chair@cast.example." in text(parse(page))
    assert not UserInvitation.objects.filter(accepted_at__isnull=False).exists()


def test_a_closed_account_is_not_opened_by_an_invitation(invite, cast):
    link = invite(email=cast.outsider.email)
    User.objects.filter(pk=cast.outsider.pk).update(is_active=False)
    _client, page = come_in(link)
    assert (page.status_code, heading(page)) == (403, "Kontoen er lukket")


def test_an_old_invitation_lowers_no_role(invite, log_in):
    links = [invite(email="ny@herlev.example"), invite(role="guest", municipality=municipality("Gribskov"))]
    users = [UserFactory(email="ny@herlev.example"), UserFactory(email=EMAIL)]
    for user, link, role in zip(users, links, ["admin", "staff"], strict=True):
        RoleGrantFactory(user=user, role=role)
        client = log_in(user)
        client.get(link)
        assert "Velkommen. Du har taget imod invitationen." in notices(client.post("/velkommen/", follow=True))
        assert RoleGrant.objects.get(user=user).role == role
    assert "role_changed" not in kinds()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_open_a_link_at_once_one_comes_in(invite):
    link = invite()
    start, pages = Barrier(2), []

    def accept() -> None:
        client = Client()
        client.get(link)
        start.wait()
        pages.append(client.post("/velkommen/", {"name": "Åse"}).status_code)
        connection.close()

    threads = [Thread(target=accept) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(pages) in ([200, 302], [302, 410])
    assert User.objects.filter(email=EMAIL).count() == 1
