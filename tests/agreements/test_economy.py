"""Other parties, contributions and account lines: what is typed, what lists leave, what is summed and shown."""

from decimal import Decimal

import pytest

from agreements.models import AccountLine, Contribution, OtherParty
from tests.counting import queries
from tests.factories import AgreementFactory, CultureRegionFactory, municipality
from tests.factories.economy import AccountLineFactory, ContributionFactory, OtherPartyFactory
from tests.pages import all_of_class, form_data, heading, offered, parse, records, refused, send, text

SEPARATOR = "Skriv beløbet med komma før ørerne og punktum mellem tusinder: 1.234,50."


@pytest.fixture
def agreement(db):
    """An agreement whose economy is empty."""
    return AgreementFactory(name="Aftalen 2025-2028")


@pytest.fixture
def new_url(agreement):
    return f"/bidrag/opret/?aftale={agreement.pk}&aar=2025"


def sums(response) -> list[str]:
    return [text(each) for each in all_of_class(parse(response), "sum")]


# --- contributions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        ("1.234,50", "1234.50"),
        ("1234,5", "1234.50"),
        ("1.234.567,00", "1234567.00"),
        ("1.234", "1234.00"),
        (" 1 234,50 kr. ", "1234.50"),
        ("1234,-", "1234.00"),
        ("0", "0.00"),
        ("9999999999,99", "9999999999.99"),
    ],
)
def test_an_amount_typed_the_danish_way(staff, agreement, new_url, typed, saved):
    koege = municipality("Køge")
    send(staff, new_url, payer="municipality", municipality=str(koege.pk), kind="fee", amount=typed, source="Budget")
    contribution = agreement.contributions.get()
    assert (contribution.municipality, contribution.year, contribution.kind) == (koege, 2025, "fee")
    assert (contribution.amount, contribution.source) == (Decimal(saved), "Budget")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("1234.50", SEPARATOR),
        ("1,234.50", SEPARATOR),
        ("12.34,50", SEPARATOR),
        ("1.234.50", SEPARATOR),
        ("mange penge", "Det er ikke et beløb. Skriv for eksempel 1.234,50."),
        ("1e5", "Det er ikke et beløb. Skriv for eksempel 1.234,50."),
        ("1,234", "Skriv højst to cifre efter kommaet."),
        ("99.999.999.999,00", "Der må maksimalt være 12 cifre i alt."),
        ("", "Dette felt er påkrævet."),
    ],
)
def test_an_amount_that_is_none(staff, agreement, new_url, typed, message):
    assert refused(staff, new_url, payer="state", kind="grant", amount=typed) == [f"Beløb i kr.: {message}"]
    assert not agreement.contributions.exists()


PAYER = "Angiv den kommune eller den anden part, der betaler, og kun den."


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"amount": "-1"}, "Beløbet kan ikke være negativt."),
        ({"year": "25"}, "Skriv året med fire cifre, fra 2000 til 2100."),
        ({"payer": "municipality"}, PAYER),
        ({"payer": "other"}, PAYER),
        ({"municipality": "Køge"}, PAYER),
    ],
)
def test_what_is_wrong_with_a_contribution(staff, new_url, typed, message):
    if "municipality" in typed:
        typed = {"municipality": str(municipality("Køge").pk)}
    assert refused(staff, new_url, **{"payer": "state", "kind": "grant", "amount": "1.000,00", **typed}) == [message]


def test_a_contribution_is_registered_once(staff, agreement, new_url):
    ContributionFactory(agreement=agreement, year=2025, of_state=True)
    assert refused(staff, new_url, payer="state", kind="grant", amount="5,00") == [
        "Bidraget er allerede registreret for året."
    ]


def test_the_other_party_is_of_the_same_agreement(staff, new_url):
    party = OtherPartyFactory(agreement=AgreementFactory())
    typed = {"payer": "other", "kind": "grant", "amount": "5,00", "other_party": str(party.pk)}
    assert refused(staff, new_url, forged=("other_party",), **typed)[0].startswith("Anden part: Marker en gyldig")


