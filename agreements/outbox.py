"""Posting and delivering mail. A mail is posted in the transaction of what it tells of, and leaves when that commits.

A mail is claimed before it is sent. If the process or the connection dies in between, nobody knows whether it left: it
stays «being sent» and a person decides, so that nothing is sent twice. What the server refuses for good is «not
delivered»; what it refuses for now is tried again, more and more seldom, for about two days.
"""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, mailers
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Count, Min
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from kulturmetropol.smtp import UncertainError

from .models import CultureRegion, OutgoingMail
from .models.outbox import Trouble, troubles

logger = logging.getLogger(__name__)

Status = OutgoingMail.Status
WAITS = [timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8), timedelta(hours=36)]
# how long a page may wait for its mails to leave: the next ones stay until the outbox is emptied
PATIENCE = timedelta(seconds=10)
SUBJECT_LENGTH = OutgoingMail._meta.get_field("subject").max_length or 0
ERROR_LENGTH = OutgoingMail._meta.get_field("error").max_length or 0


NO_SERVER = gettext_lazy("No mail server is set up.")


class Outcome(Enum):
    SENT = auto()
    NOT_SENT = auto()
    NO_ANSWER = auto()  # the server is away: trying the next mail would only take time


@transaction.atomic
def post(
    *,
    region: CultureRegion,
    key: str,
    recipient: str,
    subject: str,
    body: str,
    calendar: str = "",
    reply_to: str = "",
    unsubscribe_url: str = "",
    is_secret: bool = False,
) -> OutgoingMail:
    """The mail of this key, which leaves when the transaction commits; where it is there already, nothing happens.

    `calendar` is the text of an .ics file to attach; answers go to `reply_to`, a person's own address. Raises
    `ValidationError` for what is no e-mail address.
    """
    validate_email(recipient)
    if reply_to:
        validate_email(reply_to)
    mail, made = OutgoingMail.objects.get_or_create(
        key=key,
        defaults={
            "culture_region": region,
            "recipient": recipient,
            "subject": one_line(subject),
            "body": body,
            "calendar": calendar,
            "reply_to": reply_to,
            "unsubscribe_url": unsubscribe_url,
            "is_secret": is_secret,
        },
    )
    if made:
        deliver_on_commit(mail.pk)
    return mail


def one_line(text: str) -> str:
    """As a header may hold it: no line breaks, and not longer than its column."""
    text = " ".join(text.split())
    return text if len(text) <= SUBJECT_LENGTH else f"{text[: SUBJECT_LENGTH - 1]}…"


# --- delivering -------------------------------------------------------------------------------------------------------


def deliver_on_commit(pk: int) -> None:
    """What happens to the mail is no reason to fail for the page whose data are saved: the outbox shows it."""
    posted = timezone.now()

    def leave() -> None:
        if timezone.now() - posted < PATIENCE:
            deliver(pk)

    transaction.on_commit(leave, robust=True)


def deliver_due(now: datetime | None = None) -> int:
    """Try everything whose time has come, until the server does not answer; returns how many were sent."""
    due = OutgoingMail.objects.due(now or timezone.now())
    if not has_server():
        due.update(error=NO_SERVER)
        return 0
    sent = 0
    for pk in list(due.order_by("next_attempt_at", "pk").values_list("pk", flat=True)):
        outcome = deliver(pk)
        if outcome == Outcome.NO_ANSWER:
            break
        sent += outcome == Outcome.SENT
    return sent


