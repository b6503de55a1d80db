"""Stories that culture heads are sent (B3): the mail, the contact it leaves, and what waits."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from django.utils.formats import date_format

from agreements.models import OutgoingMail, Person, Post
from initiatives.models import Story
from outreach.actions import contacts as actions
from outreach.models import ContactNote
from tests.counting import queries
from tests.factories import (
    CultureRegionFactory,
    InitiativeFactory,
    PersonFactory,
    municipality,
)
from tests.factories.doing import StoryFactory
from tests.factories.governance import PostFactory
from tests.factories.outreach import ContactNoteFactory
from tests.outreach.contacts import exported, key, nobody_has_called, overview_rows
from tests.pages import errors, form_data, notices, offered, parse, records, refused, send, text

REQUIRED = "Dette felt er påkrævet."


@pytest.fixture
def nobody_called(db):
    nobody_has_called()


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def head(db) -> Person:
    """The one culture head of Rødovre that a mail can reach."""
    person = Post.objects.get(person__user__email="culture_head@cast.example").person
    Person.objects.filter(pk=person.pk).update(name="Karl Kulturchef", email="karl@roedovre.example")
    person.refresh_from_db()
    return person


@pytest.fixture
def story(db) -> Story:
    manager = PersonFactory(name="Emma Leder", email="emma@kulturmetropolen.example")
    return StoryFactory(
        initiative=InitiativeFactory(manager=manager),
        title="Tolv unge",
        text="## Først\n\nDe fandt **fem bands** og *en sal*.\n\n- snak_om_det\n- [Viften](https://viften.example/)",
    )


@pytest.fixture
def delivered(django_capture_on_commit_callbacks):
    """Sends the form on the story's page; what the mail server got comes back."""

    def deliver(client, story, **typed):
        before = len(mail.outbox)
        with django_capture_on_commit_callbacks(execute=True):
            response = send(client, f"/historier/{story.pk}/send/", **typed)
        return response, mail.outbox[before:]

    return deliver


def has_had_it(day) -> str:
    again = "Send den igen til dem, der har fået den"
    return f"{again}: Karl Kulturchef ({day:%d-%m-%Y}) har fået historien. Sæt hak her for at sende den igen."


