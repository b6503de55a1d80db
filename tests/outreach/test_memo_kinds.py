"""What the memos of each kind say: measures, onboarding, agenda and minutes, annual status, final evaluation."""

from datetime import date, time
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.models import Agreement, Membership
from initiatives.models import InitiativeArea
from outreach.memos import memo_html, memo_pdf, payload
from outreach.models import Invitation, Memo, OnboardingCase
from outreach.models.memos import canonical
from tests import pdf_text
from tests.factories import (
    AgreementFactory,
    BodyFactory,
    CommitteeFactory,
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
from tests.factories.measuring import IndicatorFactory, KeyFigureFactory, MeasurementFactory
from tests.factories.outreach import FollowUpFactory, InvitationFactory, OnboardingCaseFactory, OpenQuestionFactory
from tests.outreach.test_measures_pdf import customers_lines
from tests.outreach.test_measures_pdf import lines as measure_lines

pytestmark = pytest.mark.usefixtures("cast")

DAY = date(2026, 11, 25)
MISSING = "ikke registreret"


def memo_of(kind: str, **fields) -> Memo:
    return MemoFactory(**{"kind": kind, "date": DAY, "committee": None, **fields})


def pdf_of(memo: Memo) -> bytes:
    return memo_pdf(payload(memo, 1))


def lines(memo: Memo) -> list[str]:
    """The memo without its head."""
    said = pdf_text.text(pdf_of(memo)).splitlines()
    return said[said.index("Notat nr.: 1") + 1 :]


def under(said: list[str], heading: str, count: int) -> list[str]:
    place = said.index(heading) + 1
    return said[place : place + count]


def headings(memo: Memo) -> list[str]:
    return [words for tag, words in pdf_text.elements(pdf_of(memo)) if tag == "H2"]


def one_area(**fields) -> InitiativeArea:
    return InitiativeAreaFactory(agreement=AgreementFactory(name="Aftalen 2025-2028"), name="Sang", **fields)


# the list of measures -------------------------------------------------------------------------------------------------


def test_the_list_of_measures_has_a_head_and_then_reads_as_the_customers_document():
    pdf = pdf_of(memo_of("measures"))
    said = measure_lines(pdf)
    assert said[:6] == [
        "Notat om: Mulige tiltag i processen mod 2021-24",
        "Sagsbehandler: Henning Elmelund",
        "Dato: 25-11-2026",
        "Til: Kulturmetropolen",
        "J. nr.: 20.20.00-P27-1-20",
        "Notat nr.: 1",
    ]
    assert said[6:] == customers_lines()[1:]


def test_the_list_is_written_around_and_sent_to_whom_it_is_for():
    memo = memo_of(
        "measures",
        municipality=municipality("Køge"),
        opening="Til drøftelse.",
        opening_included=True,
        situation="Drøftet i marts.",
        situation_included=True,
        closing="Tak.",
        closing_included=True,
    )
    said = lines(memo)
    assert (said[0], said[-2:]) == ("Til drøftelse.", ["Drøftet i marts.", "Tak."])
    assert payload(memo)["recipient"] == {"name": "Køge", "municipality": "Køge", "municipality_code": "0259"}


def test_an_agreement_without_a_list_says_so():
    assert lines(memo_of("measures", agreement=AgreementFactory(name="Aftalen"))) == [
        "Der er ikke registreret nogen tiltagsliste for Aftalen."
    ]


# the memo for a municipality that is to decide ------------------------------------------------------------------------


def of_gribskov(**fields) -> Memo:
    return memo_of("onboarding", municipality=municipality("Gribskov"), **fields)


def test_a_municipality_that_is_to_decide_reads_what_it_is_about_what_it_costs_and_when():
    memo = of_gribskov()
    said = lines(memo)
    assert said[0] == (
        "Gribskov Kommune skal tage stilling til, om kommunen vil slutte sig til kulturaftalen Kulturmetropolen "
        "2021-2024, som løber fra 1. januar 2021 til 31. december 2024. "
        "Beslutningen skal træffes senest den 25. februar 2027."
    )
    assert headings(memo) == [
        "Hvad aftalen går ud på",
        "Hvad det koster",
        "Hvad en lignende kommune får",
        "Trin og datoer",
        "Hvem I kan spørge",
    ]
    assert under(said, "Hvad aftalen går ud på", 2) == [
        "Kommuner i aftalen: Albertslund, Furesø, Halsnæs, Helsingør, Herlev, Ishøj, Køge, Roskilde og Rødovre.",
        "De overordnede formål med kulturaftalerne er:",
    ]
    assert "4 resultatmål." in said


def test_what_it_costs_is_told_by_the_members_nearest_in_size():
    assert under(lines(of_gribskov()), "Hvad det koster", 24) == [
        "Kommunens eget bidrag til aftalen: ikke registreret.",
        "Det har de medlemmer, der ligger tættest på i størrelse, bidraget med i det seneste år:",
        *["Kommune", "Indbyggere", "Bidrag", "Pr. indbygger", "År og kilde"],
        *["Furesø", "41.011", "86.000,00 kr.", "2,10 kr.", "2024, Kommunens budget, opdigtet"],
        *["Rødovre", "40.848", "85.500,00 kr.", "2,09 kr.", "2024, Kommunens budget, opdigtet"],
        *["Halsnæs", "31.537", "65.500,00 kr.", "2,08 kr.", "2024, Kommunens budget, opdigtet"],
        *["Gribskov", "41.135"],
    ]


def test_no_contribution_is_assumed():
    agreement = AgreementFactory()
    MembershipFactory(agreement=agreement, municipality=municipality("Køge"))
    memo = of_gribskov(agreement=agreement)
    said = lines(memo)
    assert under(said, "Køge", 2) == ["61.184", MISSING]
    assert "Om deltagelse koster noget: ikke registreret." in said
    ContributionFactory(agreement=agreement, municipality=memo.place, year=2025, amount=Decimal(41135), source="Tilbud")
    assert "Kommunens eget bidrag til aftalen: 41.135,00 kr. (2025, Tilbud)." in lines(memo)


def test_a_year_that_has_not_come_is_no_latest_year():
    agreement = AgreementFactory()
    MembershipFactory(agreement=agreement, municipality=municipality("Køge"))
    for year in (2025, 2027):
        ContributionFactory(agreement=agreement, year=year, amount=year * 1000, source="")
    ContributionFactory(agreement=agreement, year=2025, kind="fee", amount=1000, source="Budget")
    said = lines(of_gribskov(agreement=agreement))
    assert under(said, "Køge", 4) == ["61.184", "2.026.000,00 kr.", "33,11 kr.", "2025, Budget"]


def test_the_fee_is_yes_no_or_undecided_as_the_invitations_say():
    case = OnboardingCase.objects.get(municipality__name="Gribskov")
    InvitationFactory(case=case, title="Temadag", sent_on=date(2026, 11, 20), fee="yes")
    assert under(lines(of_gribskov()), "Betaling for at deltage inden da", 20)[4:] == [
        *["KMK-møde: KMK, 3. september 2026", "03-09-2026", "Ja", "Nej"],
        *["Data og analyser: Tallene fra Ungeindsatsen", "–", "Ja", "Ikke afgjort"],
        *["KMK-møde: KMK, 3. december 2026", "03-12-2026", "Intet svar endnu", "Nej"],
        *["Konference: Temadag", "–", "Intet svar endnu", "Ja"],
    ]


def test_what_the_member_nearest_in_size_has_had():
    said = lines(of_gribskov())
    assert under(said, "Hvad en lignende kommune får", 1) == [
        "Furesø er det medlem, der ligger tættest på i størrelse, med 41.011 indbyggere mod 41.135 i Gribskov. "
        "Her er Furesøs del af aftalen fra 1. januar 2021 til 31. december 2024."
    ]
    portal = "25-11-2026, registreret i portalen"
    assert under(said, "Hvad", 23)[2:] == [
        *["Indsatser, kommunen er med i", "3", portal],
        *["Resultatmål, de arbejder for", "7", f"{portal}; af 13"],
        *["Aktiviteter i kommunen", "3", f"{portal}; den seneste 25-11-2023"],
        *["Deltagere", "435", portal],
        *["Offentliggjorte historier", "0", portal],
        *["Eget bidrag i perioden", "336.000,00 kr.", f"{portal}; Kommunens budget, opdigtet"],
        *["Hvad de andre lægger i for hver krone af kommunens egne", "30,27 kr.", portal],
    ]


def test_before_the_agreement_starts_there_is_nothing_to_have_had():
    assert (
        "Furesø er det medlem, der ligger tættest på i størrelse, med 41.011 indbyggere mod 41.135 i Gribskov. "
        "Aftalen er ikke begyndt, så der er ingen tal endnu." in lines(of_gribskov(date=date(2020, 11, 6)))
    )


def test_without_another_member_there_is_none_to_compare_with():
    agreement = AgreementFactory()
    MembershipFactory(agreement=agreement, municipality=municipality("Gribskov"))
    assert "Aftalen har ikke andre medlemmer at sammenligne med." in lines(of_gribskov(agreement=agreement))


def test_the_gates_stand_with_their_dates_and_what_is_ahead():
    assert under(lines(of_gribskov()), "Trin og datoer", 26)[3:] == [
        *["Interesseret", "passeret 17. august 2026", "–"],
        *["Kontaktet", "passeret 20. august 2026", "–"],
        *["Inviteret", "passeret 24. august 2026", "–"],
        *["Deltager", "passeret 3. september 2026", "–"],
        *["Udvalgets indstilling", "ikke nået endnu", "–"],
        *["Kommunalbestyrelsens beslutning", "ikke nået endnu", "–"],
        *["Tilsluttet", "ikke nået endnu", "–"],
        *["Kommunen beslutter senest", "25. februar 2027"],
    ]


def test_a_skipped_gate_and_an_open_deadline_are_not_registered():
    case = OnboardingCase.objects.get(municipality__name="Gribskov")
    case.passages.filter(gate="contacted").delete()
    OnboardingCase.objects.filter(pk=case.pk).update(decision_deadline=None)
    said = lines(of_gribskov())
    assert under(said, "Kontaktet", 1) == [MISSING]
    assert said[said.index("Kommunen beslutter senest") + 1] == MISSING
    assert "Beslutningen skal træffes" not in said[0]


def test_whom_to_ask_are_the_case_officer_the_owner_and_the_project_managers():
    owner = UserFactory(name="Signe Sø", email="signe@kulturmetropolen.example")
    OnboardingCase.objects.filter(municipality__name="Gribskov").update(owner=owner)
    assert under(lines(of_gribskov()), "Hvem I kan spørge", 9) == [
        "• Henning Elmelund, sagsbehandler på dette notat",
        "• Signe Sø, har indslusningssagen, signe@kulturmetropolen.example",
        "• Emine Bakkedal, projektleder, KMK, emine@demo.example",
    ]
    owner.is_active = False
    owner.save()
    assert not [line for line in lines(of_gribskov()) if "Signe" in line]


# agenda and minutes ---------------------------------------------------------------------------------------------------


@pytest.fixture
def meeting():
    body = BodyFactory(name="Styregruppen", kind="steering_group")
    meeting = MeetingFactory(body=body, held_on=date(2026, 9, 10), starts_at=time(9, 30), place="Køge Rådhus")
    AgendaItemFactory(
        meeting=meeting,
        position=3,
        title="Budget",
        presentation="Der er **penge** nok.",
        recommendation="Sekretariatet indstiller, at budgettet godkendes.",
        decision="Godkendt.",
    )
    AgendaItemFactory(meeting=meeting, position=7, title="Eventuelt")
    for annex, title in [("10", "Mødeplan"), ("2b", "Noter"), ("", "Kort"), ("2a", "Budget"), ("1", "Referat")]:
        DocumentFactory(meeting=meeting, annex=annex, title=title)
    return meeting


def test_an_agenda_has_numbered_items_and_annexes_as_the_portal_has_them(meeting):
    memo = memo_of("agenda", meeting=meeting, date=date(2026, 9, 1))
    assert pdf_text.text(pdf_of(memo)).splitlines() == [
        "Dagsorden: Styregruppen, 10. september 2026",
        "Sagsbehandler: Henning Elmelund",
        "Dato: 01-09-2026",
        "Til: Styregruppen",
        "J. nr.: 20.20.00-P27-1-20",
        "Notat nr.: 1",
        "Tid: 10. september 2026 kl. 09.30 Sted: Køge Rådhus",
        "Hvem deltager",
        "ikke registreret",
        "1. Budget",
        "Sagsfremstilling",
        "Der er penge nok.",
        "Indstilling",
        "Sekretariatet indstiller, at budgettet godkendes.",
        "2. Eventuelt",
        "Bilag",
        "• Bilag 1: Referat",
        "• Bilag 2a: Budget",
        "• Bilag 2b: Noter",
        "• Bilag 10: Mødeplan",
        "• Kort",
    ]


def test_minutes_add_what_was_decided_and_keep_the_follow_ups_to_the_secretariat(meeting):
    meeting.minutes = "Mødet sluttede kl. 11."
    meeting.save()
    FollowUpFactory(meeting=meeting, text="Spørg revisor")
    memo = memo_of("minutes", meeting=meeting)
    said = lines(memo)
    assert said[1] == "Indkaldt til mødet"
    assert under(said, "Beslutning", 1) == ["Godkendt."]
    assert under(said, "2. Eventuelt", 2) == ["Beslutning", MISSING]
    assert under(said, "Fra mødet", 2) == ["Mødet sluttede kl. 11.", "Bilag"]
    assert "Spørg revisor" not in canonical(payload(memo))


def test_delegates_are_named_where_somebody_holds_the_office_on_the_day(meeting):
    committee = CommitteeFactory(name="Kulturudvalg")
    PostFactory(person=PersonFactory(name="Bo Berg"), kind="chair", body=committee, starts_on=date(2026, 9, 10))
    PostFactory(person=PersonFactory(name="For Sent"), kind="chair", body=committee, starts_on=date(2026, 9, 11))
    meeting.delegates.create(committee=committee, office="chair")
    meeting.delegates.create(committee=committee, office="member")
    PostFactory(person=PersonFactory(name="Ikke Nævnt"), body=meeting.body)
    assert under(lines(memo_of("agenda", meeting=meeting)), "Hvem deltager", 3) == [
        "• Køge: formanden, Kulturudvalg (Bo Berg)",
        "• Køge: et medlem, Kulturudvalg",
        "1. Budget",
    ]


def test_without_delegates_the_members_of_the_body_are_named(meeting):
    PostFactory(person=PersonFactory(name="Bo Berg"), kind="chair", body=meeting.body)
    PostFactory(person=PersonFactory(name="Gammel"), body=meeting.body, ends_on=date(2026, 9, 9))
    assert under(lines(memo_of("agenda", meeting=meeting)), "Hvem deltager", 2) == ["• Bo Berg, formand", "1. Budget"]


def test_kmk_is_the_culture_heads_of_the_members():
    meeting = MeetingFactory(body=BodyFactory(name="KMK 2", kind="culture_heads"), held_on=date(2026, 9, 10))
    people = under(lines(memo_of("agenda", meeting=meeting)), "Hvem deltager", 5)
    assert "• Køge: Frode Åkjær, kulturchef" in people
    assert not [each for each in people if "Gribskov" in each]


def test_a_meeting_without_anything_has_an_agenda_still():
    meeting = MeetingFactory(body=BodyFactory(name="Formandskabet 2"), held_on=date(2026, 9, 10))
    assert lines(memo_of("minutes", meeting=meeting)) == [
        "Tid: 10. september 2026 Sted: ikke registreret",
        "Indkaldt til mødet",
        MISSING,
        "Punkter",
        "Dagsordenen har ingen punkter endnu.",
    ]


# the annual status ----------------------------------------------------------------------------------------------------


def test_the_annual_status_starts_from_what_the_agreement_starts_from():
    Agreement.objects.update(mission="At samle.", vision="At blive flere.")
    said = lines(memo_of("annual", year=2023))
    assert said[:9] == [
        "Status, nøgletal og regnskab for 2023, som skal afleveres senest den 15. september 2024. "
        "Ved hvert tal står dato og kilde.",
        "Kommuner i aftalen: Albertslund, Furesø, Halsnæs, Helsingør, Herlev, Ishøj, Køge, Roskilde og Rødovre. "
        "Ministeriets journalnummer: 19/04101-1.",
        "Aftalens udgangspunkt",
        *["Omverdensanalyse", MISSING],
        *["Mission", "At samle."],
        *["Vision", "At blive flere."],
    ]
    assert payload(memo_of("annual", year=2023))["recipient"]["name"] == "Slots- og Kulturstyrelsen"


def test_the_key_figures_of_an_area_have_date_and_source():
    said = lines(memo_of("annual", year=2023))
    assert said[said.index("Status og nøgletal for hvert indsatsområde") + 1] == "Ungeindsatsen"
    portal = "25-11-2026, registreret i portalen"
    assert under(said, "Nøgletal", 26)[2:] == [
        *["Afholdte aktiviteter", "4", f"{portal}; den seneste 08-06-2023"],
        *["Deltagere", "311", portal],
        *["Involverede kommuner", "7", portal],
        *["Indsatser i gang", "1", portal],
        *["Unge i styregrupper for projekter", "81 unge", "Kommunernes indberetning; for 2023"],
        *["Indikator", "Tal", "Dato og kilde"],
        *["Unges egne kulturprojekter", "14 projekter", "31-12-2023, Kommunernes indberetning; hele regionen"],
        *["Projekter i Kulturguiden", "17 projekter", "31-12-2023, Kulturguidens redaktion; hele regionen"],
    ]
    assert under(said, "Tværgående netværk", 2) == [
        "3 netværk",
        "31-12-2022, Sekretariatet; hele regionen ! ikke målt i året",
    ]


def test_what_nobody_has_registered_is_said_and_never_0():
    area = one_area()
    IndicatorFactory(target=ResultTargetFactory(area=area), name="Kor")
    said = lines(memo_of("annual", agreement=area.agreement, year=2025))
    figures = ["Afholdte aktiviteter", "Deltagere", "Involverede kommuner", "Indsatser i gang"]
    assert under(said, "Nøgletal", 14)[2:] == [words for name in figures for words in (name, MISSING, "–")]
    assert under(said, "Kor", 9) == [
        *[MISSING, "–"],
        "Regnskab for 2025",
        "Bidrag fordelt på betalere",
        "Bidrag: ikke registreret.",
        "Budget og forbrug",
        "Budget og forbrug: ikke registreret.",
    ]
    assert "0" not in said


def test_an_activity_without_a_count_is_told_of():
    area = one_area()
    ActivityFactory(initiative=InitiativeFactory(area=area), held_on=date(2025, 3, 1), attendance=1204)
    ActivityFactory(initiative=InitiativeFactory(area=area), held_on=date(2025, 3, 2))
    memo = memo_of("annual", agreement=area.agreement, year=2025)
    said = lines(memo)
    drawn = "<title>Sang. Aktiviteter: marts 2025 2. Deltagere: marts 2025 1.204.</title>"
    assert drawn in memo_html(payload(memo))
    assert under(said, "Deltagere", 2) == ["1.204", "25-11-2026, registreret i portalen; 1 aktivitet uden tal"]


def test_the_contributions_stand_by_payer_and_sum_up():
    said = under(lines(memo_of("annual", year=2023)), "Bidrag fordelt på betalere", 60)
    assert said[:12] == [
        *["Betaler", "Art", "Dato og kilde", "Beløb"],
        *["Staten", "Tilskud", "31-12-2023, Bevilling, opdigtet", "1.700.000,00 kr."],
        *["Albertslund", "Medlemsbidrag", "31-12-2023, Kommunens budget, opdigtet", "58.000,00 kr."],
    ]
    assert under(said, "Region Øresund", 5) == [
        *["Projektmidler", "31-12-2023, Tilsagn, opdigtet", "300.000,00 kr."],
        *["I alt", "2.929.000,00 kr."],
    ]


def test_the_accounts_stand_by_line_and_sum_up_without_what_is_missing():
    agreement = AgreementFactory()
    AccountLineFactory(agreement=agreement, year=2025, text="Løn", budget=5000, used=Decimal("4000.50"))
    AccountLineFactory(agreement=agreement, year=2025, text="Kor", funded_by="municipality", budget=700, used=None)
    AccountLineFactory(agreement=agreement, year=2026, text="Andet år", used=1)
    counted = "31-12-2025, registreret i portalen"
    assert under(lines(memo_of("annual", agreement=agreement, year=2025)), "Budget og forbrug", 28) == [
        *["Post", "Finansieret af", "Budget", "Forbrugt", "Tilbage"],
        *[f"Løn {counted}", "Staten", "5.000,00 kr.", "4.000,50 kr.", "999,50 kr."],
        *[f"Kor {counted}", "Kommunerne", "700,00 kr.", MISSING, MISSING],
        *["Staten i alt", "5.000,00 kr.", "4.000,50 kr.", "999,50 kr."],
        *["Kommunerne i alt", "700,00 kr.", MISSING, MISSING],
        *["I alt", "5.700,00 kr.", "4.000,50 kr.", "1.699,50 kr."],
        "Forbruget er ikke registreret for 1 post, så den mangler i summerne.",
    ]


def test_members_of_the_year_are_those_who_were_in_it():
    Membership.objects.filter(municipality__name="Køge").update(left_on=date(2022, 1, 1))
    Membership.objects.filter(municipality__name="Ishøj").update(joined_on=date(2023, 7, 1))
    assert "Køge" not in payload(memo_of("annual", year=2022))["members"]
    assert "Ishøj" not in payload(memo_of("annual", year=2022))["members"]
    assert "Ishøj" in payload(memo_of("annual", year=2023))["members"]


# the final evaluation -------------------------------------------------------------------------------------------------


def test_the_evaluation_tells_of_each_target_what_was_promised_done_and_measured():
    area = one_area()
    target = ResultTargetFactory(area=area, text="At flere synger.")
    initiative = InitiativeFactory(area=area, title="Kor for alle", status="paused", status_reason="Sal mangler.")
    initiative.targets.add(target)
    InitiativeFactory(area=area, title="Sangdag", status="completed").targets.add(target)
    indicator = IndicatorFactory(
        target=target,
        name="Kor",
        unit="kor",
        baseline=2,
        baseline_on=date(2024, 12, 31),
        target_value=10,
        target_on=date(2028, 12, 31),
    )
    MeasurementFactory(indicator=indicator, value=4, measured_on=date(2026, 6, 30), source="Optælling")
    MeasurementFactory(indicator=indicator, value=9, measured_on=date(2026, 12, 1))
    said = lines(memo_of("evaluation", agreement=area.agreement))
    assert said[0].startswith(
        "Evalueringen dækker perioden fra 1. januar 2025 til 25. november 2026 "
        "og skal afleveres senest den 1. marts 2028."
    )
    assert under(said, "Resultatmål 1", 6) == [
        "Det lovede vi: At flere synger.",
        "Det gjorde vi: Kor for alle (på pause: Sal mangler); Sangdag (gennemført).",
        "Det har vi målt:",
        "Kor: 4 kor, mål 10 inden 31. december 2028",
        "25 % af vejen fra 2. Fremgang siden 31-12-2024 (2). Pr. 30-06-2026, Optælling",
        "Udgangspunkt: 2 kor, 31-12-2024",
    ]


def test_the_evaluation_counts_over_the_whole_period_and_tells_the_stories():
    area = one_area()
    initiative = InitiativeFactory(area=area, status="running")
    ActivityFactory(initiative=initiative, held_on=date(2025, 3, 1), attendance=10)
    ActivityFactory(initiative=initiative, held_on=date(2026, 3, 1), attendance=20)
    ActivityFactory(initiative=initiative, held_on=date(2027, 3, 1), attendance=400)
    KeyFigureFactory(area=area, year=2025, name="Timer", value=7, unit="timer", source="")
    StoryFactory(initiative=initiative, title="Vi synger", text="Det **gik** godt.", published_on=date(2026, 6, 1))
    StoryFactory(initiative=initiative, title="Kommer senere", published_on=date(2027, 6, 1))
    said = lines(memo_of("evaluation", agreement=area.agreement))
    portal = "25-11-2026, registreret i portalen"
    assert under(said, "Nøgletal", 22)[2:] == [
        *["Afholdte aktiviteter", "2", f"{portal}; den seneste 01-03-2026"],
        *["Deltagere", "30", portal],
        *["Involverede kommuner", "1", portal],
        *["Indsatser i gang", "1", portal],
        *["Timer", "7 timer", "kilde ikke registreret; for 2025"],
        "Resultatmål: ikke registreret.",
        "Historier",
        "Vi synger (Rødovre, 1. juni 2026)",
        "Det gik godt.",
        "Periodens økonomi",
    ]


def test_the_lessons_are_what_somebody_has_written():
    memo = memo_of(
        "evaluation", situation="Det tog tid.", situation_included=True, closing="Tak.", closing_included=True
    )
    said = lines(memo)
    assert under(said, "Erfaringer", 2) == ["Det tog tid.", "Periodens økonomi"]
    assert said[-1] == "Tak."
    assert "Erfaringer" not in lines(memo_of("evaluation"))


def test_the_economy_of_the_period_year_by_year():
    said = lines(memo_of("evaluation", date=date(2024, 6, 3)))
    years = "2021 2.459.500,00 kr. 2022 2.755.000,50 kr. 2023 2.929.000,00 kr. 2024 2.364.000,00 kr."
    assert under(said, "Bidrag fordelt på betalere", 1) == [years]
    assert under(said, "Bidrag fordelt på betalere", 17)[7:] == [
        "2021 31-12-2021, registreret i portalen",
        *["1.650.000,00 kr.", "809.500,00 kr.", MISSING, "2.459.500,00 kr."],
        "2022 31-12-2022, registreret i portalen",
        *["1.650.000,00 kr.", "855.000,50 kr.", "250.000,00 kr.", "2.755.000,50 kr."],
    ]
    assert said[-4:] == [
        "2024 (2 poster uden forbrug) 03-06-2024, registreret i portalen",
        *["2.495.000,00 kr.", "1.529.010,00 kr.", "965.990,00 kr."],
    ]


# all of them ----------------------------------------------------------------------------------------------------------


def queries(memo: Memo) -> int:
    memo = Memo.objects.get(pk=memo.pk)
    with CaptureQueriesContext(connection) as captured:
        payload(memo)
    return len(captured)


def grow(memo: Memo, case: OnboardingCase, count: int) -> None:
    agreement = memo.agreement
    for number in range(count):
        PurposeFactory(agreement=agreement)
        MembershipFactory(agreement=agreement)
        area = InitiativeAreaFactory(agreement=agreement)
        target, initiative = ResultTargetFactory(area=area), InitiativeFactory(area=area, status="running")
        initiative.targets.add(target)
        MeasurementFactory(indicator=IndicatorFactory(target=target), measured_on=date(2025, 6, 1), value=1)
        KeyFigureFactory(area=area, year=2025)
        ActivityFactory(initiative=initiative, held_on=date(2025, 3, 1), places=["Køge", "Herlev"])
        ParticipationFactory(initiative=initiative)
        StoryFactory(initiative=initiative, published_on=date(2025, 6, 1))
        place = agreement.memberships.latest("pk").municipality
        ContributionFactory(agreement=agreement, year=2025, municipality=place)
        AccountLineFactory(agreement=agreement, year=2025, used=number)
        InvitationFactory(case=case)
        OpenQuestionFactory()
        PostFactory(kind="project_manager", person=PersonFactory(email=f"leder{place.pk}@kulturmetropolen.example"))
        if memo.meeting:
            AgendaItemFactory(meeting=memo.meeting)
            DocumentFactory(meeting=memo.meeting)
            memo.meeting.delegates.create(committee=CommitteeFactory())


@pytest.mark.parametrize("kind", ["onboarding", "agenda", "minutes", "annual", "evaluation"])
def test_a_memo_asks_the_same_of_the_database_however_much_there_is(kind):
    agreement = AgreementFactory()
    case = OnboardingCaseFactory(agreement=agreement)
    memo = memo_of(
        kind,
        agreement=agreement,
        municipality=case.municipality if kind == "onboarding" else None,
        meeting=MeetingFactory() if kind in ("agenda", "minutes") else None,
        year=2025 if kind == "annual" else None,
    )
    grow(memo, case, 1)
    before = queries(memo)
    grow(memo, case, 5)
    assert queries(memo) == before
    assert Invitation.objects.filter(case=case).count() == 6


def test_a_payload_is_plain_data_that_stays_what_it_is():
    for memo in (of_gribskov(), memo_of("annual", year=2023), memo_of("evaluation"), memo_of("measures")):
        assert canonical(payload(memo)) == canonical(payload(Memo.objects.get(pk=memo.pk)))
    assert the_agreement().memos.count() == 4
