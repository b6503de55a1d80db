"""What people read when the database does not answer."""

import logging
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)


# the second comes when the connection broke earlier in the same request
SILENT = (OperationalError, InterfaceError)


def explain(error: Exception) -> str:
    """One line for the command line: what is wrong, and how to mend it."""
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return _("The database does not answer (%(reason)s). Check DATABASE_URL, or run `make setup` first.") % {
        "reason": reason
    }


def plan_anew(*models: type[Model]) -> None:
    """Let PostgreSQL see how many rows the tables have by now, inside the transaction that has added many.

    A connection keeps the plan by which it checks a foreign key. One that was made for a small table reads the whole
    table for each new row, which takes minutes at the commit of 50,000.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in models:
                cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


@cache
def migrations_of_the_code() -> frozenset[tuple[str, str]]:
    """App and name of each migration; they are read from the disk once, as the code of a process stays as it is."""
    return frozenset(MigrationLoader(None).disk_migrations)


def unapplied_migrations() -> list[tuple[str, str]]:
    return sorted(migrations_of_the_code() - set(MigrationRecorder(connection).applied_migrations()))


class DatabaseDownMiddleware:
    """Answers 503 with a page that needs no database, and logs why, when a view cannot reach the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: tuple, kwargs: dict[str, Any]) -> HttpResponse | None:
        """Reads who is logged in: what goes wrong there, between middleware and view, is no exception of the view.

        Where nobody needs to be logged in, no middleware reads it. PostgreSQL cannot be asked for a null sign, and
        nothing has one in its name.
        """
        if any("\0" in value for value in kwargs.values() if isinstance(value, str)):
            raise Http404
        if not getattr(view, "login_required", True):
            return None
        try:
            request.user.is_authenticated  # noqa: B018  reading it asks the database
        except SILENT as error:
            return self.process_exception(request, error)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, SILENT):
            return None
        logger.error(explain(error))
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "60"})