def deliver(pk: int) -> Outcome:
    """Send one waiting mail, unless somebody else is at it. Never raises for what a mail server may do.

    What went wrong is kept in the portal's own language, in whosever request it does.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return _deliver(pk)


def _deliver(pk: int) -> Outcome:
    if not has_server():
        OutgoingMail.objects.filter(pk=pk, status=Status.WAITING).update(error=NO_SERVER)
        return Outcome.NO_ANSWER
    mail = _claim(pk)
    if mail is None:
        return Outcome.NOT_SENT
    try:
        message(mail).send()
    except UncertainError:
        _release(mail, status=Status.SENDING, error=_("The mail server got the text and then did not answer."))
        return Outcome.NO_ANSWER
    except (OSError, ValueError) as error:
        logger.warning("Mail %s was not sent: %s", pk, type(error).__name__)
        return _not_sent(mail, error)
    except Exception as error:
        logger.exception("Mail %s: the portal cannot send it", pk)
        _release(
            mail, status=Status.SENDING, error=_("Sending broke off (%(reason)s).") % {"reason": type(error).__name__}
        )
        return Outcome.NOT_SENT
    # a copy of the database is not to hold what lets the recipient in
    _release(mail, status=Status.SENT, sent_at=timezone.now(), **({"body": ""} if mail.is_secret else {}))
    return Outcome.SENT


def has_server() -> bool:
    return "default" in mailers


@transaction.atomic(durable=True)
def _claim(pk: int) -> OutgoingMail | None:
    """The mail as this process alone may send it. Durable: others must see the claim before anything leaves."""
    mail = OutgoingMail.objects.select_for_update().filter(pk=pk, status=Status.WAITING).first()
    if mail is None:
        return None
    mail.status, mail.claimed_at, mail.error = Status.SENDING, timezone.now(), ""
    mail.attempts += 1
    mail.save(update_fields=["status", "claimed_at", "error", "attempts"])
    return mail


def message(mail: OutgoingMail) -> EmailMessage:
    headers = {"Auto-Submitted": "auto-generated"}
    if mail.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    built = EmailMessage(
        mail.subject,
        mail.body,
        settings.DEFAULT_FROM_EMAIL,
        [mail.recipient],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers=headers,
    )
    if mail.calendar:
        built.attach("invitation.ics", mail.calendar, "text/calendar")
    return built


def _not_sent(mail: OutgoingMail, error: Exception) -> Outcome:
    final, reason = why(error)
    if final or mail.attempts > len(WAITS):
        _release(mail, status=Status.FAILED, error=reason)
    else:
        wait = WAITS[mail.attempts - 1]
        _release(mail, status=Status.WAITING, error=reason, next_attempt_at=timezone.now() + wait)
    return Outcome.NOT_SENT if final or isinstance(error, OF_THIS_MAIL) else Outcome.NO_ANSWER


# what a server says of one mail alone; all else would meet the next mail as well
OF_THIS_MAIL = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)


def why(error: Exception) -> tuple[bool, str]:
    """Whether it is final, and in words for people what the mail server said. What is wrong with the setup is not."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        said = {"answer": _said(code, words)}
        return code >= 500, _("The mail server does not take mail to this address (%(answer)s).") % said
    if isinstance(error, smtplib.SMTPResponseException):
        said = {"answer": _said(error.smtp_code, error.smtp_error)}
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return False, _("The mail server does not accept the portal's login (%(answer)s).") % said
        if isinstance(error, smtplib.SMTPSenderRefused):
            return False, _("The mail server does not take mail from the portal (%(answer)s).") % said
        final = error.smtp_code >= 500 and isinstance(error, smtplib.SMTPDataError)
        return final, _("The mail server refused the mail (%(answer)s).") % said
    if isinstance(error, ValueError):
        return True, _("The mail cannot be written as it is: %(reason)s.") % {"reason": str(error)[:200]}
    reason = str(error)[:200] or type(error).__name__
    return False, _("The mail server does not answer (%(reason)s).") % {"reason": reason}


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return f"{code} {' '.join(text.split())}"[:300]


def _release(mail: OutgoingMail, *, error: str = "", **values: object) -> None:
    rows = OutgoingMail.objects.filter(pk=mail.pk, status=Status.SENDING, claimed_at=mail.claimed_at)
    rows.update(claimed_at=None, error=error[:ERROR_LENGTH], **values)


# --- what people decide -----------------------------------------------------------------------------------------------