def test_parties_of_another_region_are_neither_offered_nor_taken(staff, new_url):
    party = OtherPartyFactory(agreement=AgreementFactory(culture_region=CultureRegionFactory()))
    assert str(party.pk) not in offered(staff.get(new_url), "other_party")
    typed = {"payer": "other", "kind": "grant", "amount": "5,00", "other_party": str(party.pk)}
    assert refused(staff, new_url, forged=("other_party",), **typed)[0].startswith("Anden part: Marker en gyldig")


def test_an_amount_is_edited_as_it_is_shown(staff, agreement):
    contribution = ContributionFactory(agreement=agreement, amount=Decimal("1234567.5"))
    url = f"/bidrag/{contribution.pk}/"
    assert form_data(staff.get(f"{url}rediger/"))["amount"] == "1.234.567,50"
    send(staff, f"{url}rediger/", source="Byrådet")
    contribution.refresh_from_db()
    assert (contribution.amount, contribution.source) == (Decimal("1234567.50"), "Byrådet")
    assert heading(staff.get(url)) == "Køge: 1.234.567,50 kr."


def test_two_editors_of_an_amount_choose(staff, agreement):
    contribution = ContributionFactory(agreement=agreement, amount=Decimal("1000"))
    url = f"/bidrag/{contribution.pk}/rediger/"
    mine = form_data(staff.get(url)) | {"amount": "2.000,00"}
    send(staff, url, amount="1.500,50")
    conflict = staff.post(url, mine)
    assert conflict.status_code == 409
    (versions,) = all_of_class(parse(conflict), "versions")
    assert text(versions) == "Min 2.000,00 Den andens 1.500,50"
    staff.post(url, form_data(conflict) | {"choose-amount": "theirs"})
    contribution.refresh_from_db()
    assert contribution.amount == Decimal("1500.50")


@pytest.fixture
def five(agreement):
    """Five contributions of two agreements, years, kinds of payer and municipalities."""
    party = OtherPartyFactory(agreement=agreement, name="Regionen")
    ContributionFactory(agreement=agreement, year=2025, of_state=True, amount=Decimal("1000000.10"))
    ContributionFactory(agreement=agreement, year=2026, of_state=True, amount=Decimal("0.20"))
    ContributionFactory(agreement=agreement, year=2025, amount=Decimal("200"))
    ContributionFactory(
        agreement=agreement, year=2026, municipality=municipality("Herlev"), kind="fee", amount=Decimal("30.05")
    )
    ContributionFactory(
        agreement=agreement, year=2026, payer="other", municipality=None, other_party=party, amount=Decimal("4")
    )
    return agreement


@pytest.mark.parametrize(
    ("query", "found", "total"),
    [
        ("", ["Herlev", "Regionen", "Staten", "Køge", "Staten"], "1.000.234,35"),
        ("&aar=2025", ["Køge", "Staten"], "1.000.200,10"),
        ("&fra_aar=2026", ["Herlev", "Regionen", "Staten"], "34,25"),
        ("&til_aar=2025", ["Køge", "Staten"], "1.000.200,10"),
        ("&betaler=state", ["Staten", "Staten"], "1.000.000,30"),
        ("&betaler=other", ["Regionen"], "4,00"),
        ("&art=fee", ["Herlev"], "30,05"),
        ("&kommune=0259", ["Køge"], "200,00"),
        ("&q=regionen", ["Regionen"], "4,00"),
        ("&sorter=-beloeb", ["Staten", "Køge", "Herlev", "Regionen", "Staten"], "1.000.234,35"),
    ],
)
def test_the_sum_is_of_what_the_filter_leaves(staff, five, query, found, total):
    response = staff.get(f"/bidrag/?aftale={five.pk}{query}")
    assert records(response) == found
    assert sums(response) == [f"I alt efter filteret {total} kr."]


def test_the_sum_is_exact_and_over_all_pages(staff, agreement):
    party = OtherPartyFactory(agreement=agreement)
    Contribution.objects.bulk_create(
        Contribution(
            agreement=agreement, year=2000 + n, payer="other", other_party=party, kind="grant", amount=Decimal(amount)
        )
        for n, amount in enumerate(["9999999999.99"] * 30 + ["0.10"] * 30)
    )
    assert sums(staff.get(f"/bidrag/?aftale={agreement.pk}")) == ["I alt efter filteret 300.000.000.002,70 kr."]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("aar=21", "Denne værdi skal være større end eller lig 2000."),
        ("aar=nu", "Indtast et heltal."),
        ("betaler=ingen", "Marker en gyldig valgmulighed. ingen er ikke en af de tilgængelige valgmuligheder."),
    ],
)
def test_a_filter_that_makes_no_sense_says_so(staff, query, message):
    response = staff.get(f"/bidrag/?{query}")
    (bar,) = all_of_class(parse(response), "filter-bar")
    assert [text(each) for each in all_of_class(bar, "invalid-feedback")] == [message]
    assert records(response) == []


