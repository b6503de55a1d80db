"""What needs me today: gathered, ordered, and whose it is; the start page shows the first of it."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from agreements.models import Agreement, Membership, Post, Submission
from initiatives.models import Indicator, Measurement
from kulturmetropol import today
from kulturmetropol.dashboard import greeting
from kulturmetropol.todo import Todo
from outreach.models import StatusNote
from tests.counting import queries
from tests.emptying import empty
from tests.factories import AgreementFactory, PersonFactory, the_agreement
from tests.factories.economy import SubmissionFactory
from tests.factories.governance import PostFactory
from tests.factories.outreach import (
    FollowUpFactory,
    OnboardingCaseFactory,
    OutgoingMailFactory,
    StatusNoteFactory,
    VisitFactory,
)
from tests.pages import all_of_class, heading, notices, parse, text

DAY = date(2026, 11, 25)


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def groups(response) -> dict[str, list[str]]:
    return {
        text(panel.find(".//h2")): [text(line) for line in panel.iter("li")]
        for panel in all_of_class(parse(response), "panel")
        if panel.find(".//h2") is not None
    }


def roof(user, day: date = DAY) -> list[Todo]:
    """What the roof itself gathers, without the parts of outreach."""
    return [each for each in today.todos(user, day) if each.key.split("-")[0] in ROOF]


ROOF = {"deadline", "miscount", "posts", "figures", "mail"}


def titles(user, kind: str, day: date = DAY) -> list[str]:
    return [each.title for each in roof(user, day) if each.key.startswith(kind)]


def handed_in(*, but: tuple[str, int] | None = None) -> None:
    owed = [(kind, year) for year in range(2021, 2025) for kind in ("status", "key_figures", "accounts")]
    for kind, year in [*owed, ("evaluation", 2024)]:
        if (kind, year) != but:
            SubmissionFactory(agreement=the_agreement(), kind=kind, year=year)


@pytest.fixture
def unmade(cast):
    empty(Submission)


def test_what_the_state_waits_for_is_one_line_for_an_agreement(cast, unmade):
    assert titles(cast.staff, "deadline") == ["13 indberetninger til staten mangler"]
    handed_in(but=("accounts", 2023))
    assert titles(cast.staff, "deadline") == ["Revideret regnskab for 2023"]
    (todo,) = [each for each in roof(cast.staff) if each.key.startswith("deadline")]
    assert (todo.due_on, todo.url, todo.verb, todo.owner) == (
        date(2024, 9, 15),
        f"/aftaler/{the_agreement().pk}/frister/",
        "Se frister",
        None,
    )


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2022, 7, 16), []),
        (date(2022, 7, 17), ["Årlig status, nøgletal og revideret regnskab for 2021"]),
        (date(2022, 9, 15), ["Årlig status, nøgletal og revideret regnskab for 2021"]),
        (date(2022, 9, 16), ["Årlig status, nøgletal og revideret regnskab for 2021"]),
    ],
)
def test_a_deadline_shows_two_months_before(cast, unmade, day, expected):
    assert titles(cast.staff, "deadline", day) == expected


def test_members_that_the_papers_count_otherwise(cast):
    assert titles(cast.staff, "miscount") == []
    Membership.objects.get(municipality__name="Helsingør").delete()
    assert titles(cast.staff, "miscount") == ["Papirerne siger 9 medlemmer, men 8 er registreret"]
    Agreement.objects.update(status="ended")
    assert titles(cast.staff, "miscount") == []


def test_posts_to_confirm_after_the_election(cast):
    Post.objects.update(not_continued=True)
    assert titles(cast.staff, "posts") == []
    for _n in range(2):
        PostFactory(kind="member", starts_on=date(2022, 1, 1), ends_on=date(2025, 12, 31))
    assert titles(cast.staff, "posts") == ["2 poster udløb med kommunalvalget"]
    (todo,) = [each for each in roof(cast.staff) if each.key.startswith("posts")]
    assert (todo.due_on, todo.url) == (date(2026, 1, 1), "/poster/bekraeft/")


def test_old_figures_are_counted_by_area_from_the_day_the_first_grew_old(cast):
    Agreement.objects.update(ends_on=date(2028, 12, 31))
    empty(Measurement)
    first, second = Indicator.objects.filter(target__area__name="Ungeindsatsen")[:2]
    Indicator.objects.update(interval_months=6)
    for indicator, day in [(first, date(2026, 1, 31)), (second, date(2026, 3, 1))]:
        Measurement.objects.create(indicator=indicator, measured_on=day, value=3)
    assert titles(cast.staff, "figures", date(2026, 7, 31)) == []
    assert titles(cast.staff, "figures", date(2026, 8, 1)) == ["Ungeindsatsen: 1 tal er for gammelt"]
    assert titles(cast.staff, "figures") == ["Ungeindsatsen: 2 tal er for gamle"]
    (todo,) = [each for each in roof(cast.staff) if each.key.startswith("figures")]
    assert todo.due_on == date(2026, 7, 31)
    assert todo.url == f"/indikatorer/?omraade={first.target.area_id}"


def test_trouble_with_the_mail_is_told_on_top_and_on_the_list(staff, cast):
    assert notices(staff.get("/")) == []
    OutgoingMailFactory.create_batch(3, error="Der er ikke sat en mailserver op.")
    OutgoingMailFactory(status="failed")
    for url in ("/", "/post/"):
        (notice,) = all_of_class(parse(staff.get(url)), "notice")
        assert [(text(line), line.find("a").get("href")) for line in notice.iter("li")] == [
            (
                "3 mails venter: der er ikke sat en mailserver op. "
                "Se dem: 3 mails venter: der er ikke sat en mailserver op.",
                "/post/?problem=uden-server",
            ),
            ("1 mail kunne ikke leveres. Se dem: 1 mail kunne ikke leveres.", "/post/?problem=ikke-leveret"),
        ]
    assert titles(cast.staff, "mail", timezone.localdate()) == [
        "3 mails venter: der er ikke sat en mailserver op",
        "1 mail kunne ikke leveres",
    ]
    assert titles(cast.outsider, "mail") == []


# --- the page ---------------------------------------------------------------------------------------------------------


def follow_ups(cast) -> None:
    FollowUpFactory(text="Min gamle", due_on=in_days(-3), owner=cast.staff)
    FollowUpFactory(text="Alles gamle", due_on=in_days(-1), owner=None)
    FollowUpFactory(text="Adminens", due_on=in_days(-2), owner=cast.admin)
    FollowUpFactory(text="Min i dag", due_on=in_days(0), owner=cast.staff)
    FollowUpFactory(text="Min senere", due_on=in_days(10), owner=cast.staff)


def mine(response) -> dict[str, list[str]]:
    """The lines of the follow-ups made here, by group."""
    words = ("Min gamle", "Alles gamle", "Adminens", "Min i dag", "Min senere")
    found = {
        title: [next(word for word in words if word in line) for line in lines if any(word in line for word in words)]
        for title, lines in groups(response).items()
    }
    return {title: lines for title, lines in found.items() if lines}


def test_mine_come_first_and_others_own_on_request(staff, cast):
    follow_ups(cast)
    page = staff.get("/i-dag/")
    assert heading(page) == "Det venter på mig"
    assert mine(page) == {
        "Over tid": ["Min gamle", "Alles gamle"],
        "Inden for en uge": ["Min i dag"],
        "Senere": ["Min senere"],
    }
    everything = staff.get("/i-dag/?alle")
    assert mine(everything)["Over tid"] == ["Min gamle", "Alles gamle", "Adminens"]
    line = next(line for line in groups(everything)["Over tid"] if "Adminens" in line)
    assert line.startswith("● 2 dage over Adminens")
    assert "· admin " in line


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-200, "● 6 mdr. over"),
        (-90, "● 3 mdr. over"),
        (-89, "● 89 dage over"),
        (-1, "● 1 dag over"),
        (0, "◐ i dag"),
        (1, "◐ i morgen"),
    ],
)
def test_a_line_says_by_when_in_words_and_with_a_sign(staff, cast, days, words):
    FollowUpFactory(text="Min gamle", due_on=in_days(days), owner=cast.staff)
    lines = [line for lines in groups(staff.get("/i-dag/")).values() for line in lines]
    assert next(line for line in lines if "Min gamle" in line).startswith(f"{words} Min gamle")


def test_where_nothing_waits_the_page_is_kind(log_in, cast):
    page = log_in(cast.outsider).get("/i-dag/")
    (panel,) = all_of_class(parse(page), "panel")
    assert text(panel) == "Der er ikke noget, der venter på dig. Hav en god dag."


def test_another_region_hears_nothing_of_this_one(log_in, cast):
    follow_ups(cast)
    FollowUpFactory(owner=cast.outsider)
    assert groups(log_in(cast.outsider).get("/i-dag/?alle")) == {}


@pytest.mark.parametrize(("hour", "words"), [(5, "Godmorgen"), (9, "Godmorgen"), (10, "Goddag"), (18, "Godaften")])
def test_the_greeting_follows_the_clock(hour, words):
    assert greeting(datetime(2026, 11, 25, hour, tzinfo=timezone.get_current_timezone())) == words


def test_the_start_page_shows_six_and_says_how_many_there_are(staff, cast):
    before = int(text(parse(staff.get("/i-dag/")).find(".//nav[@class='switch']/a/span")))
    for number in range(8):
        FollowUpFactory(text=f"Min nummer {number}", due_on=in_days(-1 - number), owner=cast.staff)
    (panel,) = [
        each for each in all_of_class(parse(staff.get("/")), "panel") if text(each).startswith("Det venter på dig")
    ]
    assert [text(each)[:26] for each in panel.iter("li")] == [
        "● 1 dag over Min nummer 0 ",
        *[f"● {number + 1} dage over Min nummer {number}"[:26] for number in range(1, 6)],
    ]
    assert text(panel.find(".//a")) == f"Alle {before + 8}"


def grow(cast) -> None:
    FollowUpFactory(owner=cast.admin, due_on=in_days(-1))
    OutgoingMailFactory(status="failed")
    VisitFactory(held_on=in_days(9))
    OnboardingCaseFactory(agreement=AgreementFactory(stated_member_count=3), interested_on=in_days(-30))
    StatusNoteFactory(status=StatusNote.Status.DRAFT)
    PersonFactory()


@pytest.mark.parametrize("url", ["/", "/i-dag/?alle"])
def test_many_things_cost_no_more_queries_than_one(staff, cast, url):
    grow(cast)
    few = queries(staff, url)
    for _n in range(8):
        grow(cast)
    assert queries(staff, url) == few
