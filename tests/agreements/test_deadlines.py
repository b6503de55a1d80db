"""What the state wants back, by when, and how it is marked as handed in."""

from datetime import date

import pytest

from agreements.deadlines import deadlines, waiting
from agreements.models import Agreement, Submission
from tests.counting import queries
from tests.factories import AgreementFactory, the_agreement
from tests.factories.economy import SubmissionFactory
from tests.pages import form_data, parse, refused, send, text


def rows(response) -> list[list[str]]:
    return [[text(cell) for cell in row] for row in parse(response).iterfind(".//tbody/tr")]


def test_every_agreement_has_its_deadlines(db):
    agreement = AgreementFactory(starts_on=date(2025, 1, 1), ends_on=date(2026, 12, 31))
    assert [(each.kind.value, each.year, each.due_on) for each in deadlines(agreement)] == [
        ("evaluation", 2026, date(2026, 3, 1)),
        ("status", 2025, date(2026, 9, 15)),
        ("key_figures", 2025, date(2026, 9, 15)),
        ("accounts", 2025, date(2026, 9, 15)),
        ("status", 2026, date(2027, 9, 15)),
        ("key_figures", 2026, date(2027, 9, 15)),
        ("accounts", 2026, date(2027, 9, 15)),
    ]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2025, 6, 1), [(date(2026, 3, 1), ["evaluation"], False, 273)]),
        (date(2026, 3, 1), [(date(2026, 3, 1), ["evaluation"], False, 0)]),
        (
            date(2026, 3, 2),
            [
                (date(2026, 3, 1), ["evaluation"], True, 1),
                (date(2026, 9, 15), ["status", "accounts"], False, 197),
            ],
        ),
    ],
)
def test_what_waits_is_all_that_is_overdue_and_the_next_to_come(db, today, expected):
    agreement = AgreementFactory(starts_on=date(2025, 1, 1), ends_on=date(2026, 12, 31))
    SubmissionFactory(agreement=agreement, kind="key_figures", year=2025)
    agreements = Agreement.objects.filter(pk=agreement.pk).prefetch_related("submissions")
    found = [
        (each.due_on, [kind.value for kind in each.kinds], each.overdue, each.days)
        for each in waiting(agreements, today)
    ]
    assert found == expected


def test_nothing_waits_when_all_is_handed_in(db):
    agreement = AgreementFactory(starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    for each in deadlines(agreement):
        SubmissionFactory(agreement=agreement, kind=each.kind, year=each.year)
    assert waiting(Agreement.objects.filter(pk=agreement.pk).prefetch_related("submissions"), date(2030, 1, 1)) == []


@pytest.fixture
def past(db):
    """An agreement whose deadlines have all passed."""
    return AgreementFactory(name="Den gamle", starts_on=date(2011, 1, 1), ends_on=date(2011, 12, 31))


def test_a_deadline_is_marked_as_handed_in(staff, past):
    page = staff.get(f"/aftaler/{past.pk}/frister/")
    assert [row[:2] for row in rows(page)] == [
        ["Afsluttende evaluering", "1. marts 2011"],
        ["Årlig status, 2011", "15. september 2012"],
        ["Nøgletal, 2011", "15. september 2012"],
        ["Revideret regnskab, 2011", "15. september 2012"],
    ]
    assert all("dage over" in row[2] for row in rows(page))

    url = f"/indberetninger/opret/?aftale={past.pk}&aar=2011&art=accounts"
    assert form_data(staff.get(url))["kind"] == "accounts"
    response = send(staff, url, handed_in_on="10-09-2012", note="Sendt i skemaet")
    assert response.url == f"/aftaler/{past.pk}/frister/"
    assert rows(staff.get(response.url))[3] == [
        "Revideret regnskab, 2011 Sendt i skemaet",
        "15. september 2012",
        "✓ indsendt 10-09-2012",
        "Rediger: Revideret regnskab, 2011 · Historik: Revideret regnskab, 2011",
    ]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"kind": "accounts"}, "Det er allerede markeret som indsendt."),
        ({"year": "2012"}, "År: Aftalen løber 2010-2011. Vælg et af dens år."),
        ({"kind": "evaluation", "year": "2010"}, "År: Den afsluttende evaluering hører til det sidste år, 2011."),
        (
            {"handed_in_on": "31-02-2012"},
            "Indsendt den: Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020.",
        ),
    ],
)
def test_what_is_wrong_with_a_submission(staff, past, typed, message):
    Agreement.objects.filter(pk=past.pk).update(starts_on=date(2010, 1, 1))
    SubmissionFactory(agreement=past, kind="accounts", year=2011)
    url = f"/indberetninger/opret/?aftale={past.pk}&aar=2011"
    assert refused(staff, url, **{"kind": "status", "handed_in_on": "01-02-2012", **typed}) == [message]
    assert Submission.objects.filter(agreement=past).count() == 1


def test_staff_are_told_what_is_overdue_in_one_line_for_an_agreement(log_in, cast, past):
    line = "4 indberetninger til staten mangler Statens frister · Den gamle"
    assert line in text(parse(log_in(cast.staff).get("/i-dag/")))
    assert "Statens frister" not in text(parse(log_in(cast.outsider).get("/i-dag/")))


def test_a_reader_sees_the_deadlines_and_marks_none(log_in, cast):
    agreement = the_agreement()
    page = log_in(cast.chair).get(f"/aftaler/{agreement.pk}/frister/")
    assert len(rows(page)) == 13
    assert "Markér som indsendt" not in text(parse(page))
    assert log_in(cast.chair).get("/indberetninger/opret/").status_code == 403
    assert log_in(cast.outsider).get(f"/aftaler/{agreement.pk}/frister/").status_code == 404


def test_many_years_cost_no_more_queries(staff, past):
    url = f"/aftaler/{past.pk}/frister/"
    few, few_on_start = queries(staff, url), queries(staff, "/")
    for number in range(20):
        agreement = AgreementFactory(status="ended", starts_on=date(1990, 1, 1), ends_on=date(2010, 12, 31))
        SubmissionFactory(agreement=agreement, year=2000 + number % 10)
    Agreement.objects.filter(pk=past.pk).update(starts_on=date(1990, 1, 1))
    SubmissionFactory(agreement=past, year=2005)
    assert queries(staff, url) == few
    assert queries(staff, "/") == few_on_start
