"""The memos of each kind as PDFs: accessible and archivable whatever is in them, and laid out well."""

import io
from datetime import date
from decimal import Decimal

import pytest
from pypdf import PdfReader

from agreements.models import Agreement, Meeting
from outreach.memos import memo_html, memo_pdf, payload
from outreach.models import Memo
from tests import pdf_layout, pdf_text, verapdf
from tests.factories import (
    AgreementFactory,
    BodyFactory,
    CommitteeFactory,
    CultureRegionFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    MeetingFactory,
    MembershipFactory,
    MemoFactory,
    PersonFactory,
    PurposeFactory,
    ResultTargetFactory,
    UserFactory,
    municipality,
    the_agreement,
)
from tests.factories.doing import ActivityFactory, ParticipationFactory, StoryFactory
from tests.factories.economy import AccountLineFactory, ContributionFactory
from tests.factories.governance import AgendaItemFactory, DocumentFactory, PostFactory
from tests.factories.measuring import IndicatorFactory, InWordsFactory, KeyFigureFactory, MeasurementFactory
from tests.factories.outreach import (
    FollowUpFactory,
    InvitationFactory,
    MeasureFactory,
    MeasureListFactory,
    OnboardingCaseFactory,
    OpenQuestionFactory,
)

pytestmark = [pytest.mark.usefixtures("cast"), pytest.mark.once]  # how a file is built

KINDS = ["measures", "onboarding", "agenda", "minutes", "annual", "evaluation"]
HOSTILE = (
    '<script>alert(1)</script> ![x](file:///etc/passwd) [js](javascript:alert(1)) <img src="http://x.example/"> 😀'
)
LONG = "Kulturaftaleudviklingskoordinator" * 3


def memo_of(kind: str, agreement: Agreement, meeting: Meeting, **fields) -> Memo:
    about = {
        "onboarding": {"municipality": municipality("Gribskov")},
        "agenda": {"meeting": meeting},
        "minutes": {"meeting": meeting},
        "annual": {"year": agreement.starts_on.year},
    }.get(kind, {})
    return MemoFactory(
        **{"kind": kind, "agreement": agreement, "committee": None, "date": date(2026, 11, 25)} | about | fields
    )


def with_demo_data(kind: str) -> Memo:
    return memo_of(kind, the_agreement(), Meeting.objects.get(held_on=date(2026, 2, 5)))


def with_nothing(kind: str) -> Memo:
    return memo_of(kind, AgreementFactory(), MeetingFactory())


def full(kind: str, text: str, count: int, short: str | None = None) -> Memo:
    """A memo of an agreement that has `count` of everything, with the text wherever somebody can write."""
    name = (short or text)[:90]
    region = CultureRegionFactory(name=name)
    agreement = AgreementFactory(
        culture_region=region, name=name, mission=text, vision=text, environment_analysis=text, case_number=name[:40]
    )
    measures = MeasureListFactory(agreement=agreement, title=name, introduction=text)
    case = OnboardingCaseFactory(
        agreement=agreement, municipality=municipality("Gribskov"), owner=UserFactory(name=name)
    )
    body = BodyFactory(culture_region=region, name=name)
    meeting = MeetingFactory(body=body, place=name, minutes=text, announcement=text[:900])
    for number in range(1, count + 1):
        _one_of_each(number, agreement, meeting, text, name)
        measure = MeasureFactory(list=measures, number=number, title=name, introduction=text, points=f"- {text}")
        OpenQuestionFactory(measure=measure, text=name, answer=text[:1900], answered_on=date(2026, 1, 1))
        InvitationFactory(case=case, title=name, fee="yes")
    sections = dict.fromkeys(Memo.SECTIONS, text) | {f"{field}_included": True for field in Memo.SECTIONS}
    return memo_of(kind, agreement, meeting, case_officer=name, **sections)


