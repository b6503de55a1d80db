"""What memos to many ask for: municipalities whose memo could not be issued."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kulturmetropol.todo import Todo
from outreach.models import MemoRun


def todos(user) -> Iterator[Todo]:
    runs = MemoRun.objects.editable_by(user).about_chosen(user).with_counts().filter(failed__gt=0)
    for run in runs.exclude(status=MemoRun.Status.CANCELLED):
        title = ngettext(
            "%(count)d municipality did not get its memo",
            "%(count)d municipalities did not get their memo",
            run.failed,
        )
        yield Todo(
            key=f"memorun-{run.pk}",
            title=title % {"count": run.failed},
            note=_("Memos to many") + f" · {run}",
            due_on=timezone.localdate(run.created_at),
            url=run.get_absolute_url(),
            verb=_("See what failed"),
        )
