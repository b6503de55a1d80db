"""Inviting people to the portal: what an admin may write, what the mail says, and what its link does."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agreements.models import AuditEvent, CultureRegion, OutgoingMail, Person, Post, RoleGrant, UserInvitation
from kulturmetropol.accounts.models import User
from outreach.actions.onboarding import decline
from tests.counting import queries
from tests.factories import (
    AgreementFactory,
    CommitteeFactory,
    PersonFactory,
    kulturmetropolen,
    municipality,
)
from tests.factories.governance import PostFactory
from tests.factories.outreach import OnboardingCaseFactory
from tests.factories.users import UserInvitationFactory
from tests.pages import errors, form_data, heading, notices, offered, parse, records, refused, send, text

NEW = "/brugere/invitationer/opret/"
EMAIL, PASSWORD = "ase@herlev.example", "grøn-hest-på-taget"
NO_LINK = "Linket virker ikke"


@pytest.fixture
def admin(log_in, cast):
    return log_in(cast.admin)


@pytest.fixture
def invite(admin, django_capture_on_commit_callbacks, mailoutbox):
    """Sends an invitation by the form; the link in its mail."""

    def by_form(**typed) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            response = send(admin, NEW, **{"name": "Åse Holm", "email": EMAIL, "role": "staff", **typed})
        assert response.status_code == 302, errors(response)
        return link_in(mailoutbox[-1])

    return by_form


def link_in(message) -> str:
    return re.search(r"^http://testserver(/velkommen/\S+)$", message.body, re.MULTILINE)[1]


def come_in(link: str, **typed):
    client = Client()
    assert client.get(link).url == "/velkommen/"
    return client, client.post("/velkommen/", {"name": "Åse Holm", **typed}, follow=True)


def kinds() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("kind", flat=True))


# --- the mail ---------------------------------------------------------------------------------------------------------


def test_the_mail(invite, cast, mailoutbox):
    link = invite()
    (message,) = mailoutbox
    until = f"{timezone.localdate() + timedelta(days=14):%Y}"
    assert (message.to, message.reply_to) == ([EMAIL], [cast.admin.email])
    assert message.subject == "Du er inviteret til portalen for Kulturmetropolen"
    lines = message.body.splitlines()
    assert lines[0] == "Kære Åse Holm"
    assert lines[2] == "admin inviterer dig til portalen for Kulturmetropolen som medarbejder i sekretariatet."
    assert lines[4:6] == ["Tag imod her, og vælg, hvordan du vil logge ind:", f"http://testserver{link}"]
    assert lines[7].startswith("Linket virker én gang, i 14 dage, til og med")
    assert until in lines[7]
    assert lines[7].endswith("Det er kun dit: giv det ikke videre.")
    assert lines[9] == "Havde du ikke ventet det? Så gør ingenting, eller svar på denne mail og spørg."
    assert lines[-2:] == ["admin", "Kulturmetropolen"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"role": "admin"}, "administrator"),
        ({"role": "guest", "municipality": "Gribskov"}, "gæst for Gribskov Kommune"),
        (
            {"role": "post", "post_kind": "culture_head", "post_municipality": "Halsnæs", "starts_on": "01-01-2024"},
            "kulturchef i Halsnæs",
        ),
    ],
)
def test_the_mail_says_as_what(invite, mailoutbox, typed, words):
    names = {"municipality", "post_municipality"}
    invite(**{name: str(municipality(value).pk) if name in names else value for name, value in typed.items()})
    assert f"til portalen for Kulturmetropolen som {words}." in mailoutbox[0].body


def test_nothing_but_the_mail_holds_the_link(invite):
    token = invite().split("/")[2]
    invitation = UserInvitation.objects.get()
    assert invitation.token_hash == UserInvitation.hash_of(token)
    mail = OutgoingMail.objects.get()
    assert (mail.is_secret, mail.status, mail.body) == (True, "sent", "")
    assert not mail.can_be_sent_again(timezone.now())


def test_no_mail_holds_a_link_that_has_ended(admin, settings):
    settings.MAILERS = {}  # they wait
    send(admin, NEW, name="Åse Holm", email=EMAIL, role="staff")
    invitation = UserInvitation.objects.get()
    admin.post(f"/brugere/invitationer/{invitation.pk}/send/", {"times_sent": "1"})
    first, second = OutgoingMail.objects.order_by("pk")
    assert (first.status, first.body, second.status) == ("given_up", "", "waiting")
    assert link_in_body(second.body)
    OutgoingMail.objects.filter(pk=second.pk).update(status="failed")
    admin.post(f"/brugere/invitationer/{invitation.pk}/traek-tilbage/")
    second.refresh_from_db()
    assert (second.status, second.body) == ("given_up", "")


def test_a_newer_mail_ends_the_link_of_the_first(invite, admin, mailoutbox, django_capture_on_commit_callbacks):
    first = invite()
    invitation = UserInvitation.objects.get()
    url = f"{invitation.get_absolute_url()}send/"
    with django_capture_on_commit_callbacks(execute=True):
        page = admin.post(url, {"times_sent": "1"}, follow=True)
    assert notices(page)[-1:] == ["Invitationen er sendt igen. Linket i den forrige mail virker ikke længere."]
    second = link_in(mailoutbox[1])
    assert heading(come_in(first)[1]) == NO_LINK
    # another admin had the page open all the while
    page = admin.post(url, {"times_sent": "1"}, follow=True)
    assert notices(page)[-1:] == [
        "En anden kom først, eller invitationen er accepteret nu. Se, hvad der er blevet af den."
    ]
    assert len(mailoutbox) == 2
    assert come_in(second)[1].redirect_chain[-1] == ("/", 302)


def test_staff_cannot_have_an_invitation_sent_to_themselves(log_in, cast, admin, mailoutbox, settings):
    settings.MAILERS = {}  # it waits
    send(admin, NEW, name="Åse Holm", email=EMAIL, role="admin")
    mail = OutgoingMail.objects.get()
    staff = log_in(cast.staff)
    assert link_in_body(mail.body) not in staff.get(mail.get_absolute_url()).text
    staff.post(f"/post/{mail.pk}/send/", {"recipient": cast.staff.email})
    mail.refresh_from_db()
    assert mail.recipient == EMAIL


def link_in_body(body: str) -> str:
    return re.search(r"/velkommen/\S+", body)[0]


def test_how_long_a_link_lasts_is_a_setting(admin, settings):
    settings.INVITATION_DAYS = 5
    send(admin, NEW, name="Åse Holm", email=EMAIL, role="staff")
    assert UserInvitation.objects.filter(expires_at__lt=timezone.now() + timedelta(days=5)).exists()
    for page in (NEW, "/brugere/invitationer/"):
        assert ", som udløber efter 5 dage." in text(parse(admin.get(page)))
    settings.INVITATION_DAYS = 1
    assert ", som udløber efter 1 dag." in text(parse(admin.get(NEW)))


# --- what an admin may write ------------------------------------------------------------------------------------------


def test_an_empty_form_says_what_is_missing(admin):
    assert refused(admin, NEW) == [
        "Navn: Dette felt er påkrævet.",
        "E-mail: Dette felt er påkrævet.",
        "Rolle: Dette felt er påkrævet.",
    ]


HEAD = {"role": "post", "post_kind": "culture_head", "post_municipality": "Køge"}
WRONG = [
    ({"email": "kaj"}, "E-mail: Indtast en gyldig e-mail-adresse."),
    ({"email": "åse@herlev.example\nBcc: x@x.example"}, "E-mail: Indtast en gyldig e-mail-adresse."),
    (
        {"role": "superuser"},
        "Rolle: Marker en gyldig valgmulighed. superuser er ikke en af de tilgængelige valgmuligheder.",
    ),
    ({"role": "guest"}, "Gæstens kommune: Vælg den kommune, som gæsten hører til."),
    (
        {"role": "staff", "municipality": "Køge"},
        "Gæstens kommune: Kun gæster hører til en kommune. Lad feltet stå tomt, eller vælg rollen gæst.",
    ),
    ({"role": "post"}, "Person: Vælg personen, eller skriv den nye post nedenfor."),
    (
        {"role": "staff", "post_kind": "chair"},
        "Rolle: Der er valgt en person eller en post nedenfor. Vælg “Formand eller kulturchef”, eller tøm felterne.",
    ),
    (
        {"role": "post", "starts_on": "01-01-2026"},
        "Ny post: Vælg, om den nye post er som formand eller som kulturchef.",
    ),
    ({"role": "post", "post_kind": "chair", "starts_on": "01-01-2026"}, "Udvalg: Vælg udvalget."),
    (HEAD | {"post_municipality": "", "starts_on": "01-01-2026"}, "Kulturchefens kommune: Vælg kommunen."),
    (HEAD, "Fra: Skriv, hvornår posten begynder."),
    (
        HEAD | {"starts_on": "31-02-2026"},
        "Fra: Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020.",
    ),
    (
        HEAD | {"starts_on": "01-01-2026", "ends_on": "31-12-2025"},
        "Til: Perioden slutter, før den begynder. Se de to datoer efter.",
    ),
    (
        HEAD | {"starts_on": "01-01-2020", "ends_on": "31-12-2021"},
        "Til: Posten er udløbet, så den ville intet vise af portalen.",
    ),
]


def test_what_is_wrong_with_an_invitation(admin):
    for typed, fault in WRONG:
        values = dict(typed)
        for name in {"municipality", "post_municipality"} & typed.keys():
            values[name] = typed[name] and str(municipality(typed[name]).pk)
        values = {"name": "Åse Holm", "email": EMAIL, "role": "staff"} | values
        forged = ("role",) if typed.get("role") == "superuser" else ()
        assert fault in refused(admin, NEW, forged=forged, **values), typed
    assert not UserInvitation.objects.exists()


def test_people_who_are_there_already(admin, cast):
    def fault(**typed):
        return refused(admin, NEW, **{"name": "Åse Holm", "email": EMAIL, "role": "staff", **typed})

    assert fault(email="STAFF@cast.example") == [
        "E-mail: staff har allerede en rolle her: Sekretariat. Skift den på brugerens side."
    ]
    User.objects.filter(pk=cast.staff.pk).update(is_active=False)
    assert fault(email="staff@cast.example") == [
        "E-mail: staff har en konto, som er lukket. Åbn den på brugerens side."
    ]
    UserInvitationFactory(email=EMAIL.upper())
    assert fault() == ["Adressen har allerede en åben invitation. Send den igen, eller træk den tilbage først."]
    person = PersonFactory(name="Uden Post")
    assert fault(role="post", person=str(person.pk), email="bo@herlev.example") == [
        "Person: Uden Post har ingen post som formand eller kulturchef. Skriv den nedenfor."
    ]
    PersonFactory(name="Kendt", email="kendt@herlev.example")
    new = {"post_kind": "culture_head", "post_municipality": str(municipality("Køge").pk), "starts_on": "01-01-2026"}
    assert fault(role="post", email="kendt@herlev.example", **new) == [
        "Person: Kendt har allerede denne adresse. Vælg personen."
    ]


def test_who_is_a_user_of_another_region_is_invited_like_anybody(invite, cast, mailoutbox):
    """An admin learns nothing of other regions' users."""
    invite(email=cast.outsider.email)
    assert mailoutbox[0].to == [cast.outsider.email]


