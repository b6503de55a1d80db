"""Posting and delivering mail. A mail is posted in the transaction of what it tells of, and leaves when that commits.

A mail is claimed before it is sent. If the process dies in between, nobody knows whether it left: it stays «being
sent» and a person decides, so that nothing is sent twice. What the server refuses for good is «not delivered»; what it
refuses for now is tried again, more and more seldom, for two days.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, mailers
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import CultureRegion, OutgoingMail

logger = logging.getLogger(__name__)

Status = OutgoingMail.Status
WAITS = [timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8), timedelta(hours=16)]
GIVES_UP_AFTER = timedelta(days=2)
SUBJECT_LENGTH = OutgoingMail._meta.get_field("subject").max_length or 0


@transaction.atomic
def post(
    *,
    region: CultureRegion,
    key: str,
    recipient: str,
    subject: str,
    body: str,
    calendar: str = "",
    unsubscribe_url: str = "",
    is_secret: bool = False,
) -> OutgoingMail:
    """The mail of this key, which leaves when the transaction commits; where it is there already, nothing happens.

    `calendar` is the text of an .ics file to attach. Raises `ValidationError` for what is no e-mail address.
    """
    validate_email(recipient)
    mail, made = OutgoingMail.objects.get_or_create(
        key=key,
        defaults={
            "culture_region": region,
            "recipient": recipient,
            "subject": one_line(subject),
            "body": body,
            "calendar": calendar,
            "unsubscribe_url": unsubscribe_url,
            "is_secret": is_secret,
        },
    )
    if made:
        transaction.on_commit(lambda: deliver(mail.pk))
    return mail


def one_line(text: str) -> str:
    """As a header may hold it: no line breaks, and not longer than its column."""
    text = " ".join(text.split())
    return text if len(text) <= SUBJECT_LENGTH else f"{text[: SUBJECT_LENGTH - 1]}…"


def deliver_due(now: datetime | None = None) -> int:
    """Try everything whose time has come; returns how many were sent."""
    due = OutgoingMail.objects.due(now or timezone.now()).order_by("next_attempt_at").values_list("pk", flat=True)
    return sum(deliver(pk) for pk in list(due))


def deliver(pk: int) -> bool:
    """Send one waiting mail, unless somebody else is at it. Never raises for what a mail server may do."""
    if "default" not in mailers:
        OutgoingMail.objects.filter(pk=pk, status=Status.WAITING).update(error=_("No mail server is set up."))
        return False
    now = timezone.now()
    claimed = OutgoingMail.objects.filter(pk=pk, status=Status.WAITING).update(
        status=Status.SENDING, claimed_at=now, attempts=F("attempts") + 1, error=""
    )
    if not claimed:
        return False
    mail = OutgoingMail.objects.get(pk=pk)
    try:
        message(mail).send()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        logger.warning("Mail %s was not sent: %s", pk, type(error).__name__)
        _not_sent(mail, error, now)
        return False
    _release(mail, status=Status.SENT, sent_at=timezone.now())
    return True


def message(mail: OutgoingMail) -> EmailMessage:
    headers = {"Auto-Submitted": "auto-generated"}
    if mail.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    built = EmailMessage(mail.subject, mail.body, settings.DEFAULT_FROM_EMAIL, [mail.recipient], headers=headers)
    if mail.calendar:
        built.attach("invitation.ics", mail.calendar, "text/calendar")
    return built


def _not_sent(mail: OutgoingMail, error: Exception, now: datetime) -> None:
    final, reason = why(error)
    wait = WAITS[min(mail.attempts, len(WAITS)) - 1]
    if final or now + wait > mail.created_at + GIVES_UP_AFTER:
        _release(mail, status=Status.FAILED, error=reason)
    else:
        _release(mail, status=Status.WAITING, error=reason, next_attempt_at=now + wait)


def why(error: Exception) -> tuple[bool, str]:
    """Whether it is final, and in words for people what the mail server said."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        said = {"answer": _said(code, words)}
        return code >= 500, _("The mail server does not take mail to this address (%(answer)s).") % said
    if isinstance(error, smtplib.SMTPResponseException):
        said = {"answer": _said(error.smtp_code, error.smtp_error)}
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return False, _("The mail server does not accept the portal's login (%(answer)s).") % said
        return error.smtp_code >= 500, _("The mail server refused the mail (%(answer)s).") % said
    if isinstance(error, ValueError):
        return True, _("The mail cannot be written as it is: %(reason)s.") % {"reason": str(error)[:200]}
    return False, _("The mail server does not answer.")


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return f"{code} {' '.join(text.split())}"[:300]


def _release(mail: OutgoingMail, **values: object) -> None:
    OutgoingMail.objects.filter(pk=mail.pk, status=Status.SENDING).update(claimed_at=None, **values)


# --- what people decide -----------------------------------------------------------------------------------------------


@transaction.atomic
def send_again(*, mail: OutgoingMail, recipient: str = "") -> bool:
    """Put a mail that did not arrive in the queue once more, to another address if one is given.

    False, and nothing done, where somebody has done so already. Raises `ValidationError` for what is no address.
    """
    if recipient:
        validate_email(recipient)
    now = timezone.now()
    stuck = OutgoingMail.objects.in_trouble(now).filter(pk=mail.pk).exclude(status=Status.WAITING)
    waiting = OutgoingMail.objects.filter(pk=mail.pk, status=Status.WAITING)
    moved = OutgoingMail.objects.filter(pk__in=(stuck | waiting).values("pk")).update(
        status=Status.WAITING,
        recipient=recipient or mail.recipient,
        error="",
        attempts=0,
        created_at=now,
        next_attempt_at=now,
        claimed_at=None,
    )
    if moved:
        transaction.on_commit(lambda: deliver(mail.pk))
    return bool(moved)


def mark(*, mail: OutgoingMail, status: str) -> bool:
    """Say what became of a mail: it came back (returned), it did arrive (sent), or it is not to be sent (given up)."""
    allowed: dict[str, Callable] = {
        Status.RETURNED: lambda: OutgoingMail.objects.filter(status=Status.SENT),
        Status.SENT: lambda: OutgoingMail.objects.uncertain(timezone.now()),
        Status.GIVEN_UP: lambda: OutgoingMail.objects.exclude(status__in=[Status.SENT, Status.SENDING]),
    }
    if status not in allowed:
        raise ValidationError(_("A mail cannot be marked like this."))
    values: dict[str, object] = {"status": status, "claimed_at": None, "error": ""}
    if status == Status.SENT:
        values["sent_at"] = timezone.now()
    return bool(allowed[status]().filter(pk=mail.pk).update(**values))
