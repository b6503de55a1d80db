"""Who gets the newsletter and who ought to, the region's channels, and the share kit."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from django.utils import timezone

from agreements.models import Body, OutgoingMail, Post
from initiatives.models import Activity, Story
from outreach import readership
from outreach.models import SocialLink, Subscription
from tests.counting import queries
from tests.emptying import empty
from tests.factories import BodyFactory, PersonFactory, municipality
from tests.factories.doing import ActivityFactory, StoryFactory, picture
from tests.factories.governance import PostFactory
from tests.factories.outreach import SocialLinkFactory, SubscriptionFactory
from tests.pages import all_of_class, errors, form_data, heading, notices, parse, records, text

NOW = timezone.now()


# --- the list ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def subscribers(cast):
    empty(Subscription)
    SubscriptionFactory(email="ase@herlev.example", confirmed_at=NOW)
    SubscriptionFactory(email="+bo@herlev.example", confirmed_at=NOW)
    SubscriptionFactory(email="carl@herlev.example")
    SubscriptionFactory(email="dorte@herlev.example", confirmed_at=NOW, unsubscribed_at=NOW + timedelta(days=1))


def figures(response) -> dict[str, str]:
    return {
        text(group.find("dt")): text(group.find("dd"))
        for group in parse(response).iterfind(".//dl[@class='figures']/div")
    }


def test_the_list_counts_and_filters_by_state(staff, subscribers):
    page = staff.get("/nyhedsbrev/")
    assert figures(page) == {"bekræftede": "2", "ikke bekræftede": "1", "afmeldte": "1"}
    assert len(records(page)) == 4
    assert records(staff.get("/nyhedsbrev/?stand=waiting")) == ["carl@herlev.example"]
    assert records(staff.get("/nyhedsbrev/?stand=unsubscribed")) == ["dorte@herlev.example"]
    assert records(staff.get("/nyhedsbrev/?stand=confirmed&q=ase")) == ["ase@herlev.example"]


def test_confirmed_addresses_alone_are_exported_and_are_no_formulas(staff, subscribers):
    response = staff.get("/nyhedsbrev/?format=csv&stand=waiting")
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(StringIO(content), delimiter=";"))
    assert rows[0] == ["e-mail", "bekræftet", "afmeldingslink"]
    assert [row[0] for row in rows[1:]] == ["'+bo@herlev.example", "ase@herlev.example"]
    assert all(row[2].startswith("http://testserver/offentligt/nyhedsbrev/afmeld/") for row in rows[1:])
    assert staff.get("/nyhedsbrev/?format=xlsx").status_code == 200
    assert staff.get("/nyhedsbrev/?format=pdf").status_code == 404


def test_many_subscribers_cost_no_more_queries_than_one(staff):
    SubscriptionFactory()
    few = queries(staff, "/nyhedsbrev/")
    SubscriptionFactory.create_batch(24)
    PostFactory.create_batch(5, body=BodyFactory(kind="politicians"))
    assert queries(staff, "/nyhedsbrev/") == few


# --- who is missing ---------------------------------------------------------------------------------------------------


@pytest.fixture
def nobody_in_post(cast):
    empty(Post)


def in_body(name: str, of: str = "steering_group", **post) -> Post:
    body = Body.objects.filter(kind=of, culture_region__slug="kulturmetropolen").first() or BodyFactory(kind=of)
    email = f"{name.lower()}@herlev.example"
    return PostFactory(
        person=PersonFactory(name=name, email=email), body=body, **{"starts_on": date(2022, 1, 1), **post}
    )


def missing(client) -> list[str]:
    (panel,) = all_of_class(parse(client.get("/nyhedsbrev/hvem-mangler/")), "panel")
    return [text(line) for line in panel.iter("li")]


def test_those_of_kmp_and_kmk_who_do_not_get_it_are_listed(staff, nobody_in_post):
    for name, kind in [("Agnete", "politicians"), ("Bjarke", "steering_group"), ("Clara", "chairmanship")]:
        in_body(name, kind)
    in_body("Daniel", "culture_heads", kind="member")
    in_body("Emine", "other")
    in_body("Frode", ends_on=date(2023, 12, 31))
    head = PersonFactory(name="Gudrun", email="")
    PostFactory(person=head, kind="culture_head", body=None, municipality=municipality("Køge"))
    elsewhere = PersonFactory(name="Henrik")
    PostFactory(person=elsewhere, kind="culture_head", body=None, municipality=municipality("Aarhus"))
    SubscriptionFactory(email="AGNETE@herlev.example", confirmed_at=NOW)
    SubscriptionFactory(email="bjarke@herlev.example")
    SubscriptionFactory(email="clara@herlev.example", confirmed_at=NOW, unsubscribed_at=NOW + timedelta(days=1))
    lines = missing(staff)
    assert [line.split()[0] for line in lines] == ["Bjarke", "Clara", "Daniel", "Gudrun"]
    assert "◐ Ikke bekræftet Invitér Bjarke" in lines[0]
    assert lines[1].endswith("– Afmeldt")
    assert lines[2].endswith("Invitér Daniel")
    assert lines[3].endswith("Der er ikke registreret en e-mailadresse.")
    lead = text(parse(staff.get("/nyhedsbrev/hvem-mangler/")).find(".//p[@class='lead']"))
    assert lead.startswith("Af 5 i KMP og KMK får 1 nyhedsbrevet.")


def test_one_is_invited_once_a_month(staff, nobody_in_post):
    person = in_body("Agnete").person
    in_body("Bjarke")
    response = staff.post("/nyhedsbrev/hvem-mangler/", {"person": person.pk})
    assert response.url == "/nyhedsbrev/hvem-mangler/"
    (mail,) = OutgoingMail.objects.all()
    assert (mail.recipient, mail.subject) == (
        "agnete@herlev.example",
        "Følg med i Kulturmetropolen: tilmeld dig nyhedsbrevet",
    )
    assert "http://testserver/offentligt/kulturmetropolen/nyhedsbrev/" in mail.body
    assert mail.body.startswith("Kære Agnete\n")
    assert "1 person er inviteret." in notices(staff.get("/nyhedsbrev/hvem-mangler/"))
    assert "Invitér Agnete" not in missing(staff)[0]
    staff.post("/nyhedsbrev/hvem-mangler/", {"person": person.pk})
    assert OutgoingMail.objects.count() == 1
    OutgoingMail.objects.update(key=mail.key.replace(f"{timezone.localdate():%Y-%m}", "2026-01"))
    assert "Invitér Agnete" in missing(staff)[0]


def test_all_are_invited_with_one_button(staff, nobody_in_post):
    for name in ("Agnete", "Bjarke", "Clara"):
        in_body(name)
    staff.post("/nyhedsbrev/hvem-mangler/")
    assert OutgoingMail.objects.count() == 3
    staff.post("/nyhedsbrev/hvem-mangler/")
    assert OutgoingMail.objects.count() == 3


@pytest.mark.parametrize("person", ["0", "x", "99999999999999999999"])
def test_who_is_not_on_the_list_is_not_invited(staff, nobody_in_post, person):
    in_body("Agnete")
    staff.post("/nyhedsbrev/hvem-mangler/", {"person": person})
    assert OutgoingMail.objects.count() == 0


def test_people_of_another_region_are_nobodys_to_invite(log_in, cast, nobody_in_post):
    person = in_body("Agnete").person
    log_in(cast.outsider).post("/nyhedsbrev/hvem-mangler/", {"person": person.pk})
    assert OutgoingMail.objects.count() == 0
    assert readership.readers(cast.outsider, timezone.localdate()) == []


def test_many_people_cost_no_more_queries_than_one(staff, nobody_in_post):
    in_body("Agnete")
    few = queries(staff, "/nyhedsbrev/hvem-mangler/")
    for number in range(12):
        in_body(f"Bo{number}")
    assert queries(staff, "/nyhedsbrev/hvem-mangler/") == few


# --- channels ---------------------------------------------------------------------------------------------------------


def test_a_channel_is_made(staff):
    empty(SocialLink)
    typed = {"channel": "facebook", "url": "https://www.facebook.com/eksempel"}
    assert staff.post("/kanaler/opret/", form_data(staff.get("/kanaler/opret/")) | typed).status_code == 302
    assert records(staff.get("/kanaler/")) == ["Facebook"]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"url": ""}, "Adresse: Dette felt er påkrævet."),
        ({"url": "http://www.facebook.com/eksempel"}, "Adressen skal begynde med https://."),
        ({"url": "ikke en adresse"}, "Adresse: Indtast en gyldig URL."),
        ({"url": "javascript:alert(1)"}, "Adresse: Indtast en gyldig URL."),
        ({"channel": ""}, "Kanal: Dette felt er påkrævet."),
        ({"url": "https://er.der/allerede"}, "Adressen er der allerede."),
    ],
)
def test_what_is_wrong_with_a_channel(staff, typed, message):
    SocialLinkFactory(url="https://er.der/allerede")
    typed = {"channel": "facebook", "url": "https://www.facebook.com/ny", **typed}
    response = staff.post("/kanaler/opret/", form_data(staff.get("/kanaler/opret/")) | typed)
    assert errors(response) == [message]
    assert form_data(response).items() >= typed.items()


# --- sharing ----------------------------------------------------------------------------------------------------------


def texts(response) -> list[str]:
    return ["".join(field.itertext()).lstrip("\n") for field in parse(response).iter("textarea")]


def test_an_activity_is_shared_with_the_line_that_says_who_stands_behind_it(log_in, cast):
    activity = ActivityFactory(
        title="Koncert på Ærø",
        held_on=date(2026, 6, 11),
        place="Kulturhuset",
        places=["Køge", "Rødovre"],
        note="Internt",
    )
    initiative = activity.initiative
    for user in (cast.staff, cast.chair, cast.culture_head):
        response = log_in(user).get(f"/aktiviteter/{activity.pk}/del/")
        assert heading(response) == "Del: Koncert på Ærø"
        facebook, instagram = texts(response)
        assert facebook == (
            "Koncert på Ærø\n11. juni 2026, Kulturhuset\n\n"
            f"Kulturmetropolen står bag {initiative.title} sammen med Køge og Rødovre."
        )
        assert instagram.startswith(facebook)
        assert instagram.endswith("#Køge #Rødovre")
        assert "#Kulturmetropolen #" in instagram


def test_a_story_is_shared_without_its_markdown_and_with_its_picture(staff):
    story = StoryFactory(
        title="Kor & klang",
        text="Da **Kirsten** sang\n\n- højt\n- længe\n\nblev der *stille* & rart.",
        municipality=municipality("Halsnæs"),
        published_on=date(2026, 11, 1),
        picture=picture(),
        picture_text="En flade",
    )
    response = staff.get(f"/historier/{story.pk}/del/")
    assert texts(response)[0] == (
        "Kor & klang\n\nDa Kirsten sang\n\n– højt\n– længe\n\nblev der stille & rart.\n\n"
        f"Kulturmetropolen står bag {story.initiative.title} sammen med Halsnæs."
    )
    (download,) = [link for link in parse(response).iter("a") if "download" in link.attrib]
    assert download.get("href") == f"/historier/{story.pk}/billede/"
    assert notices(response) == []


def test_a_long_story_is_cut_for_the_channels(staff):
    story = StoryFactory(text="ord " * 2000)
    for post in texts(staff.get(f"/historier/{story.pk}/del/")):
        assert len(post) < 2200
        assert "sammen med" in post


def test_a_story_that_is_not_published_is_the_secretariats_and_is_called_so(log_in, cast, staff):
    story = StoryFactory(published_on=None)
    url = f"/historier/{story.pk}/del/"
    assert log_in(cast.chair).get(url).status_code == 404
    assert notices(staff.get(url)) == ["Historien er ikke offentliggjort endnu. Offentliggør den, før du deler den."]


def test_readers_see_the_channels_of_the_region(log_in, cast):
    SocialLinkFactory(channel="instagram", url="https://www.instagram.com/eksempel")
    url = f"/aktiviteter/{Activity.objects.first().pk}/del/"
    links = [link.get("href") for link in parse(log_in(cast.chair).get(url)).iter("a")]
    assert "https://www.instagram.com/eksempel" in links


def test_the_pages_of_activities_and_stories_lead_to_sharing(log_in, cast):
    chair = log_in(cast.chair)
    story = Story.objects.visible_to(cast.chair).first()
    for record in (Activity.objects.first(), story):
        links = [link.get("href") for link in parse(chair.get(record.get_absolute_url())).iter("a")]
        assert f"{record.get_absolute_url()}del/" in links