class TestSendingAStory:
    def test_the_mail_is_proposed_sent_and_logged(self, staff, cast, head, story, delivered, settings, today):
        settings.SITE_URL = "https://portal.example"
        form = form_data(staff.get(f"/historier/{story.pk}/send/"))
        assert form["people"] == [str(head.pk)]
        response, (sent,) = delivered(staff, story)
        assert response.url == f"/historier/{story.pk}/"
        assert (sent.subject, sent.to) == ("En historie fra Rødovre: Tolv unge", ["karl@roedovre.example"])
        assert sent.reply_to == ["emma@kulturmetropolen.example"]
        assert sent.body == (
            "Hej\n\nHer er en historie fra Rødovre, som du er velkommen til at dele med dit udvalg og borgerne.\n\n"
            "Tolv unge\n\nFørst\n\nDe fandt fem bands og en sal.\n\n- snak_om_det\n- Viften (https://viften.example/)\n\n"
            f"Historien i portalen: https://portal.example/historier/{story.pk}/\n\n"
            "Har du spørgsmål, eller vil du høre mere? Skriv til Emma Leder, emma@kulturmetropolen.example.\n\n"
            "Venlig hilsen\nstaff\nKulturmetropolen"
        )
        note = ContactNote.objects.get(story=story)
        assert (note.kind, note.person, note.municipality.name, note.contacted_on, note.entered_by, note.text) == (
            "story",
            head,
            "Rødovre",
            today,
            cast.staff,
            "En historie fra Rødovre: Tolv unge",
        )
        assert notices(staff.get(response.url)) == ["Historien er på vej til Karl Kulturchef, og kontakten er noteret."]
        assert "✓ i dag" in overview_rows(staff)["Rødovre"]

    def test_without_a_manager_the_sender_is_asked(self, staff, cast, head, story):
        for manager in (None, PersonFactory(name="Uden Mail")):
            story.initiative.manager = manager
            story.initiative.save()
            body = form_data(staff.get(f"/historier/{story.pk}/send/"))["text"]
            assert "Skriv til staff, staff@cast.example." in body

    def test_it_is_sent_as_it_was_changed(self, staff, head, story, delivered):
        _response, (sent,) = delivered(staff, story, subject="Læs denne", text="Kære Karl\r\n\r\nSe selv.")
        assert (sent.subject, sent.body) == ("Læs denne", "Kære Karl\n\nSe selv.")

    @pytest.mark.parametrize("title", ["Hej\r\nBcc: alle@post.example", "Hej\nTo: alle@post.example"])
    def test_a_title_cannot_write_headers(self, staff, head, story, delivered, title):
        Story.objects.filter(pk=story.pk).update(title=title)
        _response, (sent,) = delivered(staff, story, subject=f"En historie: {title}")
        assert sent.subject == f"En historie: {' '.join(title.split())}"
        assert (sent.recipients(), sent.extra_headers.get("Bcc")) == (["karl@roedovre.example"], None)
        assert "\nBcc:" not in sent.message().as_string().partition("\n\n")[0]

    def test_the_same_form_sent_twice_asks(self, staff, head, story, delivered, today):
        url = f"/historier/{story.pk}/send/"
        data = form_data(staff.get(url))
        delivered(staff, story)
        assert errors(staff.post(url, data)) == [has_had_it(today)]
        assert (OutgoingMail.objects.count(), ContactNote.objects.filter(story=story).count()) == (1, 1)

    def test_of_two_who_send_at_once_one_does(self, cast, head, story):
        told = {"story": story, "people": [head], "subject": "Hej", "text": "Se"}
        assert actions.send_story(**told, user=cast.staff) == [head]
        assert actions.send_story(**told, user=cast.admin) == []
        assert (OutgoingMail.objects.count(), ContactNote.objects.filter(story=story).count()) == (1, 1)

    def test_sending_again_is_asked_for(self, staff, head, story, delivered, today):
        url = f"/historier/{story.pk}/send/"
        delivered(staff, story)
        page = staff.get(url)
        assert f"Sendt til Karl Kulturchef, {date_format(today)}." in notices(page)
        data = form_data(page)
        assert data["people"] == []
        assert refused(staff, url, people=[str(head.pk)]) == [has_had_it(today)]
        _response, again = delivered(staff, story, people=[str(head.pk)], again="on")
        assert [each.to for each in again] == [["karl@roedovre.example"]]
        assert OutgoingMail.objects.filter(key__startswith=f"story-{story.pk}-person-{head.pk}").count() == 2
        assert ContactNote.objects.filter(story=story).count() == 2

    def test_it_is_asked_for_where_the_note_is_deleted_as_well(self, staff, head, story, delivered, today):
        delivered(staff, story)
        ContactNote.objects.filter(story=story).delete()
        url = f"/historier/{story.pk}/send/"
        assert refused(staff, url, people=[str(head.pk)]) == [has_had_it(today)]
        _response, again = delivered(staff, story, people=[str(head.pk)], again="on")
        assert [each.to for each in again] == [["karl@roedovre.example"]]

    def test_sending_again_is_not_doubled_either(self, staff, head, story, delivered):
        url = f"/historier/{story.pk}/send/"
        delivered(staff, story)
        data = form_data(staff.get(url)) | {"people": [str(head.pk)], "again": "on"}
        staff.post(url, data)
        response = staff.post(url, data, follow=True)
        assert "Historien er allerede sendt. Intet bliver sendt to gange." in notices(response)
        assert OutgoingMail.objects.count() == 2
        assert ContactNote.objects.filter(story=story).count() == 2

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"people": []}, "Til: Vælg, hvem der skal have historien."),
            ({"subject": ""}, f"Emne: {REQUIRED}"),
            ({"text": " "}, f"Mailens tekst: {REQUIRED}"),
        ],
    )
    def test_what_is_wrong(self, staff, head, story, values, message):
        assert refused(staff, f"/historier/{story.pk}/send/", **values) == [message]
        assert OutgoingMail.objects.count() == 0

    def test_it_goes_to_the_culture_heads_of_its_municipality_alone(self, staff, head, story):
        elsewhere = PostFactory(
            person=PersonFactory(email="koege@post.example"),
            kind="culture_head",
            body=None,
            municipality=municipality("Køge"),
        ).person
        of_another_region = PostFactory(
            person=PersonFactory(culture_region=CultureRegionFactory(), email="vest@post.example"),
            kind="culture_head",
            body=None,
            municipality=municipality("Rødovre"),
        ).person
        url = f"/historier/{story.pk}/send/"
        assert offered(staff.get(url), "people") == [str(head.pk)]
        for person in (elsewhere, of_another_region):
            assert errors(send(staff, url, people=[str(person.pk)]))[0].startswith("Til: ")
        assert OutgoingMail.objects.count() == 0

    def test_without_a_culture_head_it_says_so(self, staff, story):
        Person.objects.filter(user__email="culture_head@cast.example").update(email="")
        page = staff.get(f"/historier/{story.pk}/send/")
        assert "Der er ikke registreret en kulturchef med e-mailadresse i Rødovre." in text(parse(page))
        assert f"/poster/opret/?kommune={key('Rødovre')}" in [link.get("href") for link in parse(page).iter("a")]

    def test_what_is_not_published_is_not_sent(self, staff, head, story, today):
        for day in (None, today + timedelta(days=1)):
            Story.objects.filter(pk=story.pk).update(published_on=day)
            for response in (
                staff.get(f"/historier/{story.pk}/send/", follow=True),
                staff.post(f"/historier/{story.pk}/send/", {"people": str(head.pk)}, follow=True),
            ):
                assert notices(response)[0] == (
                    "Historien er ikke offentliggjort endnu: Kulturchefen kunne ikke læse den her."
                )
            links = [link.get("href") for link in parse(staff.get(f"/historier/{story.pk}/")).iter("a")]
            assert f"/historier/{story.pk}/send/" not in links
        assert OutgoingMail.objects.count() == 0

    def test_the_storys_page_leads_editors_here(self, staff, log_in, cast, story):
        link = f"/historier/{story.pk}/send/"
        assert link in [each.get("href") for each in parse(staff.get(f"/historier/{story.pk}/")).iter("a")]
        reader = log_in(cast.chair).get(f"/historier/{story.pk}/")
        assert link not in [each.get("href") for each in parse(reader).iter("a")]


