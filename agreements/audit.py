"""The audit log: one door by which everything is written down.

    audit.record(audit.Kind.ROLE_GIVEN, by=request.user, subject=user, region=region, about="Secretariat")

Called inside the transaction that does the thing: what is rolled back was never recorded. Each event is also a line of
the log, which holds the kind and the ids of users and region, and neither `about` nor `details`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import translation

from agreements.models.audit import AuditEvent
from kulturmetropol.logs import current, id_of

if TYPE_CHECKING:
    from agreements.models import CultureRegion
    from kulturmetropol.accounts.models import User

log = logging.getLogger("kulturmetropol.security")

Kind = AuditEvent.Kind


def record(
    kind: Kind,
    *,
    by: User | None,
    region: CultureRegion | None = None,
    about: Any = "",
    subject: User | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Adds one event. `by` did it (None: nobody who is logged in, or the system); `subject` is the user it is about.

    `about` says in few words what it was about, cut at 300 signs; `details` is what JSON can hold, and days. Neither
    holds a secret, nor more personal data than one needs to know later what took place. It is kept in the portal's own
    language: a lazy text, or a function that gives it, where it depends on the language.
    """
    doer = by if by is not None and by.pk else None
    with translation.override(settings.LANGUAGE_CODE):
        about = str(about() if callable(about) else about)
    event = AuditEvent.objects.create(
        kind=kind,
        by=doer,
        by_name=str(doer)[:254] if doer else "",
        subject=subject,
        region=region,
        about=shortened(about),
        details=json.loads(json.dumps({**(details or {}), **_of_the_request()}, cls=DjangoJSONEncoder)),
    )
    ids = (event.kind, event.pk, event.by_id, event.subject_id, event.person_id, event.region_id)
    transaction.on_commit(lambda: log.info("%s event=%s by=%s subject=%s person=%s region=%s", *ids))
    return event


def shortened(text: str, length: int = 300) -> str:
    return text if len(text) <= length else f"{text[: length - 2]} …"


def _of_the_request() -> dict[str, str]:
    """The id by which the lines of the log are found."""
    request = current.get()
    return {"request_id": id_of(request)} if request is not None and id_of(request) else {}
