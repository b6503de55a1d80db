"""A memo of each kind in the browser: chosen, begun from where its matter is, checked, and issued to the state."""

from datetime import date

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from agreements.models import AccountLine, Body, Meeting, Submission
from agreements.views.economy import deadlines
from outreach.actions.memos import correct, issue, withdraw
from outreach.models import MeasureList, Memo, OnboardingCase
from tests.factories import (
    AgreementFactory,
    BodyFactory,
    CommitteeFactory,
    CultureRegionFactory,
    MeetingFactory,
    MembershipFactory,
    MemoFactory,
    municipality,
    the_agreement,
)
from tests.factories.economy import AccountLineFactory, SubmissionFactory
from tests.factories.outreach import OnboardingCaseFactory
from tests.pages import all_of_class, errors, form_data, parse, text

pytestmark = pytest.mark.usefixtures("cast")


def typed(kind: str, **changes) -> dict:
    return {
        "agreement": the_agreement().pk,
        "date": "25-11-2026",
        "case_officer": "Henning Elmelund",
        "case_number": "20.20.00-P27-1-20",
    } | changes


def create(client, kind: str, **changes):
    return client.post(f"/notater/opret/?slags={kind}", typed(kind, **changes))


def gribskov() -> OnboardingCase:
    return OnboardingCase.objects.get(municipality__name="Gribskov")


# choosing -------------------------------------------------------------------------------------------------------------


def test_each_kind_says_what_it_holds_and_whom_it_is_for(staff):
    page = staff.get("/notater/opret/")
    (choices,) = all_of_class(parse(page), "kind-choices")
    found = [[text(part) for part in choice.iter() if part.tag in ("h2", "p")] for choice in choices.iter("li")]
    assert [name for name, _holds, _readers in found] == [
        "Status på aftalen",
        "Status for én kommune",
        "Notat til en kommune, der skal tage stilling",
        "Dagsorden til et møde",
        "Referat af et møde",
        "Liste over tiltag",
        "Årlig status til Slots- og Kulturstyrelsen",
        "Afsluttende evaluering",
    ]
    assert found[4][1] == "Dagsordenen med det, der blev besluttet, og referatet."
    assert found[6][1:] == [
        "Nøgletal for hvert indsatsområde og årets regnskab. Afleveres senest 15. september året efter.",
        "Til: Slots- og Kulturstyrelsen.",
    ]
    assert {choice.find(".//a").get("href") for choice in choices.iter("li")} == {
        f"?slags={kind}" for kind in Memo.Kind
    }


def test_what_is_known_already_goes_along_with_the_choice(staff):
    assertContains(staff.get("/notater/opret/?kommune=7&slags=digt"), 'href="?kommune=7&amp;slags=status"')


# beginning from where the matter is -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "page"),
    [
        ("measures", lambda: MeasureList.objects.get(agreement=the_agreement()).get_absolute_url()),
        ("onboarding", lambda: gribskov().get_absolute_url()),
        ("agenda", lambda: Meeting.objects.get(held_on=date(2026, 12, 3)).get_absolute_url()),
        ("minutes", lambda: Meeting.objects.get(held_on=date(2026, 2, 5)).get_absolute_url()),
        ("annual", lambda: f"/aftaler/{the_agreement().pk}/aarsstatus/2023/"),
        ("annual", lambda: f"/aftaler/{the_agreement().pk}/frister/"),
        ("evaluation", lambda: f"/aftaler/{the_agreement().pk}/frister/"),
    ],
)
def test_a_memo_begins_where_its_matter_is_and_is_saved_as_proposed(log_in, cast, kind, page):
    admin = log_in(cast.admin)
    Submission.objects.all().delete()
    MemoFactory(kind=kind, committee=None, **{**SUBJECTS[kind](), "case_officer": "Åse Skov"})
    links = [
        link.get("href")
        for link in parse(admin.get(page())).iter("a")
        if link.get("href", "").startswith(f"/notater/opret/?slags={kind}")
    ]
    assert links
    form = admin.get(links[0])
    assert form.status_code == 200
    data = form_data(form)
    assert (data["case_officer"], data["case_number"]) == ("Åse Skov", "20.20.00-P27-1-20")
    if kind == "agenda":
        data["meeting"] = str(Meeting.objects.get(held_on=date(2026, 12, 3)).pk)
    before = Memo.objects.count()
    response = admin.post(links[0], data)
    assert response.status_code == 302, errors(response)
    assert Memo.objects.count() == before + 1
    memo = Memo.objects.latest("pk")
    assert (memo.kind, memo.agreement) == (kind, the_agreement())


