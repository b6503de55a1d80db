"""Every figure of a memo has its date and its source; an old one is marked, and its author is told before issuing."""

from datetime import date

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from agreements.models import Agreement
from outreach import memos
from outreach.memos import freshness
from outreach.models import Memo
from tests import pdf_text
from tests.factories import CommitteeFactory, municipality, the_agreement
from tests.factories.doing import ActivityFactory
from tests.factories.economy import ContributionFactory

from .memos import indicator_of, initiative_of, issued, lines, measured, memo_about, section, small_agreement

pytestmark = pytest.mark.usefixtures("cast")

MEASURED = date(2025, 6, 30)
FRESH, OLD = date(2025, 12, 31), date(2026, 1, 1)  # the last day of the half year, and the day after
POPULATION = "Indbyggere"  # the register is of 2020


@pytest.fixture
def agreement(cast) -> Agreement:
    agreement = small_agreement()
    measured(indicator_of(agreement), 14, MEASURED)
    return agreement


def stale(memo: Memo) -> list[tuple[str, int]]:
    found = freshness.stale(memo, memos.payload(memo))
    return [(each.label, each.months) for each in found if each.label != POPULATION]


def test_a_figure_is_marked_from_the_day_after_its_interval(agreement):
    fresh, old = memo_about(agreement, FRESH), memo_about(agreement, OLD)
    note = "Pr. 30-06-2025, Kommunernes indberetning"
    assert section(fresh, "Resultatmål")[-1] == f"20 % af vejen fra 10. Fremgang siden 31-12-2024 (10). {note}"
    assert section(old, "Resultatmål")[-1].endswith(f"{note} ! gammelt tal, 6 måneder")
    assert (stale(fresh), stale(old)) == ([], [("Unge i gang", 6)])


def test_a_figure_of_the_municipality_is_marked_too(agreement):
    measured(agreement.areas.get().targets.get().indicators.get(), 3, MEASURED, municipality=municipality("Rødovre"))
    assert section(memo_about(agreement, OLD), "Resultatmål")[-1] == (
        "Rødovre: 3 unge, pr. 30-06-2025, Kommunernes indberetning ! gammelt tal, 6 måneder"
    )


def test_after_the_agreement_nobody_measures_on(agreement):
    measured(agreement.areas.get().targets.get().indicators.get(), 20, date(2028, 9, 1))
    assert stale(memo_about(agreement, date(2030, 1, 1))) == []


@pytest.mark.parametrize(("months", "told"), [(3, [("aktiviteter", 4), ("deltagere", 4)]), (6, [])])
def test_what_is_registered_as_it_happens_grows_old_by_the_committees_interval(months, told):
    agreement = small_agreement()
    ActivityFactory(initiative=initiative_of(agreement), held_on=date(2025, 11, 20), attendance=9)
    committee = CommitteeFactory(municipality=municipality("Rødovre"), status_interval_months=months)
    memo = memo_about(agreement, date(2026, 3, 31), committee=committee)
    assert stale(memo) == told
    mark = " ! gammelt tal, 4 måneder" if told else ""
    assert f"1 aktivitet i perioden pr. 20-11-2025, registreret i portalen{mark}" in lines(memo)


def test_money_is_of_a_year(agreement):
    ContributionFactory(agreement=agreement, municipality=municipality("Rødovre"), year=2025)
    assert ("Bidrag", 12) not in stale(memo_about(agreement, date(2026, 12, 31)))
    assert ("Bidrag", 12) in stale(memo_about(agreement, date(2027, 1, 1)))


@pytest.mark.parametrize("kind", [Memo.Kind.STATUS, Memo.Kind.MUNICIPALITY])
def test_every_figure_has_a_date_and_a_source(kind):
    said = memos.payload(memo_about(the_agreement(), date(2024, 6, 3), kind))
    found = [each for each in freshness.figures(said) if each["value"] is not None]
    assert len(found) > (20 if kind == Memo.Kind.MUNICIPALITY else 0)
    assert [each["label"] for each in found if not each["as_of"] or not each["source"]] == []


def test_a_source_that_nobody_gave_is_said_to_be_missing():
    agreement = small_agreement()
    measured(indicator_of(agreement), 14, MEASURED, source="")
    assert section(memo_about(agreement, FRESH), "Resultatmål")[-1].endswith("Pr. 30-06-2025, kilde ikke oplyst")


# before issuing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "udsted/"])
def test_the_author_is_told_before_issuing(staff, agreement, page):
    memo = memo_about(agreement, OLD)
    shown = staff.get(f"/notater/{memo.pk}/{page}")
    assertContains(shown, "2 tal i notatet er gamle")
    indicator = agreement.areas.get().targets.get().indicators.get()
    url = f"{reverse('measurement_create')}?indikator={indicator.pk}"
    text = pdf_text.normalised(shown.text)
    assert "Unge i gang: 30. juni 2025, for 6 måneder siden." in text
    assert f'<a href="{url}">Registrér et nyt tal<span class="visually-hidden">: Unge i gang</span></a>' in text
    # the register of inhabitants is not the author's to change
    assert "Indbyggere: 1. juli 2020, for 66 måneder siden </li>" in text


def test_the_link_leads_to_a_form_about_the_figure(staff, agreement):
    indicator = agreement.areas.get().targets.get().indicators.get()
    measured(indicator, 3, MEASURED, municipality=municipality("Rødovre"))
    memo = memo_about(agreement, OLD)
    region, place = [each.url for each in freshness.stale(memo, memos.payload(memo)) if "Unge" in each.label]
    forms = [staff.get(url).context["form"] for url in (region, place)]
    assert [form["indicator"].value() for form in forms] == [str(indicator.pk)] * 2
    assert [form["municipality"].value() for form in forms] == [None, str(municipality("Rødovre").pk)]


def test_the_other_links_lead_to_forms(staff):
    agreement = small_agreement()
    ActivityFactory(initiative=initiative_of(agreement), held_on=date(2025, 11, 20), attendance=9)
    ContributionFactory(agreement=agreement, municipality=municipality("Rødovre"), year=2024)
    memo = memo_about(agreement, date(2026, 3, 31))
    urls = [each.url for each in freshness.stale(memo, memos.payload(memo)) if each.label != POPULATION]
    assert len(urls) == 2
    assert [staff.get(url).status_code for url in urls] == [200, 200]


def test_where_all_is_fresh_nobody_is_told(staff, agreement):
    memo = memo_about(agreement, FRESH, Memo.Kind.STATUS)
    assertNotContains(staff.get(f"/notater/{memo.pk}/udsted/"), "i notatet er gam")


def test_an_issued_memo_keeps_its_marks_and_warns_of_nothing(staff, agreement):
    document = issued(memo_about(agreement, OLD))
    measured(agreement.areas.get().targets.get().indicators.get(), 20, date(2025, 12, 31))
    assertNotContains(staff.get(f"/notater/{document.memo_id}/"), "i notatet er gam")
    assert "! gammelt tal, 6 måneder" in pdf_text.text(bytes(document.pdf))
