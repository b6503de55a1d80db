"""Signing up for the newsletter, confirming and unsubscribing, as anybody does."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from agreements.models import OutgoingMail
from outreach import floods
from outreach.actions import marketing
from outreach.models import PublicRequest, Subscription
from tests.emptying import empty
from tests.factories import kulturmetropolen
from tests.factories.outreach import SocialLinkFactory, SubscriptionFactory
from tests.pages import all_of_class, errors, heading, parse, text

SIGNUP = "/offentligt/kulturmetropolen/nyhedsbrev/"
EMAIL = "ase@herlev.example"


@pytest.fixture(autouse=True)
def on_commit(cast, django_capture_on_commit_callbacks, settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}


@pytest.fixture
def send(django_capture_on_commit_callbacks):
    """Sends the form as somebody who took five seconds to fill it in."""

    def send(email: str = EMAIL, client: Client | None = None, **typed):
        stamp = floods.stamp(timezone.now() - timedelta(seconds=5))
        with django_capture_on_commit_callbacks(execute=True):
            return (client or Client()).post(SIGNUP, {"email": email, "website": "", "stamp": stamp, **typed})

    return send


def links(body: str) -> list[str]:
    return [url.removeprefix(settings.SITE_URL) for url in re.findall(r"https?://\S+", body)]


def link() -> str:
    """The link of the latest mail."""
    return links(mail.outbox[-1].body)[0]


def shift(**back) -> None:
    """As if the latest mail had been sent that long ago."""
    Subscription.objects.update(mailed_at=timezone.now() - timedelta(**back))


def the_one() -> Subscription:
    return Subscription.objects.get(email=EMAIL)


def test_from_the_form_to_the_list_and_off_it_again(send):
    anybody = Client()
    assert heading(anybody.get(SIGNUP)) == "Nyhedsbrev"
    assert heading(send()) == "Se i din indbakke"
    (sent,) = mail.outbox
    assert sent.to == [EMAIL]
    assert sent.subject == "Bekræft, at du vil have nyhedsbrevet fra Kulturmetropolen"
    assert the_one().state == "waiting"

    page = anybody.get(link())
    assert heading(page) == "Bekræft nyhedsbrevet"
    assert EMAIL in text(parse(page))
    assert the_one().state == "waiting"  # a mail program that opens the link confirms nothing
    assert heading(anybody.post(link())) == "Du er tilmeldt"
    assert the_one().state == "confirmed"
    confirmed_at = the_one().confirmed_at
    assert heading(anybody.post(link())) == "Du er tilmeldt"
    assert the_one().confirmed_at == confirmed_at

    leave = sent.extra_headers["List-Unsubscribe"].strip("<>").removeprefix(settings.SITE_URL)
    assert heading(anybody.get(leave)) == "Afmeld"
    assert the_one().state == "confirmed"
    assert heading(anybody.post(leave)) == "Du er afmeldt"
    assert the_one().state == "unsubscribed"
    assert heading(anybody.post(leave)) == "Du er afmeldt"


def test_a_mail_program_unsubscribes_without_a_token_or_a_login(db):
    subscription = SubscriptionFactory(confirmed_at=timezone.now())
    client = Client(enforce_csrf_checks=True)
    url = marketing.unsubscribe_url(subscription).removeprefix(settings.SITE_URL)
    assert client.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    subscription.refresh_from_db()
    assert subscription.state == "unsubscribed"
    confirm = marketing.confirm_url(subscription, timezone.now()).removeprefix(settings.SITE_URL)
    assert client.post(confirm).status_code == 403


STATES = {
    "new": None,
    "waiting": {},
    "confirmed": {"confirmed_at": timezone.now()},
    "unsubscribed": {"confirmed_at": timezone.now(), "unsubscribed_at": timezone.now() + timedelta(days=1)},
}


def test_the_answer_tells_nothing_about_the_address(send):
    answers = set()
    for state, fields in STATES.items():
        empty(Subscription, PublicRequest)
        if fields is not None:
            SubscriptionFactory(email=EMAIL, **fields)
        response = send()
        answers.add((response.status_code, response.content))
        assert len(mail.outbox) == 1, state
        mail.outbox.clear()
    assert len(answers) == 1


def test_who_has_the_newsletter_already_is_told_by_mail_alone(send):
    SubscriptionFactory(email=EMAIL, confirmed_at=timezone.now())
    send()
    (sent,) = mail.outbox
    assert sent.subject == "Du får allerede nyhedsbrevet fra Kulturmetropolen"
    assert [url.rsplit("/", 3)[1] for url in links(sent.body)] == ["afmeld"]
    assert the_one().state == "confirmed"


@pytest.mark.parametrize("email", [EMAIL, EMAIL.upper(), f" {EMAIL} "])
def test_one_address_is_one_subscription_and_gets_one_mail_an_hour(send, email):
    send()
    send(email)
    assert len(mail.outbox) == 1
    shift(minutes=59)
    send(email)
    assert len(mail.outbox) == 1
    shift(minutes=61)
    send(email)
    assert len(mail.outbox) == 2
    assert Subscription.objects.filter(email__iexact=EMAIL).count() == 1


def test_the_same_address_in_two_regions_is_two_subscriptions(send):
    send()
    stamp = floods.stamp(timezone.now() - timedelta(seconds=5))
    Client().post("/offentligt/vest/nyhedsbrev/", {"email": EMAIL, "stamp": stamp})
    regions = Subscription.objects.filter(email=EMAIL).values_list("culture_region__slug", flat=True)
    assert sorted(regions) == ["kulturmetropolen", "vest"]


@pytest.mark.parametrize(("days", "status"), [(6, 200), (8, 410)])
def test_a_link_works_for_seven_days(db, days, status):
    subscription = SubscriptionFactory()
    url = marketing.confirm_url(subscription, timezone.now() - timedelta(days=days))
    path = url.removeprefix(settings.SITE_URL)
    assert Client().get(path).status_code == status
    response = Client().post(path)
    assert response.status_code == status
    subscription.refresh_from_db()
    assert subscription.state == ("confirmed" if status == 200 else "waiting")
    if status == 410:
        assert heading(response) == "Linket er udløbet"
        assert parse(response).find(".//main//a").get("href") == SIGNUP


def test_a_link_from_before_one_unsubscribed_signs_nobody_up_again(send):
    send()
    old = link()
    Client().post(old)
    marketing.unsubscribe(subscription=the_one(), now=timezone.now())
    assert heading(Client().post(old)) == "Linket er udløbet"
    assert the_one().state == "unsubscribed"
    shift(hours=2)
    send()
    assert heading(Client().post(link())) == "Du er tilmeldt"
    assert the_one().state == "confirmed"


def test_who_unsubscribed_before_confirming_may_ask_again(send):
    send()
    marketing.unsubscribe(subscription=the_one(), now=timezone.now())
    shift(hours=2)
    send()
    assert the_one().state == "waiting"
    assert heading(Client().post(link())) == "Du er tilmeldt"


@pytest.mark.parametrize("verb", ["bekraeft", "afmeld"])
@pytest.mark.parametrize("signed", ["gaet", "a.b", "x:y:z", "æøå"])
def test_nobody_guesses_a_link(db, verb, signed):
    assert Client().get(f"/offentligt/nyhedsbrev/{verb}/{signed}/").status_code == 404
    assert Client().post(f"/offentligt/nyhedsbrev/{verb}/{signed}/").status_code == 404


def test_the_link_to_unsubscribe_with_confirms_nothing(db):
    subscription = SubscriptionFactory()
    signed = marketing.unsubscribe_url(subscription).rstrip("/").rpartition("/")[2]
    assert Client().post(f"/offentligt/nyhedsbrev/bekraeft/{signed}/").status_code == 404
    assert subscription.key not in marketing.confirm_url(subscription, timezone.now())


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"email": ""}, "E-mail: Dette felt er påkrævet."),
        ({"email": "ase"}, "E-mail: Indtast en gyldig e-mail-adresse."),
        ({"email": "ase@herlev.example\nBcc: b@x.example"}, "E-mail: Indtast en gyldig e-mail-adresse."),
        ({"website": "x"}, "Lad dette felt stå tomt: Lad dette felt stå tomt; det er en fælde for robotter."),
        ({"stamp": ""}, "Siden har været åben længe. Intet er gået tabt: send det igen."),
    ],
)
def test_what_is_refused_is_said_and_nothing_typed_is_lost(send, typed, message):
    response = send(**typed)
    assert errors(response) == [message]
    field = parse(response).find(".//input[@name='email']")
    assert field.get("value", "").split() == typed.get("email", EMAIL).split()
    stamp = parse(response).find(".//input[@name='stamp']").get("value")
    assert errors(send(stamp=stamp)) == ["Det gik hurtigt. Se efter, hvad du har skrevet, og send det igen."]
    assert (mail.outbox, OutgoingMail.objects.filter(recipient=EMAIL).count()) == ([], 0)


def test_a_flood_is_told_to_wait_and_loses_nothing(send):
    for number in range(5):
        assert send(f"laeser{number}@herlev.example").status_code == 200
    response = send()
    assert response.status_code == 429
    assert errors(response) == [
        "Der er kommet mange tilmeldinger herfra inden for en time. Vent en time, og send igen."
    ]
    assert parse(response).find(".//input[@name='email']").get("value") == EMAIL
    assert not Subscription.objects.filter(email=EMAIL).exists()


def test_the_public_pages_show_where_the_region_is_followed(db):
    SocialLinkFactory(channel="facebook", url="https://www.facebook.com/eksempel")
    footer = parse(Client().get(SIGNUP)).find(".//footer")
    assert "https://www.facebook.com/eksempel" in [link.get("href") for link in footer.iter("a")]


def test_the_trap_is_hidden_from_people_and_named_for_those_who_see_it(db):
    (trap,) = all_of_class(parse(Client().get(SIGNUP)), "trap")
    assert trap.get("aria-hidden") == "true"
    assert text(trap.find(".//label")) == "Lad dette felt stå tomt"
    assert (trap.find(".//input").get("tabindex"), trap.find(".//input").get("autocomplete")) == ("-1", "off")


def test_pages_with_a_key_are_kept_by_nobody(db):
    subscription = SubscriptionFactory()
    response = Client().get(marketing.confirm_url(subscription, timezone.now()).removeprefix(settings.SITE_URL))
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_a_region_that_is_not_there_has_no_newsletter(db):
    assert Client().get("/offentligt/findes-ikke/nyhedsbrev/").status_code == 404


def test_the_region_of_the_mail_is_the_newsletters(send):
    send()
    assert OutgoingMail.objects.get(recipient=EMAIL).culture_region == kulturmetropolen()
    assert OutgoingMail.objects.get(recipient=EMAIL).is_secret