SUBJECTS = {
    "measures": dict,
    "onboarding": lambda: {"municipality": municipality("Gribskov")},
    "agenda": lambda: {"meeting": Meeting.objects.get(held_on=date(2026, 12, 3))},
    "minutes": lambda: {"meeting": Meeting.objects.get(held_on=date(2026, 2, 5))},
    "annual": lambda: {"year": 2021},
    "evaluation": dict,
}


def test_a_cancelled_meeting_and_a_closed_case_offer_no_memo(log_in, cast):
    admin = log_in(cast.admin)
    meeting = MeetingFactory(status="cancelled")
    assertNotContains(admin.get(meeting.get_absolute_url()), "/notater/opret/")
    case = OnboardingCase.objects.get(municipality__name="Lejre")
    assertNotContains(admin.get(case.get_absolute_url()), "/notater/opret/")


def test_the_sections_of_an_evaluation_begin_with_questions_that_are_not_printed(staff):
    create(staff, "evaluation")
    memo = Memo.objects.get()
    assert memo.situation == "**Hvad gik godt?**\n\n**Hvad gik mindre godt?**\n\n**Hvad tager vi med os?**"
    assert not memo.situation_included
    page = staff.get(f"/notater/{memo.pk}/rediger/")
    assert "Erfaringer" in [text(each) for each in parse(page).iter("legend")]


# faults ---------------------------------------------------------------------------------------------------------------


def keep(response, field: str) -> str:
    return response.context["form"][field].value()


@pytest.mark.parametrize(
    ("kind", "changes", "fault"),
    [
        (
            "onboarding",
            lambda: {"municipality": municipality("Køge").pk},
            "Kommune: Køge har ingen åben indslusningssag i Kulturmetropolen 2021-2024. Opret sagen først.",
        ),
        (
            "onboarding",
            lambda: {"municipality": municipality("Lejre").pk},
            "Kommune: Lejre har ingen åben indslusningssag i Kulturmetropolen 2021-2024. Opret sagen først.",
        ),
        (
            "onboarding",
            lambda: {"committee": Body.objects.get(name="Kultur- og Fritidsudvalget").pk},
            "Udvalg: Rødovre har ingen åben indslusningssag i Kulturmetropolen 2021-2024. Opret sagen først.",
        ),
        ("onboarding", dict, "Vælg, hvem notatet er til."),
        (
            "municipality",
            lambda: {"municipality": municipality("Gribskov").pk},
            "Kommune: Gribskov er ikke medlem af Kulturmetropolen 2021-2024, så der er ingen status at give.",
        ),
        ("agenda", dict, "Møde: Dette felt er påkrævet."),
        ("agenda", lambda: {"meeting": MeetingFactory(status="cancelled").pk}, "Møde: Mødet er aflyst."),
        ("minutes", lambda: {"meeting": MeetingFactory(status="cancelled").pk}, "Møde: Mødet er aflyst."),
        (
            "minutes",
            lambda: {"meeting": MeetingFactory(held_on=date(2026, 12, 3)).pk},
            "Dato: Mødet holdes den 3. december 2026. Referatet skrives bagefter.",
        ),
        ("annual", dict, "År: Dette felt er påkrævet."),
        ("annual", lambda: {"year": "2020"}, "År: Aftalen løber fra 2021 til 2024. Vælg et af de år."),
        ("annual", lambda: {"year": "2025"}, "År: Aftalen løber fra 2021 til 2024. Vælg et af de år."),
        (
            "annual",
            lambda: {"year": "2023", "date": "31-12-2022"},
            "År: Året begynder efter notatets dato. Der kan ikke gives status for det endnu.",
        ),
        ("annual", lambda: {"year": "i fjor"}, "År: Indtast et heltal."),
    ],
)
def test_what_does_not_fit_is_explained_and_nothing_typed_is_lost(staff, kind, changes, fault):
    given = typed(kind, **changes())
    response = staff.post(f"/notater/opret/?slags={kind}", given)
    assert errors(response) == [fault]
    assert {name: str(keep(response, name)) for name in given} == {name: str(value) for name, value in given.items()}
    assert not Memo.objects.exists()


