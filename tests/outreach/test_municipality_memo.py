"""Status for one municipality: what it says, its pictures, and its pages."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from agreements.models import Post
from initiatives.models import Initiative
from outreach import memos
from outreach.models import FollowUp, Memo
from outreach.models.memos import canonical
from tests import pdf_layout, pdf_text, verapdf
from tests.factories import InitiativeFactory, MeetingFactory, ResultTargetFactory, municipality, the_agreement
from tests.factories.doing import ActivityFactory, MilestoneFactory, ParticipationFactory, StoryFactory
from tests.factories.economy import ContributionFactory
from tests.factories.measuring import IndicatorFactory, InWordsFactory, MeasurementFactory

from .memos import headings, indicator_of, initiative_of, issued, lines, measured, memo_about, section, small_agreement

pytestmark = pytest.mark.usefixtures("cast")

TODAY = date(2026, 3, 31)


@pytest.fixture
def busy() -> Memo:
    """Rødovre leads an initiative with two activities, a story, figures, money and milestones."""
    agreement = small_agreement()
    initiative = initiative_of(agreement, starts_on=date(2025, 2, 1))
    initiative.targets.set(agreement.areas.get().targets.all())
    ParticipationFactory(initiative=initiative, role="lead")
    koncert = {"title": "Koncert", "place": "Viften", "attendance": 120, "places": ["Rødovre", "Køge"]}
    ActivityFactory(initiative=initiative, held_on=date(2026, 2, 10), **koncert)
    ActivityFactory(initiative=initiative, held_on=date(2026, 3, 1), title="Workshop")
    StoryFactory(initiative=initiative, title="Det gode år", published_on=date(2026, 2, 1))
    indicator = indicator_of(agreement)
    measured(indicator, 14, date(2025, 6, 30))
    measured(indicator, 18, date(2025, 12, 31))
    measured(indicator, 4, date(2025, 12, 31), municipality=municipality("Rødovre"), source="Rødovre Kommune")
    money = {"agreement": agreement, "year": 2025}
    ContributionFactory(**money, municipality=municipality("Rødovre"), amount=Decimal(50000), source="Budget 2025")
    ContributionFactory(**money, municipality=municipality("Køge"), amount=Decimal(100000))
    ContributionFactory(**money, of_state=True, amount=Decimal(300000), source="Bevilling")
    MilestoneFactory(area=agreement.areas.get(), title="Åbning", due_on=date(2026, 9, 1))
    MilestoneFactory(area=agreement.areas.get(), title="Plan", due_on=date(2026, 1, 1))
    return memo_about(agreement, TODAY)


def test_it_is_about_the_municipality_and_the_last_year(busy):
    assert lines(busy)[:11] == [
        'Notat om: Status for Rødovre Kommune i kulturaftalen "KulturMetropolen" 2025-2028',
        "Sagsbehandler: Henning Elmelund",
        "Dato: 31-03-2026",
        "Til: Kultur- og Fritidsudvalget",
        "J. nr.: 20.20.00-P27-1-20",
        "Notat nr.: udkast, ikke udsendt",
        "Kort fortalt",
        "Notatet handler om tiden fra 1. april 2025 til 31. marts 2026. Rødovre Kommune er medlem fra 1. januar 2025.",
        "1 indsats med kommunen pr. 31-03-2026, registreret i portalen",
        "2 aktiviteter i perioden pr. 01-03-2026, registreret i portalen",
        "120 deltagere i perioden pr. 01-03-2026, registreret i portalen",
    ]
    assert headings(busy) == [
        *["Kort fortalt", "Kommunens deltagelse", "Aktiviteter", "Sådan står indsatsområderne", "Resultatmål"],
        *["Gode historier", "Økonomi: Hvad kommunen giver og får, 2025-2026", "Næste skridt", "Medlemmerne"],
    ]


def test_what_it_takes_part_in_and_what_took_place(busy):
    table = ["Indsats", "Indsatsområde", "Rolle", "Periode", "Status"]
    assert section(busy, "Kommunens deltagelse") == [*table, "Ung Scene", "Unge", "Leder", "feb 2025 –", "I gang"]
    held = section(busy, "Aktiviteter")
    assert held[0] == (
        "Der er holdt 2 aktiviteter i kommunen fra 1. april 2025 til 31. marts 2026. 120 personer deltog. "
        "Ved 1 aktivitet har ingen talt deltagerne; den er ikke med i deltagertallet."
    )
    months = ["apr 25", "maj 25", "jun 25", "jul 25", "aug 25", "sept 25", "okt 25", "nov 25", "dec 25"]
    assert held[1:14] == ["Måned", *months, "jan 26", "feb 26", "mar 26"]
    assert held[14:40] == ["Aktiviteter", *["0"] * 10, "1", "1", "Deltagere", *["–"] * 10, "120", "–"]
    assert held[40:] == [
        *["Dato", "Aktivitet", "Indsats", "Deltagere"],
        *["01-03-2026", "Workshop", "Ung Scene", "ikke talt"],
        *["10-02-2026", "Koncert, Viften (sammen med Køge)", "Ung Scene", "120"],
    ]


def test_the_areas_and_their_result_targets(busy):
    assert section(busy, "Sådan står indsatsområderne") == [
        "I hele kulturregionen fra 1. januar 2026 til 31. marts 2026, registreret i portalen. "
        "Unge: seneste aktivitet 01-03-2026.",
        *["Indsatsområde", "Indsatser i gang", "Aktiviteter", "Deltagere", "Kommuner", "Resultatmålenes tal"],
        *["Unge", "1", "2", "120", "2", "1 med fremgang"],
    ]
    said = section(busy, "Resultatmål")
    assert said[0] == "Kommunen er med i indsatser, der arbejder hen imod 1 af aftalens 1 resultatmål."
    assert said[2:] == [
        "Unge",
        "At flere unge er med. Kommunen er med.",
        "Unge i gang: 18 unge, mål 30 inden 31. december 2028",
        "40 % af vejen fra 10. Fremgang siden 30-06-2025 (14). Pr. 31-12-2025, Kommunernes indberetning",
        "Rødovre: 4 unge, pr. 31-12-2025, Rødovre Kommune",
    ]


def test_what_it_gives_and_gets(busy):
    portal = "registreret i portalen"
    assert section(busy, "Økonomi: Hvad kommunen giver og får, 2025-2026") == [
        "Bidrag 33,3 % Indsatser med 100 % Aktiviteter 66,7 % Deltagere 50 % Gode historier 100 % Indbyggere 40 %",
        *["Hvad", "Rødovre", "Alle medlemmer", "Del", "Opgjort og kilde"],
        *["Bidrag", "50.000,00 kr.", "150.000,00 kr.", "33,3 %", "Pr. 31-12-2025, Budget 2025"],
        *["Indsatser med", "1", "1", "100 %", f"Pr. 31-03-2026, {portal}"],
        *["Aktiviteter", "2", "3", "66,7 %", f"Pr. 01-03-2026, {portal}"],
        *["Deltagere", "120", "240", "50 %", f"Pr. 01-03-2026, {portal}"],
        *["Gode historier", "1", "1", "100 %", f"Pr. 01-02-2026, {portal}"],
        *["Indbyggere", "40.848", "102.032", "40 %"],
        "Pr. 01-07-2020, Danmarks Statistik, FOLK1A ! gammelt tal, 68 måneder",
        "Staten har givet 300.000,00 kr. til aftalen. Pr. 31-12-2025, Bevilling",
        "Kommunen giver 1,22 kr. pr. indbygger. For hver krone, den giver, lægger de andre 8,00 kr. i aftalen.",
    ]


def test_what_comes_next_and_who_is_in(busy):
    said = section(busy, "Næste skridt")
    assert said[said.index("Milepæle") :] == [
        "Milepæle",
        "• 1. januar 2026: Plan (Unge) ! ikke nået til tiden",
        "• 1. september 2026: Åbning (Unge)",
    ]
    assert section(busy, "Medlemmerne")[-2:] == [
        "Det kan oplyses, at følgende 2 kommuner har tilsluttet sig aftalen: Køge og Rødovre.",
        "Medlemmerne er opgjort 31. marts 2026 efter de registrerede medlemskaber.",
    ]


def test_meetings_of_others_and_cancelled_ones_are_not_its_next_steps(busy):
    elsewhere = Post.objects.get(person__name="chair_elsewhere").body
    MeetingFactory(body=elsewhere, held_on=date(2026, 4, 7))
    MeetingFactory(body=busy.committee, held_on=date(2026, 4, 8), status="cancelled")
    MeetingFactory(body=busy.committee, held_on=date(2026, 4, 9), place="Rådhuset")
    said = section(busy, "Næste skridt")
    assert said[1] == "• 9. april 2026: Kultur- og Fritidsudvalget, Rådhuset"
    assert not any("april 2026: Kultur- og Idrætsudvalget" in line or "8. april" in line for line in said)


def test_what_the_secretariat_keeps_to_itself_is_not_in_it(busy, cast):
    own = {"culture_region": busy.agreement.culture_region, "municipality": busy.place}
    FollowUp.objects.create(**own, text="Ring til den utilfredse direktør", due_on=date(2026, 4, 10), owner=cast.staff)
    initiative = Initiative.objects.get(title="Ung Scene")
    StoryFactory(initiative=initiative, title="Ikke ude endnu", published_on=None)
    StoryFactory(initiative=initiative, title="Ude i morgen", published_on=date(2026, 4, 1))
    data = canonical(memos.payload(busy))
    assert not any(word in data for word in ("direktør", "Ikke ude", "Ude i morgen"))
    assert "Det gode år" in data


def test_after_a_memo_the_time_since_then_counts(busy):
    issued(memo_about(busy.agreement, date(2026, 2, 15)))
    assert section(busy, "Kort fortalt")[0].startswith(
        "Notatet handler om tiden fra 16. februar 2026 til 31. marts 2026, siden notat nr. 1."
    )
    assert section(busy, "Aktiviteter")[0].startswith(
        "Der er holdt 1 aktivitet i kommunen fra 16. februar 2026 til 31. marts 2026."
    )


def test_only_the_newest_activities_are_listed(busy):
    initiative = Initiative.objects.get(title="Ung Scene")
    for _ in range(40):
        ActivityFactory(initiative=initiative, held_on=date(2026, 3, 5))
    said = section(busy, "Aktiviteter")
    assert "De 30 nyeste af 42 er vist." in said[0]
    assert said.count("05-03-2026") == 30


# pictures -------------------------------------------------------------------------------------------------------------


def text_alternatives(pdf: bytes) -> list[str]:
    """What stands for each picture, in order."""
    found = []

    def walk(element):
        if not hasattr(element, "get"):
            return
        if element.get("/S") == "/Figure":
            found.append(pdf_text.normalised(str(element.get("/Alt", ""))))
        for kid in element.get("/K", []):
            walk(kid.get_object())

    walk(PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"])
    return found


def test_each_picture_has_its_text(busy):
    assert text_alternatives(memos.memo_pdf(memos.payload(busy))) == [
        "Aktiviteter pr. måned: april 2025 0, maj 2025 0, juni 2025 0, juli 2025 0, august 2025 0, september 2025 0, "
        "oktober 2025 0, november 2025 0, december 2025 0, januar 2026 0, februar 2026 1, marts 2026 1.",
        "Unge i gang. Nu 18 unge. Udgangspunkt 10. Mål 30. 40 % af vejen er tilbagelagt. Linjen viser 2 målinger.",
        "Kommunens del af det, alle medlemmer giver og får: Bidrag 33,3 %, Indsatser med 100 %, Aktiviteter 66,7 %, "
        "Deltagere 50 %, Gode historier 100 %, Indbyggere 40 %.",
        "Danmarks 98 kommuner som felter. Medlemmerne er markeret: Køge og Rødovre.",
    ]


def test_the_pictures_are_drawn_as_on_the_pages(busy):
    html = memos.memo_html(memos.payload(busy))
    # from nothing to 18 of 30, the baseline at 10
    assert '<rect class="now" x="0.00%" y="4" width="60.00%"' in html
    assert '<rect class="baseline" x="33.33%"' in html
    assert html.count("<circle") == 2
    assert html.count('<g class="member"') == 2
    assert html.count("h26v26h-26z") == 96


def test_the_agenda_item_has_the_figures_without_the_pictures(busy):
    text = memos.body(memos.payload(busy))
    assert "Unge i gang: <strong>18\u00a0unge</strong>" in text.replace("&nbsp;", "\u00a0")
    assert not any(word in text for word in ("<svg", "Danmarks 98", "Bjælkerne", "class="))


# many and few ---------------------------------------------------------------------------------------------------------


def queries(memo: Memo) -> int:
    with CaptureQueriesContext(connection) as captured:
        memos.memo_html(memos.payload(Memo.objects.get(pk=memo.pk)))
    return len(captured)


def test_it_asks_as_many_queries_for_much_as_for_little(busy):
    few = queries(busy)
    area = busy.agreement.areas.get()
    for number in range(5):
        initiative = InitiativeFactory(area=area)
        ParticipationFactory(initiative=initiative)
        ActivityFactory(initiative=initiative, held_on=date(2026, 3, 2), places=["Rødovre", "Furesø", "Halsnæs"])
        StoryFactory(initiative=initiative, published_on=date(2026, 3, 2))
        indicator = IndicatorFactory(target=ResultTargetFactory(area=area))
        measured(indicator, number, date(2026, 1, 2))
        measured(indicator, number, date(2026, 1, 2), municipality=municipality("Rødovre"))
        MilestoneFactory(area=area, due_on=date(2026, 7, 1))
        MeetingFactory(body=busy.committee, held_on=date(2026, 4, 9 + number))
    ContributionFactory(agreement=busy.agreement, year=2026)
    assert queries(busy) == few


# odd ones -------------------------------------------------------------------------------------------------------------


def quiet_memo() -> Memo:
    """To a municipality of an agreement in which nothing has happened."""
    return memo_about(small_agreement(), TODAY)


def empty_memo() -> Memo:
    agreement = small_agreement("Rødovre")
    agreement.areas.get().targets.all().delete()
    agreement.areas.all().delete()
    return memo_about(agreement, TODAY)


def demo_memo() -> Memo:
    return memo_about(the_agreement(), date(2024, 6, 3))


def early_memo() -> Memo:
    """The real agreement as it was, before anything had begun."""
    return memo_about(the_agreement(), date(2020, 11, 6))


def late_memo() -> Memo:
    """Long after the agreement ended."""
    return memo_about(the_agreement(), date(2026, 11, 25))


def long_name_memo() -> Memo:
    place = municipality("Rødovre")
    place.name = "Nordvestsjællands og Sydvestfyns Sammenlagte Storkommune ved de danske farvande"
    assert len(place.name) == 79
    place.name += "s"
    place.save(update_fields=["name"])
    return demo_memo()


HOSTILE = '<script>alert(1)</script> <b>fed</b> & "citat" {{ x }} %s '


def hostile_memo() -> Memo:
    initiative = InitiativeFactory(title=HOSTILE * 2, status="paused", status_reason=(HOSTILE * 8)[:300])
    ParticipationFactory(initiative=initiative)
    endless = {"title": "W" * 150, "place": "Ø" * 150, "attendance": 2**31 - 1}
    for day in range(1, 6):
        ActivityFactory(initiative=initiative, held_on=date(2024, 5, day), **endless)
    target = ResultTargetFactory(area=initiative.area, text="Målet " * 330)
    ends = {"baseline": Decimal("999999999999.99"), "target_value": None, "target_on": None}
    indicator = IndicatorFactory(target=target, name="<i>" + "n" * 140, unit="e" * 40, **ends)
    MeasurementFactory(indicator=indicator, value=Decimal("-999999999999.99"), source="kilde " * 33)
    MeasurementFactory(indicator=InWordsFactory(target=target), value=None, note="ord " * 500)
    StoryFactory(title="&amp;<u>" * 18, initiative=initiative, published_on=date(2024, 5, 5))
    MilestoneFactory(area=initiative.area, title="M" * 150, due_on=date(2024, 9, 1))
    most = {"amount": Decimal("9999999999.99"), "kind": "own_work", "source": "k" * 200}
    ContributionFactory(municipality=municipality("Rødovre"), year=2022, **most)
    return memo_about(the_agreement(), date(2024, 6, 3), case_officer="<b>Nu & da</b>")


ODD = [quiet_memo, empty_memo, demo_memo, early_memo, late_memo, long_name_memo, hostile_memo]


@pytest.mark.once
@pytest.mark.verapdf
@pytest.mark.parametrize("make", ODD)
def test_every_memo_is_accessible_and_archivable(make):
    pdf = memos.memo_pdf(memos.payload(make()))
    assert verapdf.failures(pdf, "ua1") == []
    assert verapdf.failures(pdf, "3a") == []


@pytest.mark.once
@pytest.mark.parametrize("make", ODD)
def test_every_memo_is_laid_out_well(make):
    assert pdf_layout.faults(memos.memo_html(memos.payload(make()))) == []


@pytest.mark.once
def test_the_map_of_the_members_is_never_alone_on_the_last_page():
    opening = {"opening_included": True, "opening": "Kære udvalg.\n\n" * 5}
    memo = memo_about(the_agreement(), date(2024, 6, 3), **opening)
    pages = pdf_text.page_texts(memos.memo_pdf(memos.payload(memo)))
    assert pages[-1].startswith("Næste skridt")
    assert "Medlemmerne" in pages[-1]


def test_where_nothing_is_registered_no_figure_is_said():
    memo = quiet_memo()
    assert section(memo, "Kort fortalt")[1:] == [
        "ingen tal indsatser med kommunen",
        "ingen tal aktiviteter i perioden",
        "ingen tal deltagere i perioden",
        "ingen tal gode historier i perioden",
    ]
    assert section(memo, "Kommunens deltagelse") == ["Der er ikke registreret deltagelse i indsatser."]
    assert section(memo, "Aktiviteter") == [
        "Der er ikke registreret aktiviteter i kommunen fra 1. april 2025 til 31. marts 2026."
    ]
    assert section(memo, "Resultatmål") == ["Unge", "At flere unge er med.", "Ingen indikator endnu."]
    assert "Gode historier" not in headings(memo)


def test_nothing_here_is_zero_where_others_have_something(busy):
    elsewhere = memo_about(busy.agreement, TODAY, committee=None, municipality=municipality("Køge"))
    assert section(elsewhere, "Kort fortalt")[1:] == [
        "0 indsatser med kommunen pr. 31-03-2026, registreret i portalen",
        "1 aktivitet i perioden pr. 10-02-2026, registreret i portalen",
        "120 deltagere i perioden pr. 10-02-2026, registreret i portalen",
        "0 gode historier i perioden pr. 31-03-2026, registreret i portalen",
    ]


def test_a_municipality_that_has_left():
    agreement = small_agreement()
    agreement.memberships.filter(municipality__name="Rødovre").update(left_on=date(2026, 1, 1))
    said = section(memo_about(agreement, TODAY), "Kort fortalt")
    assert said[0].endswith("Rødovre Kommune er ikke medlem af aftalen den 31. marts 2026.")


def test_hostile_text_is_text():
    said = "\n".join(lines(hostile_memo()))
    assert "Sagsbehandler: <b>Nu & da</b>" in said
    assert pdf_text.normalised(HOSTILE) in said


def test_the_case_officer_is_named_after_the_person_is_gone(busy):
    Post.objects.filter(kind=Post.Kind.CASE_OFFICER).delete()
    document = issued(busy)
    assert document.payload["case_officer"] == "Henning Elmelund"
    assert "Sagsbehandler: Henning Elmelund" in pdf_text.text(bytes(document.pdf))


@pytest.mark.once
def test_sixty_pages():
    for number in range(330):
        initiative = InitiativeFactory(title=f"Indsats med en lang titel, nummer {number}, om unge, musik og sundhed")
        ParticipationFactory(initiative=initiative)
    for number in range(80):
        target = ResultTargetFactory(area=initiative.area, text=f"At nå mål {number} sammen med mange andre. " * 4)
        MeasurementFactory(indicator=IndicatorFactory(target=target))
    part = "Der er arbejdet med mange ting i perioden, og det er gået godt. " * 6
    text = "\n\n".join(f"## Afsnit {number}\n\n{part}" for number in range(46))
    sections = dict.fromkeys(Memo.SECTIONS, text) | {f"{name}_included": True for name in Memo.SECTIONS}
    html = memos.memo_html(memos.payload(memo_about(the_agreement(), date(2024, 6, 3), **sections)))
    assert pdf_layout.page_count(html) >= 60
    assert pdf_layout.faults(html) == []