def _one_of_each(number: int, agreement: Agreement, meeting: Meeting, text: str, name: str) -> None:
    region = agreement.culture_region
    PurposeFactory(agreement=agreement, text=text[:900])
    place = MembershipFactory(agreement=agreement).municipality if number <= 10 else None
    area = InitiativeAreaFactory(agreement=agreement, name=f"{number} {name}"[:100], purpose=text)
    target = ResultTargetFactory(area=area, text=text[:1900])
    initiative = InitiativeFactory(area=area, title=name, status="paused", status_reason=name)
    initiative.targets.add(target)
    figures = {"baseline": 1, "baseline_on": date(2025, 1, 1), "target_value": 9, "target_on": date(2028, 1, 1)}
    figure = IndicatorFactory(target=target, name=f"{number} {name}", unit=name[:40], **figures)
    in_words = InWordsFactory(target=target, name=f"{number}. {name}")
    for day in (date(2025, 3, 1), date(2025, 9, 1)):
        MeasurementFactory(indicator=figure, value=day.month, measured_on=day, source=name)
        MeasurementFactory(indicator=in_words, value=None, note=text[:1900], measured_on=day, source=name)
    KeyFigureFactory(area=area, year=2025, name=name, unit=name[:40], source=name)
    ActivityFactory(initiative=initiative, held_on=date(2025, 5, 1), places=["Køge"])
    ParticipationFactory(initiative=initiative)
    StoryFactory(initiative=initiative, title=name, text=text, published_on=date(2025, 6, 1))
    if place:
        ContributionFactory(
            agreement=agreement, year=2025, municipality=place, amount=Decimal("1234567.50"), source=name
        )
    AccountLineFactory(agreement=agreement, year=2025, text=f"{number} {name}", used=Decimal(number))
    AgendaItemFactory(
        meeting=meeting, position=number, title=name, presentation=text, recommendation=text, decision=text
    )
    DocumentFactory(culture_region=region, meeting=meeting, annex=str(number), title=name)
    FollowUpFactory(culture_region=region, meeting=meeting, text=name, owner=UserFactory(name=name))
    committee = CommitteeFactory(culture_region=region, name=f"{number} {name}")
    meeting.delegates.create(committee=committee)
    manager = PersonFactory(culture_region=region, name=name, email=f"leder{number}@kulturmetropolen.example")
    PostFactory(person=manager, kind="project_manager", body=meeting.body)


def with_hostile_text(kind: str) -> Memo:
    return full(kind, HOSTILE, 2)


def with_long_words(kind: str) -> Memo:
    return full(kind, f"{LONG} " * 6, 2, short=LONG)


def with_much(kind: str) -> Memo:
    text = "Det er en tekst, som nogen har skrevet om indsatsen. " * 8
    return full(kind, text, 12, short="Sang i hele regionen")


@pytest.mark.verapdf
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", [with_demo_data, with_nothing, with_hostile_text, with_long_words, with_much])
def test_every_memo_is_accessible_and_archivable(make, kind):
    pdf = memo_pdf(payload(make(kind)))
    assert verapdf.failures(pdf, "ua1") == []
    assert verapdf.failures(pdf, "3a") == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", [with_demo_data, with_nothing, with_hostile_text, with_long_words, with_much])
def test_every_memo_is_laid_out_well(make, kind):
    assert pdf_layout.faults(memo_html(payload(make(kind)))) == []


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_text_is_text(kind):
    memo = with_hostile_text(kind)
    pdf = memo_pdf(payload(memo))
    said = "".join(pdf_text.text(pdf).split())  # where a long address breaks, a space is heard
    assert "<script>alert(1)</script>![x](file:///etc/passwd)[js](javascript:alert(1))" in said
    assert "�" in said
    assert b"/URI" not in pdf
    assert [*PdfReader(io.BytesIO(pdf)).attachments] == ["notat.json"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_memo_is_the_same_file(kind):
    memo = with_demo_data(kind)
    assert memo_pdf(payload(memo, 1)) == memo_pdf(payload(Memo.objects.get(pk=memo.pk), 1))


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_says_that_it_is_one(kind):
    assert "Notat nr.: udkast, ikke udsendt" in pdf_text.text(memo_pdf(payload(with_nothing(kind))))
