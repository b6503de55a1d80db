"""Whether the portal is alive, and whether it is ready: two addresses for those who watch over it, without a login."""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

from agreements.models import OutgoingMail
from agreements.models.outbox import Trouble, troubles
from kulturmetropol.database import unapplied_migrations

LONGEST_WAIT = timedelta(hours=1)


@login_not_required
@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answers as long as the process does; asks nothing of the database, so that its outage restarts no portal."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Each check by name with `ok` and, where it is not, `why`; 503 unless all are well."""
    checks = {name: {"ok": not why, "why": why} for name, why in ((name, why_not(check)) for name, check in CHECKS)}
    is_ready = all(check["ok"] for check in checks.values())
    return JsonResponse({"ready": is_ready, "checks": checks}, status=200 if is_ready else 503)


def why_not(check: Callable[[], str]) -> str:
    """What the check says, or that there is no database to ask. What the database said may hold names, so it stays."""
    try:
        return check()
    except Error:
        return _("The database does not answer as it should.")


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def migrations() -> str:
    count = len(unapplied_migrations())
    return _("Not applied: %(count)d. Run `manage.py migrate`.") % {"count": count} if count else ""


def storage() -> str:
    try:
        Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.MEDIA_ROOT) as file:
            file.write(b"ok")
    except OSError:
        return _("Files cannot be saved.")
    return ""


def mail() -> str:
    kinds = troubles(timezone.now())
    if OutgoingMail.objects.filter(kinds[Trouble.NO_SERVER]).exists():
        return _("Mail waits, and no mail server is set up.")
    if OutgoingMail.objects.filter(kinds[Trouble.LEFT_LYING]).exists():
        return _("Mail has waited for more than a day. Does `manage.py send_mail` run?")
    return ""


def tasks() -> str:
    if DBTaskResult.objects.ready().filter(enqueued_at__lt=timezone.now() - LONGEST_WAIT).exists():
        return _("Work has waited in the background for more than an hour. Does `manage.py worker` run?")
    return ""


CHECKS = [
    ("database", database),
    ("migrations", migrations),
    ("storage", storage),
    ("mail", mail),
    ("tasks", tasks),
]