def test_a_meeting_of_another_region_is_none_to_choose(staff):
    elsewhere = MeetingFactory(body=BodyFactory(culture_region=CultureRegionFactory()))
    response = create(staff, "agenda", meeting=elsewhere.pk)
    assert errors(response) == [
        "Møde: Marker en gyldig valgmulighed. "
        "Det valg, du har foretaget, er ikke blandt de tilgængelige valgmuligheder."
    ]


def test_what_fitted_once_can_still_be_written_in(staff):
    """A case closes while the memo is a draft, as when its correction is made after the municipality has joined."""
    memo = MemoFactory(kind="onboarding", committee=None, municipality=municipality("Gribskov"))
    OnboardingCase.objects.filter(pk=gribskov().pk).update(stage="declined", stage_reason="Nej.")
    data = form_data(staff.get(f"/notater/{memo.pk}/rediger/"))
    response = staff.post(f"/notater/{memo.pk}/rediger/", {**data, "case_officer": "Åse Skov"})
    assertRedirects(response, f"/notater/{memo.pk}/")
    # another municipality has to fit
    data = form_data(staff.get(f"/notater/{memo.pk}/rediger/"))
    response = staff.post(f"/notater/{memo.pk}/rediger/", {**data, "municipality": municipality("Køge").pk})
    assert errors(response) == [
        "Kommune: Køge har ingen åben indslusningssag i Kulturmetropolen 2021-2024. Opret sagen først."
    ]


def test_a_case_of_another_agreement_does_not_count(staff):
    agreement = AgreementFactory(name="Aftalen 2025-2028")
    OnboardingCaseFactory(agreement=agreement, municipality=municipality("Køge"))
    wrong = create(staff, "onboarding", municipality=municipality("Køge").pk)
    assert len(errors(wrong)) == 1
    right = create(staff, "onboarding", agreement=agreement.pk, municipality=municipality("Køge").pk)
    assert right.status_code == 302


def test_a_committee_of_a_member_has_a_status_of_its_municipality(staff):
    agreement = AgreementFactory()
    MembershipFactory(agreement=agreement, municipality=municipality("Greve"))
    committee = CommitteeFactory(municipality=municipality("Greve"))
    response = create(staff, "municipality", agreement=agreement.pk, committee=committee.pk)
    assert response.status_code == 302


# what the state wants back --------------------------------------------------------------------------------------------


def state_of(year: int) -> dict[str, tuple | None]:
    agreement = the_agreement()
    return {
        str(each.kind): each.submission and (each.submission.handed_in_on, each.submission.note)
        for each in deadlines(agreement, agreement.submissions.all())
        if each.year == year
    }


def issued(memo: Memo):
    return issue(memo=memo, by=None, version=memo.version)


@pytest.fixture
def annual() -> Memo:
    Submission.objects.all().delete()
    return MemoFactory(kind="annual", committee=None, year=2023, date=date(2024, 9, 2))