def test_nothing_of_another_region_is_offered_or_taken(admin, cast):
    vest = CultureRegion.objects.get(slug="vest")
    person, body = PersonFactory(culture_region=vest), CommitteeFactory(culture_region=vest)
    page = admin.get(NEW)
    assert str(person.pk) not in offered(page, "person")
    assert str(body.pk) not in offered(page, "body")
    admin.post(NEW, form_data(page) | {"name": "Å", "email": EMAIL, "role": "staff", "culture_region": str(vest.pk)})
    assert UserInvitation.objects.get().culture_region == kulturmetropolen()


def test_who_administers_two_regions_does_not_mix_them(admin, cast):
    vest = CultureRegion.objects.get(slug="vest")
    RoleGrant.objects.create(user=cast.admin, culture_region=vest, role="admin")
    person = PostFactory(kind="chair", body=CommitteeFactory()).person
    fault = refused(
        admin, NEW, name="Åse", email=EMAIL, role="post", person=str(person.pk), culture_region=str(vest.pk)
    )
    assert fault == ["Person: Dette hører til en anden kulturregion."]


def test_a_new_chair_gets_person_and_post(invite):
    committee = CommitteeFactory(name="Udvalget for kunst")
    link = invite(role="post", post_kind="chair", body=str(committee.pk), starts_on="01-01-2026")
    post = Post.objects.get(person__name="Åse Holm")
    assert (post.kind, post.body, post.starts_on, post.ends_on) == (
        "chair",
        committee,
        date(2026, 1, 1),
        date(2029, 12, 31),
    )
    client, _page = come_in(link)
    assert Person.objects.get(name="Åse Holm").user.email == EMAIL
    assert client.get("/aftaler/").status_code == 200


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("?rolle=guest&kommune={municipality}", {"role": "guest", "municipality": "{municipality}"}),
        ("?person={person}", {"role": "post", "person": "{person}", "name": "Ida Iversen", "email": "ida@x.example"}),
        ("?person=99999999999999999999&kommune=x", {"role": "", "person": ""}),
    ],
)
def test_the_form_is_filled_in_from_where_one_comes(admin, address, fields):
    ids = {"municipality": municipality("Gribskov").pk}
    ids["person"] = PersonFactory(name="Ida Iversen", email="ida@x.example").pk
    data = form_data(admin.get(NEW + address.format(**ids)))
    assert {name: data[name] for name in fields} == {name: value.format(**ids) for name, value in fields.items()}