def test_contributions_as_a_file(staff, five):
    response = staff.get(f"/bidrag/?aftale={five.pk}&betaler=municipality&format=csv")
    assert b"".join(response.streaming_content).decode("utf-8-sig").splitlines() == [
        "aftale;år;betaler;kommunekode;kommune;anden_part;art;beløb;kilde",
        "Aftalen 2025-2028;2026;En kommune;0163;Herlev;;Medlemsbidrag;30,05;",
        "Aftalen 2025-2028;2025;En kommune;0259;Køge;;Projektmidler;200,00;",
    ]


# --- account lines and other parties ----------------------------------------------------------------------------------


def test_an_account_line_without_what_was_used(staff, agreement):
    url = f"/regnskabslinjer/opret/?aftale={agreement.pk}&aar=2025"
    response = send(staff, url, text="Musik", funded_by="state", budget="10.000,00", used="")
    line = AccountLine.objects.get(text="Musik", agreement=agreement)
    assert (line.year, line.budget, line.used) == (2025, Decimal("10000.00"), None)
    assert "ingen tal" in [text(each) for each in parse(staff.get(response.url)).iter("dd")]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"budget": "10.000.00"}, f"Budget i kr.: {SEPARATOR}"),
        ({"used": "5.5"}, f"Forbrugt i kr.: {SEPARATOR}"),
        ({"used": "-5"}, "Beløb kan ikke være negative."),
        ({"text": "Findes"}, "Året har allerede denne linje."),
    ],
)
def test_what_is_wrong_with_an_account_line(staff, agreement, typed, message):
    AccountLineFactory(agreement=agreement, year=2025, text="Findes")
    url = f"/regnskabslinjer/opret/?aftale={agreement.pk}&aar=2025"
    assert refused(staff, url, **{"text": "Ny", "funded_by": "state", "budget": "1,00", **typed}) == [message]


def test_what_is_left_is_told_only_where_something_is_known_to_be_used(staff, agreement):
    AccountLineFactory(agreement=agreement, year=2025, budget=Decimal("100.10"), used=Decimal("40.20"))
    AccountLineFactory(agreement=agreement, year=2025, budget=Decimal("50"))
    AccountLineFactory(agreement=agreement, year=2026, budget=Decimal("7"))
    lines = f"/regnskabslinjer/?aftale={agreement.pk}"
    assert sums(staff.get(lines)) == ["Budget efter filteret157,10 kr. Forbrugt40,20 kr. Tilbage116,90 kr."]
    assert "2 linjer siger ikke endnu, hvad der er brugt." in staff.get(lines).content.decode()
    assert sums(staff.get(f"{lines}&aar=2026")) == ["Budget efter filteret7,00 kr. Forbrugtingen tal Tilbageingen tal"]


def test_a_party_is_written_down_and_named_once(staff, agreement):
    url = f"/andre-parter/opret/?aftale={agreement.pk}"
    response = send(staff, url, kind="abroad", name="Skåne", note="Låner scenen ud")
    party = OtherParty.objects.get(name="Skåne")
    assert (response.url, party.agreement, party.kind) == (f"/andre-parter/{party.pk}/", agreement, "abroad")
    assert refused(staff, url, kind="region", name="Skåne") == ["Aftalen har allerede en part med det navn."]
    assert records(staff.get(f"/andre-parter/?aftale={agreement.pk}&art=abroad")) == ["Skåne"]
    assert records(staff.get(f"/andre-parter/?aftale={agreement.pk}&art=ministry")) == []
    detail = text(parse(staff.get(f"/aftaler/{agreement.pk}/")))
    assert "Andre parter Tilføj en part Skåne Udenlandsk part" in detail