def test_issuing_the_annual_status_hands_in_what_it_holds(staff, annual):
    page = staff.get(f"/notater/{annual.pk}/udsted/")
    assertContains(
        page,
        "Når notatet udsendes, markeres dette som indsendt til staten: Årlig status, Nøgletal, Revideret regnskab.",
    )
    document = issued(annual)
    mark = (timezone.localdate(document.issued_at), "Notat nr. 1 af 02-09-2024, udsendt i portalen.")
    assert state_of(2023) == {"status": mark, "key_figures": mark, "accounts": mark}
    assert state_of(2022) == {"status": None, "key_figures": None, "accounts": None}


@pytest.mark.parametrize(
    "spoil",
    [lambda: AccountLineFactory(year=2023, used=None), lambda: AccountLine.objects.filter(year=2023).delete()],
)
def test_accounts_that_lack_something_are_not_handed_in(staff, annual, spoil):
    spoil()
    assertContains(
        staff.get(f"/notater/{annual.pk}/udsted/"), "markeres dette som indsendt til staten: Årlig status, Nøgletal."
    )
    issued(annual)
    assert {kind for kind, mark in state_of(2023).items() if mark} == {"status", "key_figures"}


def test_issuing_the_evaluation_hands_it_in(annual):
    issued(MemoFactory(kind="evaluation", committee=None, date=date(2024, 2, 20)))
    assert state_of(2024)["evaluation"][1] == "Notat nr. 1 af 20-02-2024, udsendt i portalen."


def test_what_is_handed_in_already_stays_as_it_is(annual):
    SubmissionFactory(kind="status", year=2023, handed_in_on=date(2024, 8, 1), note="I skemaet.")
    issued(annual)
    assert state_of(2023)["status"] == (date(2024, 8, 1), "I skemaet.")


def test_withdrawing_takes_the_marks_back_but_not_what_somebody_has_written(staff, annual):
    issued(annual)
    Submission.objects.filter(kind="accounts").update(note="Revisor har skrevet under.")
    staff.post(f"/notater/{annual.pk}/traek-tilbage/", {"version": annual.version, "reason": "Forkerte tal."})
    annual.refresh_from_db()
    assert annual.is_withdrawn
    assert {kind for kind, mark in state_of(2023).items() if mark} == {"accounts"}


def test_a_correction_takes_over_the_marks_of_what_it_still_holds(cast, annual):
    day = timezone.localdate(issued(annual).issued_at)
    Submission.objects.filter(kind="status").update(note="I skemaet.")
    AccountLine.objects.filter(year=2023).delete()
    correction = correct(memo=annual, today=date(2024, 9, 20))
    issued(correction)
    mark = (day, "Notat nr. 2 af 20-09-2024, udsendt i portalen.")
    assert state_of(2023) == {"status": (day, "I skemaet."), "key_figures": mark, "accounts": None}
    assert withdraw(memo=correction, by=cast.staff, version=correction.version, reason="Forkerte tal.")
    assert {kind for kind, mark in state_of(2023).items() if mark} == {"status"}


def test_no_other_memo_hands_anything_in(staff, annual):
    memo = MemoFactory()
    assertNotContains(staff.get(f"/notater/{memo.pk}/udsted/"), "indsendt til staten")
    issued(memo)
    assert not Submission.objects.exists()


def test_the_form_names_the_kind(staff):
    for url in (
        "/notater/opret/?slags=minutes",
        f"/notater/{MemoFactory(kind='evaluation', committee=None).pk}/rediger/",
    ):
        (lead,) = all_of_class(parse(staff.get(url)), "lead")
        assert text(lead) in {"Referat af et møde", "Afsluttende evaluering"}


def test_a_meeting_proposes_the_agreement_of_its_day(staff):
    later = AgreementFactory(name="Aftalen 2025-2028")
    for day, agreement in [(date(2024, 5, 1), the_agreement()), (date(2026, 5, 1), later), (date(2030, 1, 1), later)]:
        meeting = MeetingFactory(held_on=day)
        assert form_data(staff.get(f"/notater/opret/?slags=agenda&moede={meeting.pk}"))["agreement"] == str(
            agreement.pk
        )