@transaction.atomic
def send_again(*, mail: OutgoingMail, recipient: str = "") -> bool:
    """Put a mail that did not arrive in the queue once more, to another address if one is given.

    False, and nothing done, where somebody has done so already. Raises `ValidationError` for what is no address, and
    for another address of a mail that holds a secret of its recipient.
    """
    if recipient:
        validate_email(recipient)
    if mail.is_secret and recipient not in {"", mail.recipient}:
        raise ValidationError(_("The mail holds a link that is the recipient's alone. It goes to no other address."))
    now = timezone.now()
    kept = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if not kept.can_be_sent_again(now):
        return False
    kept.status, kept.recipient, kept.error = Status.WAITING, recipient or kept.recipient, ""
    kept.attempts, kept.next_attempt_at, kept.claimed_at, kept.sent_at = 0, now, None, None
    kept.save(update_fields=["status", "recipient", "error", "attempts", "next_attempt_at", "claimed_at", "sent_at"])
    deliver_on_commit(kept.pk)
    return True


@transaction.atomic
def mark(*, mail: OutgoingMail, status: str) -> bool:
    """Say what became of a mail: it came back (returned), it did arrive (sent), or it is not to be sent (given up).

    False, and nothing done, where the mail has moved on meanwhile.
    """
    if status not in {Status.RETURNED, Status.SENT, Status.GIVEN_UP}:
        raise ValidationError(_("A mail cannot be marked like this."))
    now = timezone.now()
    kept = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if not kept.can_become(status, now):
        return False
    kept.status, kept.claimed_at, kept.error = status, None, ""
    if status == Status.SENT:
        kept.sent_at = now
    if kept.is_secret:
        kept.body = ""
    kept.save(update_fields=["status", "claimed_at", "error", "sent_at", "body"])
    return True


def take_back(*, key: str) -> None:
    """Give up the mails whose key begins like this, as the secret in them is worth nothing any more; the text goes.

    One that is on its way at this moment stays as it is.
    """
    held = OutgoingMail.objects.filter(key__startswith=key, is_secret=True).exclude(body="")
    uncertain = held.filter(troubles(timezone.now())[Trouble.UNCERTAIN])
    uncertain.update(body="")
    held.filter(status__in=OutgoingMail.SENT_AGAIN).update(status=Status.GIVEN_UP, error="", body="")


# --- what staff are told ----------------------------------------------------------------------------------------------


LINES = {
    Trouble.NO_SERVER: ngettext_lazy(
        "%(count)d mail waits: no mail server is set up.", "%(count)d mails wait: no mail server is set up.", "count"
    ),
    Trouble.IN_VAIN: ngettext_lazy(
        "%(count)d mail has been tried more than once and is tried again.",
        "%(count)d mails have been tried more than once and are tried again.",
        "count",
    ),
    Trouble.LEFT_LYING: ngettext_lazy(
        "%(count)d mail has waited for more than a day: nothing empties the outbox.",
        "%(count)d mails have waited for more than a day: nothing empties the outbox.",
        "count",
    ),
    Trouble.FAILED: ngettext_lazy(
        "%(count)d mail could not be delivered.", "%(count)d mails could not be delivered.", "count"
    ),
    Trouble.RETURNED: ngettext_lazy("%(count)d mail came back.", "%(count)d mails came back.", "count"),
    Trouble.UNCERTAIN: ngettext_lazy(
        "Of %(count)d mail nobody knows whether it left.", "Of %(count)d mails nobody knows whether they left.", "count"
    ),
}


@dataclass(frozen=True)
class Report:
    """One thing that is wrong with the mail, in one line, and since when."""

    kind: str
    line: str
    since: datetime


def reports(user) -> list[Report]:
    """What is wrong with the mail of the regions that the user edits, one line for each kind of trouble. One query."""
    kinds = troubles(timezone.now())
    found = (
        OutgoingMail.objects.editable_by(user)
        .about_chosen(user)
        .aggregate(
            **{f"{kind.name}_count": Count("pk", filter=which) for kind, which in kinds.items()},
            **{f"{kind.name}_since": Min("created_at", filter=which) for kind, which in kinds.items()},
        )
    )
    return [
        Report(kind.value, LINES[kind] % {"count": count}, found[f"{kind.name}_since"])
        for kind in kinds
        if (count := found[f"{kind.name}_count"])
    ]
