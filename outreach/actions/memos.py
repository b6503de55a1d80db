"""The verbs of memos: propose the text, issue, correct, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agreements import audit
from kulturmetropol import history
from kulturmetropol.accounts.models import User
from kulturmetropol.pdf import unprintable
from outreach import memomail, memos, submissions
from outreach.memos import fitting
from outreach.models import IssuedMemo, Memo
from outreach.models.memos import canonical

COPIED = ["kind", "agreement", "committee", "municipality", "meeting", "year", "case_officer", "case_number"] + [
    field for name in Memo.SECTIONS for field in (f"{name}_included", name)
]
TRIES = 20


def draft_sections(memo: Memo) -> None:
    """Propose the sections of a new memo: how the negotiations stand, while the agreement has not started; and the
    questions that an evaluation's lessons answer, to write on and then include."""
    agreement = memo.agreement
    if memo.kind == Memo.Kind.EVALUATION:
        with translation.override(memos.LANGUAGE):
            memo.situation = _("**What went well?**\n\n**What went less well?**\n\n**What do we take with us?**")
    if memo.kind == Memo.Kind.STATUS and agreement.negotiation_note and memo.date < agreement.starts_on:
        memo.situation = agreement.negotiation_note
        memo.situation_included = True


def issue(
    *, memo: Memo, by: User | None, version: int, also: Callable[[IssuedMemo], None] | None = None
) -> IssuedMemo | None:
    """Make the document of a draft, with the next number of its series. None when somebody has saved since.

    It is rendered before anything is locked, and written with all that belongs to it in one transaction; who is second
    to a number renders once more. `also` writes what stands and falls with it. Raises `ValidationError` when the memo
    is no draft.
    """
    if not memo.is_draft:
        raise ValidationError(_("The memo is issued already."))
    if memo.version != version:
        return None
    return _issued(memo, by, lambda: history.claim(memo, version), also)


def issue_new(
    *, memo: Memo, by: User | None, begin: Callable[[], bool], also: Callable[[IssuedMemo], None]
) -> IssuedMemo | None:
    """Save a memo and make its document in one transaction, so that no draft is ever left over.

    `begin` is asked first in that transaction: on False nothing is made, and None returned. Nobody has looked at the
    memo before, so it raises `ValidationError` for what a person would see: a fault, or signs that cannot be printed.
    """
    memo.full_clean()
    if unfit := fitting.faults(memo):
        raise ValidationError(list(unfit.values()))

    def make() -> bool:
        if not begin():
            return False
        memo.save()
        return True

    return _issued(memo, by, make, also, _refuse_unprintable)


def _issued(
    memo: Memo,
    by: User | None,
    begin: Callable[[], bool],
    also: Callable[[IssuedMemo], None] | None,
    check: Callable[[IssuedMemo], None] | None = None,
) -> IssuedMemo | None:
    key, version, is_new = memo.pk, memo.version, memo._state.adding
    for _try in range(TRIES):
        document = _prepared(memo, by)
        if check:
            check(document)
        try:
            with transaction.atomic():
                if not begin():
                    return None
                _write(document)
                if also:
                    also(document)
                return document
        except IntegrityError:
            memo.pk, memo.version, memo.status = key, version, Memo.Status.DRAFT
            memo._state.adding = is_new
            if not IssuedMemo.objects.filter(series=document.series, number=document.number).exists():
                raise  # it was not about the number
    raise ValidationError(_("Others issue memos to the same recipient just now. Try again in a moment."))


def _refuse_unprintable(document: IssuedMemo) -> None:
    if signs := unprintable(canonical(document.payload) + document.html):
        raise ValidationError(
            _("The font of the memo lacks these signs: %(signs)s. Write them in another way.")
            % {"signs": " ".join(sorted(signs))}
        )


def _prepared(memo: Memo, by: User | None) -> IssuedMemo:
    """The document as it would be the next of its series."""
    last = IssuedMemo.objects.filter(series=memo.series).order_by("-number").values("number", "seal").first()
    number = last["number"] + 1 if last else 1
    said = memos.payload(memo, number)
    pdf = memos.memo_pdf(said)
    document = IssuedMemo(
        memo=memo,
        series=memo.series,
        number=number,
        issued_at=timezone.now(),
        issued_by=by,
        payload=said,
        html=memos.body(said),
        pdf=pdf,
        sha256=IssuedMemo.hash_of(pdf),
    )
    document.seal = document.seal_after(last["seal"] if last else "")
    return document


def _write(document: IssuedMemo) -> None:
    document.memo = memo = document.memo  # once more, for the memo may have got its key just now
    document.save()
    memo.status = Memo.Status.ISSUED
    memo.save(update_fields=["status", "version"])
    memomail.tell_readers(document)
    submissions.hand_in(document)
    audit.record(
        audit.Kind.MEMO_ISSUED,
        by=document.issued_by,
        region=memo.region,
        about=lambda: f"{memo} · {document.number}",
    )


@transaction.atomic
def correct(*, memo: Memo, today: date) -> Memo:
    """The draft that is to replace an issued memo; the one that is there already, where somebody has begun."""
    if memo.is_draft:
        raise ValidationError(_("The memo is not issued yet. Edit it instead."))
    made, _created = Memo.objects.get_or_create(
        replaces=memo, defaults={name: getattr(memo, name) for name in COPIED} | {"date": today}
    )
    return made


@transaction.atomic
def withdraw(*, memo: Memo, by: User, version: int, reason: str) -> bool:
    """Take an issued memo back, for a reason; its document stays. False when somebody has saved since."""
    if not history.claim(memo, version):
        return False
    if memo.status != Memo.Status.ISSUED:
        raise ValidationError(_("Only an issued memo can be withdrawn."))
    memo.status = Memo.Status.WITHDRAWN
    memo.status_reason = reason.strip()
    memo.validate_constraints()
    memo.save(update_fields=["status", "status_reason", "version"])
    submissions.take_back(memo.document)
    audit.record(audit.Kind.MEMO_WITHDRAWN, by=by, region=memo.region, about=lambda: str(memo))
    return True


def faults() -> list[str]:
    """What is wrong with the issued memos, in words; empty when each is as it was issued."""
    found = []
    previous: dict[str, tuple[int, str]] = {}
    for document in IssuedMemo.objects.select_related("memo__meeting").order_by("series", "number").iterator(20):
        name = f"{document.series} · {document.number}"
        number, seal = previous.get(document.series, (0, ""))
        if document.number != number + 1:
            found.append(_("%(memo)s: number %(number)s is missing.") % {"memo": name, "number": number + 1})
        if not document.is_intact:
            found.append(_("%(memo)s: the PDF is not the one that was issued.") % {"memo": name})
        if document.series != document.memo.series or document.seal != document.seal_after(seal):
            found.append(_("%(memo)s: the seal is broken, so something in the row has been changed.") % {"memo": name})
        if document.memo.is_draft:
            found.append(_("%(memo)s: the memo is called a draft.") % {"memo": name})
        previous[document.series] = document.number, document.seal
    for memo in Memo.objects.exclude(status=Memo.Status.DRAFT).filter(document=None):
        found.append(_("Memo %(key)s: it is called issued and has no document.") % {"key": memo.pk})
    return found
