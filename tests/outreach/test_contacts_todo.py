"""What contacts ask of the secretariat."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agreements.models import Membership
from initiatives.models import Story
from outreach.models import ContactNote, FollowUp
from outreach.todo.contacts import todos
from tests.factories import (
    MembershipFactory,
    UserFactory,
    municipality,
)
from tests.factories.doing import StoryFactory
from tests.factories.outreach import ContactNoteFactory, EncounterFactory, FollowUpFactory
from tests.outreach.contacts import key, nobody_has_called

NEW = "/kontakter/opret/"


@pytest.fixture
def nobody_called(db):
    nobody_has_called()


@pytest.fixture
def today():
    return timezone.localdate()


class TestTodos:
    @pytest.fixture(autouse=True)
    def nothing_else(self, nobody_called, cast, today):
        Story.objects.update(published_on=None)
        for name in Membership.objects.values_list("municipality__name", flat=True):
            ContactNoteFactory(municipality=municipality(name), contacted_on=today)

    def told(self, user, today):
        return [(each.title, each.note, each.due_on, each.url, each.verb, each.owner) for each in todos(user, today)]

    def test_nothing_is_nothing(self, cast, today):
        assert todos(cast.staff, today) == []
        assert todos(cast.outsider, today) == []

    def test_follow_ups_within_fourteen_days(self, cast, today):
        for days in (-3, 14, 15):
            FollowUpFactory(text=f"Om {days}", due_on=today + timedelta(days=days), owner=cast.admin)
        FollowUpFactory(due_on=today, done_on=today)
        first, second = FollowUp.objects.open().order_by("due_on")[:2]
        assert self.told(cast.staff, today) == [
            ("Om -3", "Køge", today - timedelta(days=3), f"/opfoelgninger/{first.pk}/", "Følg op", cast.admin.pk),
            ("Om 14", "Køge", today + timedelta(days=14), f"/opfoelgninger/{second.pk}/", "Følg op", cast.admin.pk),
        ]
        assert todos(cast.outsider, today) == []

    def test_a_member_that_nobody_has_talked_to(self, cast, today):
        ContactNote.objects.filter(municipality__name="Køge").update(contacted_on=today - timedelta(days=91))
        ContactNote.objects.filter(municipality__name="Herlev").update(contacted_on=today - timedelta(days=90))
        assert self.told(cast.staff, today) == [
            (
                "Kontakt Køge",
                "Seneste kontakt for 91 dage siden",
                today - timedelta(days=1),
                f"{NEW}?kommune={key('Køge')}",
                "Log en kontakt",
                None,
            )
        ]

    def test_a_member_without_any_contact_has_90_days_from_joining(self, cast, today):
        MembershipFactory(municipality=municipality("Fanø"), joined_on=today - timedelta(days=90))
        MembershipFactory(municipality=municipality("Faxe"), joined_on=today - timedelta(days=91))
        assert [(each.title, each.note) for each in todos(cast.staff, today)] == [
            ("Kontakt Faxe", "Ingen kontakt er noteret")
        ]

    def test_stories_that_wait_are_one(self, cast, today):
        for days in (8, 20, 7):
            StoryFactory(published_on=today - timedelta(days=days))
        assert self.told(cast.staff, today) == [
            (
                "2 historier er ikke sendt til kulturcheferne",
                "Offentliggjort for mere end en uge siden",
                today - timedelta(days=13),
                "/kontakter/historier/",
                "Send historier",
                None,
            )
        ]
        assert todos(cast.outsider, today) == []

    def test_many_cost_no_more_queries_than_few(self, cast, today, django_assert_num_queries):
        todos(cast.staff, today)
        with django_assert_num_queries(7):
            todos(cast.staff, today)
        for _n in range(5):
            FollowUpFactory(due_on=today, owner=UserFactory())
            StoryFactory(published_on=today - timedelta(days=9))
            EncounterFactory()
        ContactNote.objects.update(contacted_on=today - timedelta(days=99))
        with django_assert_num_queries(7):
            assert len(todos(cast.staff, today)) == 5 + 9 + 1
