"""What changed since your last memo: said in every status memo after the first to the same recipient."""

from datetime import date

import pytest

from initiatives.models import Measurement
from outreach import memos
from outreach.actions import memos as actions
from outreach.models import Memo
from tests.factories import AgreementFactory, CommitteeFactory, MembershipFactory, municipality
from tests.factories.economy import ContributionFactory
from tests.factories.measuring import InWordsFactory

from .memos import headings, indicator_of, initiative_of, issued, measured, memo_about, section, small_agreement

pytestmark = pytest.mark.usefixtures("cast")

BEFORE, NOW = date(2026, 1, 15), date(2026, 3, 31)
SINCE = "Siden sidste notat"
NOTHING = "Der er ikke sket ændringer i medlemmer, indsatser og tal siden notat nr. 1 af 15. januar 2026."
CHANGED = "Dette er ændret siden notat nr. 1 af 15. januar 2026:"
KINDS = [Memo.Kind.STATUS, Memo.Kind.MUNICIPALITY]


@pytest.fixture
def agreement(cast):
    return small_agreement()


def changed(agreement, kind=Memo.Kind.STATUS, day=NOW, **fields) -> list[str]:
    return section(memo_about(agreement, day, kind, **fields), SINCE)


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_memo_has_nothing_to_compare_with(agreement, kind):
    assert SINCE not in headings(memo_about(agreement, BEFORE, kind))


@pytest.mark.parametrize("kind", KINDS)
def test_where_nothing_has_changed_one_sentence_says_so(agreement, kind):
    initiative_of(agreement)
    measured(indicator_of(agreement), 14, date(2025, 12, 31))
    issued(memo_about(agreement, BEFORE, kind))
    assert changed(agreement, kind) == [NOTHING]


@pytest.mark.parametrize("kind", KINDS)
def test_members_initiatives_and_figures_that_have_changed(agreement, kind):
    ended, paused, gone = [initiative_of(agreement, title) for title in ("Bands", "Kor", "Ord")]
    indicator = indicator_of(agreement)
    measured(indicator, 14, date(2025, 12, 31))
    issued(memo_about(agreement, BEFORE, kind))

    agreement.memberships.filter(municipality__name="Køge").update(left_on=date(2026, 2, 1))
    MembershipFactory(agreement=agreement, municipality=municipality("Ishøj"), joined_on=date(2026, 2, 1))
    initiative_of(agreement, "Natmusik")
    ended.status = "completed"
    ended.save()
    paused.status, paused.status_reason = "paused", "Venter på lokaler."
    paused.save()
    gone.delete()
    measured(indicator, 18, date(2026, 3, 1))
    measured(indicator_of(agreement, "Frivillige", unit="personer"), 7, date(2026, 3, 2), source="")
    assert changed(agreement, kind) == [
        CHANGED,
        "• Nyt medlem: Ishøj",
        "• Ikke længere medlem: Køge",
        "• Ny indsats: Natmusik (Unge, i gang)",
        "• Afsluttet indsats: Bands (Unge, gennemført)",
        "• Afsluttet indsats: Ord (Unge)",
        "• Kor (Unge): i gang → på pause",
        "• Frivillige: 7 personer, nyt tal (pr. 02-03-2026, kilde ikke oplyst)",
        "• Unge i gang: 14 unge (31-12-2025) → 18 unge (pr. 01-03-2026, Kommunernes indberetning)",
    ]


def test_the_figures_of_the_municipality_itself_and_money(agreement):
    rødovre = municipality("Rødovre")
    indicator = indicator_of(agreement)
    measured(indicator, 3, date(2025, 12, 31), municipality=rødovre)
    ContributionFactory(agreement=agreement, municipality=rødovre, year=2025, amount=50_000)
    issued(memo_about(agreement, BEFORE, Memo.Kind.MUNICIPALITY))
    measured(indicator, 5, date(2026, 2, 28), municipality=rødovre, source="Rødovre Kommune")
    measured(indicator, 9, date(2026, 2, 28), municipality=municipality("Køge"))
    ContributionFactory(agreement=agreement, municipality=rødovre, year=2026, amount=60_000, source="Budget 2026")
    assert changed(agreement, Memo.Kind.MUNICIPALITY) == [
        CHANGED,
        "• Unge i gang, Rødovre: 3 unge (31-12-2025) → 5 unge (pr. 28-02-2026, Rødovre Kommune)",
        "• Bidrag: 50.000,00 kr. (31-12-2025) → 110.000,00 kr. (pr. 31-03-2026, Budget 2026)",
    ]


def test_a_figure_measured_anew_with_the_same_result_has_not_moved(agreement):
    indicator = indicator_of(agreement)
    measured(indicator, 14, date(2025, 12, 31))
    issued(memo_about(agreement, BEFORE, Memo.Kind.STATUS))
    measured(indicator, 14, date(2026, 3, 1), source="En anden kilde")
    assert changed(agreement) == [NOTHING]


def test_a_figure_that_was_mended_has_moved(agreement):
    measured(indicator_of(agreement), 14, date(2025, 12, 31))
    issued(memo_about(agreement, BEFORE, Memo.Kind.STATUS))
    Measurement.objects.filter(indicator__name="Unge i gang").update(value="14.5")
    assert changed(agreement) == [
        CHANGED,
        "• Unge i gang: 14 unge (31-12-2025) → 14,5 unge (pr. 31-12-2025, Kommunernes indberetning)",
    ]


