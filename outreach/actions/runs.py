"""The verbs of runs: the same memo to many, issued one by one in the background.

Nothing depends on a worker that lives: an item is leased for a minute, its memo is rendered outside any transaction,
and one transaction makes the memo, issues it and marks the item. Whoever dies before its end has done nothing; after
its end the item is issued, once. The lease only spares two workers the same work.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import F
from django.tasks import TaskContext, TaskResultStatus, task
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from agreements.models import Body, Municipality
from kulturmetropol.accounts.models import User
from outreach.models import IssuedMemo, Memo, MemoRun, MemoRunItem
from outreach.models.runs import LEASE

from . import memos

logger = logging.getLogger(__name__)

WORKERS = 2
SLICE = 5  # seconds a task works before it goes to the back of the queue: a worker that is told to stop soon can
PATIENCE = timedelta(seconds=30)  # how long queued work may wait before the page says that no worker runs
TRIES = 10  # how often a worker may die of an item before it counts as failed
RESULTS_KEPT = timedelta(days=14)
COPIED = [
    *["agreement", "kind", "date", "case_officer", "case_number"],
    *Memo.SECTION_FIELDS,
]
Status = MemoRun.Status


@dataclass(frozen=True)
class Recipient:
    """Who gets a memo: the committee, or the municipality itself where it has none that is known."""

    municipality: Municipality
    committee: Body | None = None


# --- what people do ---------------------------------------------------------------------------------------------------


@transaction.atomic
def start(*, run: MemoRun, recipients: Iterable[Recipient], by: User) -> MemoRun:
    """Raises `ValidationError` when nobody is to get anything, or a committee is of another region or municipality."""
    chosen = list(recipients)
    if not chosen:
        raise ValidationError(_("Choose at least one municipality."))
    for each in chosen:
        if each.committee and (each.committee.municipality, each.committee.culture_region) != (
            each.municipality,
            run.region,
        ):
            raise ValidationError(_("This belongs to another culture region."))
    run.created_by = run.status_by = by
    run.full_clean()
    run.save()
    MemoRunItem.objects.bulk_create(
        [MemoRunItem(run=run, municipality=each.municipality, committee=each.committee) for each in chosen]
    )
    go_on(run)
    return run


def pause(*, run: MemoRun, by: User) -> bool:
    """False when the run does not run any longer; so with the verbs below."""
    return _move(run, by, [Status.RUNNING], Status.PAUSED) is not None


@transaction.atomic
def resume(*, run: MemoRun, by: User) -> bool:
    held = _move(run, by, [Status.PAUSED], Status.RUNNING)
    if held is None:
        return False
    if not _finish(held):
        go_on(held)
    return True


@transaction.atomic
def cancel(*, run: MemoRun, by: User) -> bool:
    """What is issued stays issued. Of a run that is done, what failed is given up."""
    done = [Status.DONE] if run.items.failed().exists() else []
    return _move(run, by, [Status.RUNNING, Status.PAUSED, *done], Status.CANCELLED) is not None


def retry(*, run: MemoRun, by: User) -> bool:
    """Let what failed wait once more; a run that was done goes on.

    Raises `ValidationError` where another run issues the same by now.
    """
    try:
        return _retry(run, by)
    except IntegrityError as error:
        raise ValidationError(_("The same memo with this date is being issued to many already.")) from error


@transaction.atomic
def _retry(run: MemoRun, by: User) -> bool:
    held = _hold(run.pk)
    if held.status == Status.CANCELLED or not held.items.failed().update(error="", attempts=0, claimed_at=None):
        return False
    if held.status == Status.DONE:
        _set_status(held, Status.RUNNING, by)
    go_on(held)
    return True


@transaction.atomic
def _move(run: MemoRun, by: User, before: list[Status], after: Status) -> MemoRun | None:
    held = _hold(run.pk)
    if held.status not in before:
        return None
    _set_status(held, after, by)
    return held


def _set_status(run: MemoRun, status: Status, by: User | None) -> None:
    run.status, run.status_at, run.status_by = status, timezone.now(), by
    run.save(update_fields=["status", "status_at", "status_by"])


def _hold(run: int) -> MemoRun:
    """The run, which nobody else moves and in which nobody else issues before the transaction ends."""
    return MemoRun.objects.select_for_update(no_key=True).get(pk=run)


# --- what workers do --------------------------------------------------------------------------------------------------


@task(takes_context=True)
def drain(context: TaskContext, run: int) -> int:
    """Issue what is free of the run for a while, and then queue up again. Returns how many items it had at hand."""
    count = work(run=run, worker=context.task_result.id, seconds=SLICE)
    if _free(run).exists():
        drain.enqueue(run)
    return count


def work(*, run: int, worker: str, seconds: float | None = None) -> int:
    """Issue item after item, until none is free or the time is over. `worker` names who has it at hand."""
    ends = time.monotonic() + seconds if seconds is not None else None
    count = 0
    with translation.override(settings.LANGUAGE_CODE):
        while (ends is None or time.monotonic() < ends) and (item := claim(run=run, worker=worker)):
            _issue(item)
            count += 1
    return count


def claim(*, run: int, worker: str) -> MemoRunItem | None:
    """The next item that is free, leased to the worker."""
    while (key := _free(run).values_list("pk", flat=True).first()) is not None:
        now = timezone.now()
        # the condition stands on the row itself: of two who are here at once, the database lets one through
        leased = MemoRunItem.objects.free(now).filter(pk=key)
        if leased.update(claimed_at=now, claimed_by=worker, attempts=F("attempts") + 1):
            return MemoRunItem.objects.select_related(
                "run__agreement__culture_region", "run__created_by", "committee", "municipality"
            ).get(pk=key)
    return None


def _free(run: int):
    return MemoRunItem.objects.free(timezone.now()).filter(run=run, run__status=Status.RUNNING)


def _issue(item: MemoRunItem) -> None:
    """Issue the item's memo, or write down why not. One that fails stops no other."""
    if item.attempts > TRIES:
        return _fail(item, _("The work was cut off %(count)d times. Look into the log.") % {"count": TRIES})
    try:
        issued = memos.issue_new(
            memo=memo_to(item, item.run),
            by=item.run.created_by,
            begin=partial(_is_still_mine, item),
            also=partial(_mark, item),
        )
    except ValidationError as error:
        return _fail(item, " ".join(error.messages))
    except (OperationalError, InterfaceError):
        raise  # the database is away, which is not the item's fault
    except Exception:
        logger.exception("Memo run %s: municipality %s", item.run_id, item.municipality.code)
        return _fail(item, _("An unexpected fault. The log says which one."))
    if issued is None:
        _mine(item).update(claimed_at=None)
    return None