class TestUnsentStories:
    @pytest.fixture(autouse=True)
    def no_others(self, nobody_called):
        Story.objects.update(published_on=None)

    def test_the_list(self, staff, log_in, cast, story, today):
        Story.objects.filter(pk=story.pk).update(published_on=today - timedelta(days=8))
        recent = StoryFactory(title="Ny", municipality=municipality("Køge"), published_on=today - timedelta(days=7))
        StoryFactory(title="Kladde", published_on=None)
        sent = StoryFactory(title="Sendt")
        ContactNoteFactory(kind="story", story=sent)
        page = staff.get("/kontakter/historier/")
        assert records(page) == ["Tolv unge", "Ny"]
        assert [text(row).count("har ventet over en uge") for row in parse(page).iterfind(".//tbody/tr")] == [1, 0]
        assert records(staff.get("/kontakter/historier/?kommune=0259")) == ["Ny"]
        assert records(log_in(cast.outsider).get("/kontakter/historier/")) == []
        assert f"/historier/{recent.pk}/send/" in [link.get("href") for link in parse(page).iter("a")]
        lines = exported(staff, "/kontakter/historier/?format=csv&kommune=0259")
        assert lines[1:] == [f"0259;Køge;Ny;{recent.initiative};{today - timedelta(days=7):%d-%m-%Y}"]

    def test_many_cost_no_more_queries_than_one(self, staff):
        StoryFactory()
        one = queries(staff, "/kontakter/historier/")
        for _n in range(20):
            StoryFactory()
        assert queries(staff, "/kontakter/historier/") == one
