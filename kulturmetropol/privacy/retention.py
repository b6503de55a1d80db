"""What has served its time: found by one rule for each kind, shown with the reason, and deleted when told to.

How many days each is kept stands in `settings.RETENTION_DAYS`. Deleting again finds nothing to delete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection, models, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from agreements import audit
from agreements.models import AuditEvent, OutgoingMail, Person, Post, UserInvitation
from initiatives.models import Initiative
from kulturmetropol.keeping import FOLDER as KEPT
from kulturmetropol.keeping import clear_old
from kulturmetropol.privacy.erasing import erase
from kulturmetropol.privacy.subjects import Subject, erased_people
from outreach import floods
from outreach.models import ContactNote, Measure, OnboardingCase, Subscription

IMPORTS = "imports"
GONE = "-"


@dataclass(frozen=True)
class Item:
    what: str
    why: str


@dataclass(frozen=True)
class Rule:
    """`rows` finds what is older than a moment, `why` says so of one row, `remove` deletes and returns how many.

    `kept` is the name in RETENTION_DAYS; without one, what is over at once. `nightly`: nobody has to decide, so that it
    goes every night, whatever RETENTION_NIGHTLY says.
    """

    title: Any
    rows: Callable[[datetime], Sequence[Any] | models.QuerySet]
    why: Callable[[Any], str]
    remove: Callable[[Any], int]
    kept: str = ""
    nightly: bool = False
    name: Callable[[Any], str] = str

    def before(self, now: datetime) -> datetime:
        return now - timedelta(days=settings.RETENTION_DAYS[self.kept]) if self.kept else now

    def found(self, now: datetime) -> Any:
        return self.rows(self.before(now))

    def count(self, now: datetime) -> int:
        found = self.found(now)
        return found.count() if isinstance(found, models.QuerySet) else len(found)

    def items(self, now: datetime) -> list[Item]:
        return [Item(self.name(row), self.why(row)) for row in self.found(now)]

    @transaction.atomic
    def apply(self, now: datetime) -> int:
        return self.remove(self.found(now))


def _on(moment: datetime | date | None) -> str:
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment).date()
    return date_format(moment, "SHORT_DATE_FORMAT") if moment else "–"


def _delete(rows: models.QuerySet) -> int:
    return sum(count for label, count in rows.delete()[1].items() if label == rows.model._meta.label)


# --- people and posts -------------------------------------------------------------------------------------------------


def ended_posts(before: datetime) -> models.QuerySet[Post]:
    return Post.objects.filter(ends_on__lt=before.date()).select_related("person", "body__municipality", "municipality")


def delete_posts(posts: models.QuerySet[Post]) -> int:
    """With their history, or they could be brought back."""
    keys = list(posts.values_list("pk", flat=True))
    Post.objects.filter(pk__in=keys).delete()
    Post.history.model.objects.filter(id__in=keys).delete()  # type: ignore[attr-defined]
    return len(keys)


@dataclass(frozen=True)
class Lost:
    person: Person
    heard_of: date

    def __str__(self) -> str:
        return str(self.person)


def lost_contacts(before: datetime) -> list[Lost]:
    """People without a post, an open account or a task, of whom nothing has been heard or written since.

    An account that has been closed was open until then.
    """
    day = before.date()
    # a subquery of NOT IN must hold no NULL
    posts = Post.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    led = Initiative.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), manager__isnull=False)
    idle = (
        Person.objects.exclude(pk__in=posts.values("person"))
        .exclude(pk__in=led.values("manager"))
        .exclude(pk__in=Measure.objects.filter(responsible__isnull=False).values("responsible"))
        .exclude(onboarding_cases__in=OnboardingCase.objects.exclude(stage__in=["joined", "declined"]))
        .exclude(user_invitations__in=UserInvitation.objects.open())
        .exclude(user__is_active=True)
        .exclude(pk__in=erased_people().values("pk"))
        .select_related("user", "culture_region")
    )
    heard = _last(Post.objects.all(), "person", "ends_on")
    for found in (
        _last(Initiative.objects.all(), "manager", "ends_on"),
        _last(ContactNote.objects.all(), "person", "contacted_on"),
        _last(apps.get_model("outreach", "Ambassador").objects.all(), "person", "visit__held_on"),
        _last(apps.get_model("outreach", "NetworkEvent").objects.all(), "participants", "starts_on"),
        _last(Person.history.model.objects.all(), "id", "history_date"),  # type: ignore[attr-defined]
        _last(Person.objects.all(), "pk", "user__closed_at"),
    ):
        for key, when in found.items():
            heard[key] = max(when, heard.get(key, when))
    lost = [Lost(person, heard[person.pk]) for person in idle if person.pk in heard]
    return [each for each in lost if each.heard_of < day]


def _last(rows: models.QuerySet, path: str, when: str) -> dict[int, date]:
    found = rows.order_by().values_list(path).annotate(last=Max(when))
    return {
        key: timezone.localtime(last).date() if isinstance(last, datetime) else last
        for key, last in found
        if key is not None and last is not None
    }


def erase_contacts(lost: Sequence[Lost]) -> int:
    for each in lost:
        erase(subject=Subject.of_person(each.person, {each.person.culture_region_id}), by=None)
    return len(lost)


def deleted_people(before: datetime) -> models.QuerySet:
    """The last row of the history of each person who was deleted and never brought back."""
    rows = Person.history.model.objects.exclude(id__in=Person.objects.values("pk"))  # type: ignore[attr-defined]
    last = rows.order_by().values("id").annotate(last=Max("history_id")).values("last")
    return rows.filter(history_id__in=last, history_date__lt=before)


def delete_histories(rows: models.QuerySet) -> int:
    keys = list(rows.values_list("id", flat=True))
    Person.history.model.objects.filter(id__in=keys).delete()  # type: ignore[attr-defined]
    return len(keys)


# --- what passes by itself --------------------------------------------------------------------------------------------


def sessions_over(now: datetime) -> models.QuerySet[UserSession]:
    """The places where somebody was logged in whose session is over."""
    live = Session.objects.filter(expire_date__gte=now).values("session_key")
    return UserSession.objects.exclude(session_key__in=live)


def delete_sessions(rows: models.QuerySet[UserSession]) -> int:
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return _delete(rows)


def attempts_over(now: datetime) -> list[str]:
    """Counts of attempts to log in whose time is over, where the database holds them."""
    cache = caches["default"]
    if not isinstance(cache, DatabaseCache):
        return []
    table = connection.ops.quote_name(cache._table)
    with connection.cursor() as cursor:
        moment = connection.ops.adapt_datetimefield_value(now.replace(microsecond=0))
        cursor.execute(f"SELECT cache_key FROM {table} WHERE expires < %s", [moment])  # noqa: S608  a table of our own
        return [key for (key,) in cursor.fetchall()]


def delete_attempts(keys: Sequence[str]) -> int:
    table = connection.ops.quote_name(caches["default"]._table)  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {table} WHERE cache_key = %s", [[key] for key in keys])  # noqa: S608
    return len(keys)


MAIL_DONE = (
    OutgoingMail.Status.SENT,
    OutgoingMail.Status.FAILED,
    OutgoingMail.Status.RETURNED,
    OutgoingMail.Status.GIVEN_UP,
)

RULES = [
    Rule(
        title=_("Ended posts"),
        kept="ended_posts",
        rows=ended_posts,
        why=lambda post: _("ended on %(day)s") % {"day": _on(post.ends_on)},
        remove=delete_posts,
    ),
    Rule(
        title=_("People to erase, of whom nothing has been heard"),
        kept="lost_contacts",
        rows=lost_contacts,
        why=lambda lost: _("no post, no task, last heard of on %(day)s") % {"day": _on(lost.heard_of)},
        remove=erase_contacts,
    ),
    Rule(
        title=_("History of people who were deleted"),
        kept="deleted_people",
        rows=deleted_people,
        why=lambda row: _("deleted on %(day)s") % {"day": _on(row.history_date)},
        remove=delete_histories,
        name=lambda row: row.name,
    ),
    Rule(
        title=_("Newsletter: sign-ups that nobody confirmed"),
        kept="unconfirmed_subscriptions",
        nightly=True,
        rows=lambda before: Subscription.objects.filter(
            confirmed_at__isnull=True, unsubscribed_at__isnull=True, requested_at__lt=before
        ),
        why=lambda row: _("asked on %(day)s") % {"day": _on(row.requested_at)},
        remove=_delete,
    ),
    Rule(
        title=_("Newsletter: addresses that have left"),
        kept="ended_subscriptions",
        rows=lambda before: Subscription.objects.filter(unsubscribed_at__lt=before),
        why=lambda row: _("left on %(day)s") % {"day": _on(row.unsubscribed_at)},
        remove=_delete,
    ),
    Rule(
        title=_("Invitations that were accepted, withdrawn or ran out"),
        kept="ended_invitations",
        rows=lambda before: UserInvitation.objects.filter(
            Q(accepted_at__lt=before) | Q(withdrawn_at__lt=before) | Q(expires_at__lt=before)
        ),
        why=lambda row: _("sent on %(day)s") % {"day": _on(row.sent_at)},
        remove=_delete,
    ),
    Rule(
        title=_("Mail that has been sent or given up"),
        kept="outgoing_mail",
        rows=lambda before: OutgoingMail.objects.filter(status__in=MAIL_DONE, created_at__lt=before),
        why=lambda mail: _("written on %(day)s") % {"day": _on(mail.created_at)},
        remove=_delete,
    ),
    Rule(
        title=_("Events of the audit log"),
        kept="audit",
        rows=lambda before: AuditEvent.objects.older_than(before),
        why=lambda event: _on(event.at),
        remove=lambda rows: rows.delete_expired(),
    ),
    Rule(
        title=_("Logins that are over"),
        nightly=True,
        rows=sessions_over,
        why=lambda row: _("logged in on %(day)s") % {"day": _on(row.created_at)},
        remove=delete_sessions,
        name=lambda row: f"{row.user_id}",
    ),
    Rule(
        title=_("Counts of attempts to log in"),
        nightly=True,
        rows=attempts_over,
        why=lambda row: "",
        remove=delete_attempts,
    ),
    Rule(
        title=_("Requests of public forms"),
        nightly=True,
        rows=floods.over,
        why=lambda row: _on(row.made_at),
        remove=_delete,
    ),
]


NIGHTLY = [rule for rule in RULES if rule.nightly]


def count(now: datetime, rules: Iterable[Rule] = RULES) -> int:
    return sum(rule.count(now) for rule in rules)


def delete(now: datetime, rules: Iterable[Rule] = RULES) -> list[tuple[Rule, int]]:
    """Each kind in a transaction of its own: what fails in one leaves the others done.

    Says so in the audit log, where more has gone than what is over at once.
    """
    for folder in (KEPT, IMPORTS):
        clear_old(folder)
    done = [(rule, rule.apply(now)) for rule in rules]
    if any(count for rule, count in done if rule.kept):
        details = {str(rule.kept or rule.rows.__name__): count for rule, count in done if count}
        audit.record(audit.Kind.RETENTION_RUN, by=None, details={"rows": sum(details.values()), "kinds": details})
    return done