def test_a_judgement_in_words_that_has_changed(agreement):
    indicator = InWordsFactory(target=agreement.areas.get().targets.get(), name="Trivsel")
    measured(indicator, None, date(2025, 12, 31), note="Det går trægt.")
    issued(memo_about(agreement, BEFORE, Memo.Kind.STATUS))
    measured(indicator, None, date(2026, 3, 1), note="Det går godt nu.")
    assert changed(agreement) == [
        CHANGED,
        "• Trivsel: Det går godt nu. (pr. 01-03-2026, Kommunernes indberetning)",
    ]


def test_another_title_is_no_other_initiative(agreement):
    initiative = initiative_of(agreement)
    issued(memo_about(agreement, BEFORE, Memo.Kind.STATUS))
    initiative.title = "Ung Scene 2"
    initiative.save()
    assert changed(agreement) == [NOTHING]


# which memo is the last one -------------------------------------------------------------------------------------------


def test_the_newest_issued_memo_is_compared_with(agreement):
    issued(memo_about(agreement, date(2025, 10, 1), Memo.Kind.STATUS))
    initiative_of(agreement)
    issued(memo_about(agreement, BEFORE, Memo.Kind.STATUS))
    assert changed(agreement) == [NOTHING.replace("nr. 1", "nr. 2")]


def test_a_draft_is_not_compared_with(agreement):
    memo_about(agreement, BEFORE, Memo.Kind.STATUS)
    assert SINCE not in headings(memo_about(agreement, NOW, Memo.Kind.STATUS))


def test_a_withdrawn_memo_is_passed_over(agreement, cast):
    issued(memo_about(agreement, BEFORE, Memo.Kind.STATUS))
    initiative_of(agreement)
    wrong = issued(memo_about(agreement, date(2026, 2, 1), Memo.Kind.STATUS)).memo
    assert actions.withdraw(memo=wrong, by=cast.staff, version=wrong.version, reason="Forkert.")
    assert changed(agreement) == [CHANGED, "• Ny indsats: Ung Scene (Unge, i gang)"]


def test_a_correction_is_compared_with_the_memo_before_the_one_it_replaces(agreement):
    issued(memo_about(agreement, BEFORE, Memo.Kind.STATUS))
    initiative_of(agreement)
    wrong = issued(memo_about(agreement, date(2026, 2, 1), Memo.Kind.STATUS)).memo
    correction = actions.correct(memo=wrong, today=NOW)
    told = [CHANGED, "• Ny indsats: Ung Scene (Unge, i gang)"]
    assert section(correction, SINCE) == told
    # and once more, when the correction itself has to be corrected
    issued(correction)
    assert section(actions.correct(memo=correction, today=NOW), SINCE) == told
    # what comes after is compared with the correction
    assert changed(agreement) == [
        "Der er ikke sket ændringer i medlemmer, indsatser og tal siden notat nr. 3 af 31. marts 2026."
    ]


def test_a_correction_of_the_first_memo_has_nothing_to_compare_with(agreement):
    first = issued(memo_about(agreement, BEFORE, Memo.Kind.STATUS)).memo
    issued(memo_about(agreement, date(2026, 2, 1), Memo.Kind.STATUS))
    assert SINCE not in headings(actions.correct(memo=first, today=NOW))


def test_memos_of_another_kind_or_to_others_are_not_compared_with(agreement):
    issued(memo_about(agreement, BEFORE, Memo.Kind.STATUS, committee=CommitteeFactory()))
    issued(memo_about(agreement, BEFORE, Memo.Kind.MUNICIPALITY))
    other = AgreementFactory()
    MembershipFactory(agreement=other, municipality=municipality("Rødovre"))
    issued(memo_about(other, BEFORE, Memo.Kind.STATUS))
    assert SINCE not in headings(memo_about(agreement, NOW, Memo.Kind.STATUS))


def test_the_payload_says_what_changed_as_data(agreement):
    issued(memo_about(agreement, BEFORE, Memo.Kind.STATUS))
    initiative = initiative_of(agreement)
    document = issued(memo_about(agreement, NOW, Memo.Kind.STATUS))
    document.refresh_from_db()
    said = document.payload["changes"]
    assert said["new_initiatives"] == [{"title": "Ung Scene", "area": "Unge", "status": "I gang"}]
    assert (said["number"], said["date"], said["nothing"]) == (1, "2026-01-15", False)
    assert document.payload["comparable"]["initiatives"] == [
        {"id": initiative.pk, "title": "Ung Scene", "area": "Unge", "status": "running"}
    ]
    assert [each["name"] for each in document.payload["comparable"]["members"]] == ["Køge", "Rødovre"]


def test_a_memo_with_changes_is_the_same_to_the_byte_each_time(agreement):
    issued(memo_about(agreement, BEFORE, Memo.Kind.STATUS))
    initiative_of(agreement)
    said = memos.payload(memo_about(agreement, NOW, Memo.Kind.STATUS), 2)
    assert memos.memo_pdf(said) == memos.memo_pdf(said)
