"""What changes several rows at once: posts after an election, and the meeting plan of a year."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction

from agreements import elections
from agreements.models import Body, Meeting, Post

WEEK = timedelta(weeks=1)


def _waiting(post: Post, today: date) -> Post | None:
    """The post, locked, as long as nobody has said whether it goes on."""
    Post._base_manager.select_for_update().filter(pk=post.pk).first()
    return Post.objects.to_confirm(today).filter(pk=post.pk).first()


@transaction.atomic
def continue_post(*, post: Post, today: date) -> Post | None:
    """Renew a post for the term after the last election; None, and nothing done, where somebody has seen to it."""
    old = _waiting(post, today)
    if old is None:
        return None
    term = elections.term_after(elections.last_election(today))
    if old.ends_on is None:
        old.ends_on = term.starts_on - timedelta(days=1)
        _save(old, "ends_on")
    return Post.objects.create(
        person_id=old.person_id, kind=old.kind, body_id=old.body_id, starts_on=term.starts_on, ends_on=term.ends_on
    )


@transaction.atomic
def end_post(*, post: Post, today: date) -> bool:
    """Let a post end with its term; False, and nothing done, where somebody has seen to it."""
    old = _waiting(post, today)
    if old is None:
        return False
    if old.ends_on is None:
        old.ends_on = elections.term_after(elections.last_election(today)).starts_on - timedelta(days=1)
    old.not_continued = True
    _save(old, "ends_on", "not_continued")
    return True


def _save(post: Post, *fields: str) -> None:
    """A form that somebody has open on the post meets a conflict."""
    post.version += 1
    post.save(update_fields=[*fields, "version"])


def same_day_next_year(day: date) -> date:
    """The same weekday of the next calendar year, in the same week by ISO's count where that year has one."""
    near = [day + 52 * WEEK, day + 53 * WEEK]
    proposed = [each for each in near if each.year == day.year + 1]
    same_week = [each for each in proposed if each.isocalendar().week == day.isocalendar().week]
    return (same_week or proposed)[0]


@transaction.atomic
def plan_meetings(*, body: Body, days: Iterable[tuple[Meeting, date]]) -> list[Meeting]:
    """Make planned meetings of a body after earlier ones, each on its day. A day that has a meeting gets no second."""
    Body._base_manager.select_for_update().get(pk=body.pk)
    taken = set(body.meetings.values_list("held_on", flat=True))
    made = []
    for model, day in days:
        if day not in taken:
            taken.add(day)
            meeting = Meeting(body=body, held_on=day, starts_at=model.starts_at, place=model.place)
            meeting.save(force_insert=True)
            made.append(meeting)
    return made