def memo_to(recipient: Recipient | MemoRunItem, run: MemoRun) -> Memo:
    """The memo of the run for one of those who get it; nothing is saved."""
    memo = Memo(**{name: getattr(run, name) for name in COPIED})
    if recipient.committee:
        memo.committee = recipient.committee
    else:
        memo.municipality = recipient.municipality
    return memo


def _mine(item: MemoRunItem):
    return MemoRunItem.objects.waiting().filter(pk=item.pk, claimed_by=item.claimed_by)


def _is_still_mine(item: MemoRunItem) -> bool:
    """Asked in the transaction that issues: neither paused nor cancelled meanwhile, nor done by somebody else."""
    return _hold(item.run_id).is_running and bool(_mine(item).update(claimed_at=timezone.now()))


def _mark(item: MemoRunItem, document: IssuedMemo) -> None:
    _mine(item).update(memo=document.memo)
    _finish(_hold(item.run_id))


@transaction.atomic
def _fail(item: MemoRunItem, why: str) -> None:
    held = _hold(item.run_id)
    _mine(item).update(error=why[:2000])
    _finish(held)


def _finish(held: MemoRun) -> bool:
    """Called with the run held: it is done when nothing waits."""
    if not held.is_running or held.items.waiting().exists():
        return False
    _set_status(held, Status.DONE, None)
    return True


# --- what brings a run on whose workers have died ---------------------------------------------------------------------


def go_on_all() -> int:
    """Returns for how many runs work was missing."""
    return sum(bool(go_on(run)) for run in MemoRun.objects.filter(status=Status.RUNNING))


def go_on(run: MemoRun) -> int:
    """Queue as much work as the run is short of; how much that was. Cheap when nothing is missing."""
    if not run.is_running or not _missing(run, timezone.now()):
        return 0
    with transaction.atomic():
        held, now = _hold(run.pk), timezone.now()
        _bury(held, now)
        missing = _missing(held, now) if held.is_running else 0
        for _each in range(missing):
            drain.enqueue(held.pk)
        return missing


def _missing(run: MemoRun, now: datetime) -> int:
    """How many more tasks could be at it."""
    wanted = min(WORKERS, run.items.waiting().count())
    return max(0, wanted - _tasks(run, TaskResultStatus.READY).count() - len(_at_work(run, now)))


def _tasks(run: MemoRun, status: str):
    return DBTaskResult.objects.filter(task_path=drain.module_path, args_kwargs__args__0=run.pk, status=status)


def _at_work(run: MemoRun, now: datetime) -> set[str]:
    """The ids of the tasks that have begun and have shown themselves within the time of a lease."""
    seen = set(run.items.filter(claimed_at__gte=now - LEASE).values_list("claimed_by", flat=True))
    tasks = _tasks(run, TaskResultStatus.RUNNING).values_list("pk", "started_at")
    return {str(key) for key, started_at in tasks if str(key) in seen or started_at >= now - LEASE}


def waits_for_a_worker(run: MemoRun, now: datetime) -> bool:
    """Whether its work has been queued for a while and nobody is at it."""
    queued = _tasks(run, TaskResultStatus.READY).filter(enqueued_at__lt=now - PATIENCE)
    return run.is_running and queued.exists() and not _at_work(run, now)


def _bury(run: MemoRun, now: datetime) -> None:
    """Tasks whose process has died would be called running for ever."""
    dead = _tasks(run, TaskResultStatus.RUNNING).exclude(pk__in=_at_work(run, now))
    dead.update(status=TaskResultStatus.FAILED, finished_at=now)


def forget_results(now: datetime) -> int:
    """Delete what the database remembers of tasks that ended long ago."""
    return DBTaskResult.objects.finished().filter(finished_at__lt=now - RESULTS_KEPT).delete()[0]
