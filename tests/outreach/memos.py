"""A small agreement of its own, and memos to Rødovre about it."""

from datetime import date
from decimal import Decimal

from agreements.models import Agreement
from initiatives.models import Indicator, Initiative
from outreach import memos
from outreach.actions import memos as actions
from outreach.models import IssuedMemo, Memo
from tests import pdf_text
from tests.factories import (
    AgreementFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    MembershipFactory,
    MemoFactory,
    ResultTargetFactory,
    municipality,
)
from tests.factories.measuring import IndicatorFactory, MeasurementFactory

STARTS = date(2025, 1, 1)


def small_agreement(*members: str) -> Agreement:
    """With the members, Rødovre and Køge unless named, and one area, Unge, with one target."""
    agreement = AgreementFactory(name="Aftalen 2025-2028")
    for name in members or ("Rødovre", "Køge"):
        MembershipFactory(agreement=agreement, municipality=municipality(name), joined_on=STARTS)
    area = InitiativeAreaFactory(agreement=agreement, position=1, name="Unge")
    ResultTargetFactory(area=area, position=1, text="At flere unge er med.")
    return agreement


def initiative_of(agreement: Agreement, title: str = "Ung Scene", **fields) -> Initiative:
    return InitiativeFactory(area=agreement.areas.get(), title=title, **{"status": "running", **fields})


def indicator_of(agreement: Agreement, name: str = "Unge i gang", **fields) -> Indicator:
    """To rise from 10 on New Year's Eve of 2024 to 30 at the agreement's end; measured every half year."""
    target = agreement.areas.get().targets.get()
    dates = {"baseline_on": date(2024, 12, 31), "target_on": date(2028, 12, 31)}
    return IndicatorFactory(target=target, name=name, **{"unit": "unge", **dates, **fields})


def measured(indicator: Indicator, value: int | None, day: date, **fields):
    value = None if value is None else Decimal(value)
    return MeasurementFactory(
        indicator=indicator, value=value, measured_on=day, **{"source": "Kommunernes indberetning", **fields}
    )


def memo_about(agreement: Agreement, day: date, kind: str = Memo.Kind.MUNICIPALITY, **fields) -> Memo:
    return MemoFactory(agreement=agreement, kind=kind, date=day, **fields)


def issued(memo: Memo) -> IssuedMemo:
    document = actions.issue(memo=memo, by=None, version=memo.version)
    assert document
    return document


def lines(memo: Memo) -> list[str]:
    """What the memo's PDF says, paragraph by paragraph."""
    return pdf_text.text(memos.memo_pdf(memos.payload(memo))).splitlines()


def section(memo: Memo, heading: str) -> list[str]:
    """What stands under a heading of level two, up to the next one."""
    elements = pdf_text.elements(memos.memo_pdf(memos.payload(memo)))
    start = elements.index(("H2", heading)) + 1
    end = next((place for place, (tag, _words) in enumerate(elements[start:], start) if tag == "H2"), len(elements))
    return [words for _tag, words in elements[start:end]]


def headings(memo: Memo) -> list[str]:
    return [words for tag, words in pdf_text.elements(memos.memo_pdf(memos.payload(memo))) if tag == "H2"]