def test_a_party_that_pays_is_not_deleted(staff, agreement):
    party = OtherPartyFactory(agreement=agreement, name="Skåne")
    ContributionFactory(agreement=agreement, payer="other", municipality=None, other_party=party, amount=Decimal("4.5"))
    assert staff.post(f"/andre-parter/{party.pk}/slet/").status_code == 409
    page = text(parse(staff.get(f"/andre-parter/{party.pk}/")))
    assert "2021, Projektmidler 4,50 kr. I alt 4,50 kr." in page


# --- the agreement's economy ------------------------------------------------------------------------------------------


def table(response, number: int) -> list[list[str]]:
    rows = list(parse(response).iterfind(".//tbody"))[number].iterfind("tr")
    return [[text(cell) for cell in row] for row in rows]


def test_the_economy_by_year_and_payer(staff, five):
    AccountLineFactory(agreement=five, year=2025, budget=Decimal("100"), used=Decimal("130.5"))
    AccountLineFactory(agreement=five, year=2026, budget=Decimal("50"))
    response = staff.get(f"/aftaler/{five.pk}/oekonomi/")
    assert table(response, 0) == [
        ["2025", "1.000.000,10 kr.", "200,00 kr.", "ingen tal", "1.000.200,10 kr."],
        ["2026", "0,20 kr.", "30,05 kr.", "4,00 kr.", "34,25 kr."],
    ]
    assert table(response, 1) == [
        ["2025", "100,00 kr.", "130,50 kr.", "-30,50 kr.", ""],
        ["2026", "50,00 kr.", "ingen tal", "ingen tal", "1 linje siger ikke endnu, hvad der er brugt."],
    ]
    chart = all_of_class(parse(response), "chart")[1]
    assert [text(each) for each in chart.iterfind(".//{*}text")] == ["2025", "131 %", "2026", "ingen tal"]
    assert [each.get("width") for each in chart.iterfind(".//{*}rect")] == ["76.63%", "100.00%", "38.31%"]
    assert sums(response) == [
        "I alle år 1.000.234,35 kr.",
        "Budget i alt150,00 kr. Forbrugt130,50 kr. Tilbage19,50 kr.",
    ]


def test_the_picture_of_the_economy_says_the_figures_and_draws_them_to_scale(staff, agreement):
    ContributionFactory(agreement=agreement, year=2025, of_state=True, amount=Decimal("3000"))
    ContributionFactory(agreement=agreement, year=2025, amount=Decimal("1000"))
    ContributionFactory(agreement=agreement, year=2026, amount=Decimal("1000"))
    (chart,) = all_of_class(parse(staff.get(f"/aftaler/{agreement.pk}/oekonomi/")), "chart")
    svg = "{http://www.w3.org/2000/svg}"
    assert text(chart.find(f"{svg}title")) == "Hvad der gives, efter år og betaler"
    assert (
        text(chart.find(f"{svg}desc"))
        == "2025: Staten 3.000,00 kr., Kommunerne 1.000,00 kr. 2026: Kommunerne 1.000,00 kr."
    )
    bars = [(each.get("x"), each.get("width")) for each in chart.iter(f"{svg}rect")]
    assert bars == [("0.00%", "75.00%"), ("75.00%", "25.00%"), ("0.00%", "25.00%")]


def test_an_agreement_without_money_says_so(staff, agreement):
    page = text(parse(staff.get(f"/aftaler/{agreement.pk}/oekonomi/")))
    assert "Der er ikke registreret bidrag." in page
    assert "Der er ikke registreret regnskabslinjer." in page


def test_a_reader_reads_the_economy_and_is_offered_no_change(log_in, cast, five):
    chair = log_in(cast.chair)
    assert "Nyt bidrag" not in text(parse(chair.get(f"/aftaler/{five.pk}/oekonomi/")))
    assert chair.get("/bidrag/opret/").status_code == 403
    assert log_in(cast.outsider).get(f"/aftaler/{five.pk}/oekonomi/").status_code == 404


def test_years_and_rows_cost_no_more_queries(staff, agreement):
    url = f"/aftaler/{agreement.pk}/oekonomi/"
    ContributionFactory(agreement=agreement, year=2025)
    AccountLineFactory(agreement=agreement, year=2025)
    few = queries(staff, url)
    for year in range(2026, 2056):
        ContributionFactory(agreement=agreement, year=year)
        AccountLineFactory(agreement=agreement, year=year)
    assert queries(staff, url) == few