def test_a_case_and_a_person_lead_to_the_form(admin, log_in, cast):
    case = OnboardingCaseFactory(agreement=AgreementFactory(), municipality=municipality("Gribskov"))
    UserInvitationFactory(name="Gry Gæst", role="guest", municipality=case.municipality)
    page = parse(admin.get(case.get_absolute_url()))
    links = {text(each): each.get("href") for each in page.iter("a")}
    region = kulturmetropolen().pk
    assert links["Invitér en gæst"] == f"{NEW}?rolle=guest&kommune={case.municipality.pk}&kulturregion={region}"
    assert links["Gry Gæst"].startswith("/brugere/invitationer/")
    post = PostFactory(kind="chair", body=CommitteeFactory())
    for address in (post.person.get_absolute_url(), post.get_absolute_url()):
        links = [each.get("href") for each in parse(admin.get(address)).iter("a")]
        assert f"{NEW}?person={post.person.pk}" in links
        assert f"{NEW}?person={post.person.pk}" not in log_in(cast.staff).get(address).text


def test_a_case_that_closes_ends_the_invitations_of_its_guests(invite, cast):
    case = OnboardingCaseFactory(agreement=AgreementFactory(), municipality=municipality("Gribskov"))
    link = invite(role="guest", municipality=str(case.municipality.pk))
    decline(case=case, version=case.version, reason="Budget", user=cast.admin)
    assert heading(come_in(link)[1]) == "Invitationen er trukket tilbage"
    assert not RoleGrant.objects.filter(user=cast.guest).exists()
    assert {"invitation_withdrawn", "role_taken"} <= set(kinds())


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_state(admin):
    now = timezone.now()
    UserInvitationFactory(name="Venter")
    UserInvitationFactory(name="Udløbet", sent_at=now - timedelta(days=20), expires_at=now - timedelta(days=6))
    UserInvitationFactory(name="Trukket", withdrawn_at=now)
    UserInvitationFactory(name="Taget", accepted_at=now, role="guest", municipality=municipality("Køge"))
    url = "/brugere/invitationer/"
    assert {state: records(admin.get(f"{url}?tilstand={state}")) for state in UserInvitation.State.values} == {
        "venter": ["Venter"],
        "udloebet": ["Udløbet"],
        "trukket": ["Trukket"],
        "accepteret": ["Taget"],
    }
    assert records(admin.get(f"{url}?rolle=guest&kommune={municipality('Køge').code}")) == ["Taget"]
    assert records(admin.get(f"{url}?q=udløbet")) == ["Udløbet"]


def test_the_list_asks_as_often_for_one_as_for_many(admin, cast):
    UserInvitationFactory(role="guest", municipality=municipality("Køge"), invited_by=cast.admin)
    few = queries(admin, "/brugere/invitationer/")
    for _number in range(8):
        UserInvitationFactory(role="guest", municipality=municipality("Køge"), invited_by=cast.admin)
    assert queries(admin, "/brugere/invitationer/") == few
