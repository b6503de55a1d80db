"""The matrix of who takes part in what: what it shows, and the form behind each of its cells."""

from datetime import date
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.models import Membership
from initiatives.models import Initiative, Participation
from tests.emptying import empty
from tests.factories import (
    AgreementFactory,
    CultureRegionFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    MembershipFactory,
    municipality,
    the_agreement,
)
from tests.factories.doing import ParticipationFactory
from tests.initiatives.test_races import at_once
from tests.pages import all_of_class, errors, form_data, notices, offered, parse, send, text

MEMBERS = [
    "Albertslund", "Furesø", "Halsnæs", "Helsingør", "Herlev", "Ishøj", "Køge", "Roskilde", "Rødovre",
]  # fmt: skip


@pytest.fixture
def kor(db) -> Initiative:
    return Initiative.objects.get(title="Syng dig stærk")


def shown(response) -> dict[str, dict[str, str]]:
    """By municipality and initiative what the matrix shows to the eye, where it shows something."""
    table = parse(response).find(".//table[@data-matrix]")
    if table is None:
        return {}
    titles = [text(each) for each in table.findall("./thead/tr[2]/th")]
    matrix = {}
    for row in table.findall("./tbody/tr"):
        seen = [
            " ".join(text(part) for name in ("cell-sign", "cell-dates") for part in all_of_class(cell, name))
            for cell in row.findall("./td")[:-1]
        ]
        matrix[text(row.find("./th"))] = {title: words for title, words in zip(titles, seen, strict=True) if words}
    return matrix


def spoken(response, initiative, code) -> str:
    key = f"participation-{initiative.pk}-{municipality(code).pk}"
    (cell,) = [each for each in parse(response).iter() if each.get("id") == key]
    return text(cell)


def url_of(initiative, code: str) -> str:
    return f"/hvem-er-med/{initiative.pk}/{code}/"


def test_members_by_initiatives_of_the_agreement(staff):
    matrix = shown(staff.get("/hvem-er-med/"))
    assert list(matrix) == MEMBERS
    assert matrix["Furesø"] == {
        "Ung Scene på Vestegnen": "D fra 01-02-21 til 30-06-22",
        "Fra øvelokale til scene": "D",
        "Syng dig stærk": "D fra 01-09-21",
    }
    assert matrix["Halsnæs"] == {"Syng dig stærk": "L"}
    heads = [text(each) for each in all_of_class(parse(staff.get("/hvem-er-med/")), "matrix-area")]
    assert heads == ["Ungeindsatsen", "Musikindsatsen", "Kultur og sundhedsindsatsen"]


def test_a_role_is_heard_as_a_word(staff, log_in, cast, kor):
    response = staff.get("/hvem-er-med/")
    assert spoken(response, kor, "Halsnæs") == "LLeder : Halsnæs, Syng dig stærk. Ret"
    assert spoken(response, kor, "Køge") == "+er ikke med : Køge, Syng dig stærk. Ret"
    assert spoken(log_in(cast.chair).get("/hvem-er-med/"), kor, "Halsnæs") == "LLeder"


def test_totals(staff):
    page = parse(staff.get("/hvem-er-med/"))
    assert [text(each) for each in all_of_class(page, "matrix-sum")] == [
        "I alt", "3", "3", "1", "3", "2", "2", "3", "3", "4", "24",
    ]  # fmt: skip
    assert [text(each) for each in page.findall(".//tfoot//td")] == ["3", "6", "5", "3", "2", "5", "24"]


def test_one_area(staff, kor):
    matrix = shown(staff.get(f"/hvem-er-med/?omraade={kor.area_id}"))
    assert matrix["Køge"] == {"Kulturvitaminer": "L"}
    assert matrix["Rødovre"] == {"Syng dig stærk": "P"}
    assert list(matrix) == MEMBERS


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "years"),
    [
        (None, None, [2021, 2022, 2023]),
        (date(2022, 3, 1), None, [2022, 2023]),
        (None, date(2021, 12, 31), [2021]),
        (date(2021, 12, 31), date(2022, 1, 1), [2021, 2022]),
        (date(2022, 1, 1), date(2022, 12, 31), [2022]),
        (date(2024, 1, 1), None, []),
    ],
)
def test_a_participation_counts_in_the_years_that_it_overlaps(staff, starts_on, ends_on, years):
    """Without dates it lasts as long as its initiative, here from 2021 to 2023."""
    initiative = InitiativeFactory(title="Prøve", starts_on=date(2021, 2, 1), ends_on=date(2023, 12, 31))
    ParticipationFactory(initiative=initiative, starts_on=starts_on, ends_on=ends_on)
    counted = [
        year for year in (2021, 2022, 2023, 2024) if "Prøve" in shown(staff.get(f"/hvem-er-med/?aar={year}"))["Rødovre"]
    ]
    assert counted == years


def test_a_member_stands_in_the_years_of_its_membership(staff):
    Membership.objects.filter(municipality__name="Ishøj").update(left_on=date(2022, 7, 1))
    Participation.objects.filter(municipality__name="Ishøj").delete()
    MembershipFactory(municipality=municipality("Greve"), joined_on=date(2023, 1, 1))

    def rows(query):
        return [name for name in shown(staff.get(f"/hvem-er-med/{query}")) if name in ("Greve", "Ishøj")]

    assert rows("") == ["Greve", "Ishøj"]
    assert rows("?aar=2022") == ["Ishøj"]
    assert rows("?aar=2023") == ["Greve"]


def test_whoever_takes_part_is_shown_though_no_member(staff, kor):
    ParticipationFactory(initiative=kor, municipality=municipality("Gribskov"))
    assert shown(staff.get("/hvem-er-med/"))["Gribskov"] == {"Syng dig stærk": "D"}


@pytest.mark.parametrize("query", ["aar=1900", "aar=snart", "omraade=0", "aftale=99999999999999999999"])
def test_a_filter_that_makes_no_sense_says_so(staff, query):
    response = staff.get(f"/hvem-er-med/?{query}")
    assert shown(response) == {}
    (bar,) = all_of_class(parse(response), "filter-bar")
    assert len(all_of_class(bar, "invalid-feedback")) == 1
    assert len(list(staff.get(f"/hvem-er-med/?{query}&format=csv").streaming_content)) == 1


def test_another_region_sees_nothing_of_it(log_in, cast, kor):
    outsider = log_in(cast.outsider)
    assert shown(outsider.get("/hvem-er-med/")) == {}
    assert offered(outsider.get("/hvem-er-med/"), "aftale") == [""]
    assert outsider.get(url_of(kor, "0260")).status_code == 404
    assert log_in(cast.guest).get("/hvem-er-med/").status_code == 404


def test_an_older_agreement_is_chosen_in_the_address(staff):
    area = InitiativeAreaFactory(agreement=AgreementFactory(name="Aftalen før", status="ended"), name="Teater")
    ParticipationFactory(initiative=InitiativeFactory(area=area, title="Turné"))
    assert "Turné" not in shown(staff.get("/hvem-er-med/", follow=True))["Rødovre"]
    for query in (f"aftale={area.agreement_id}", f"omraade={area.pk}"):
        assert shown(staff.get(f"/hvem-er-med/?{query}")) == {"Rødovre": {"Turné": "D"}}


def test_readers_see_it_and_change_nothing(log_in, cast, kor):
    for reader in (cast.chair, cast.culture_head):
        client = log_in(reader)
        response = client.get("/hvem-er-med/")
        assert shown(response)["Halsnæs"] == {"Syng dig stærk": "L"}
        assert [a for a in parse(response).iter("a") if "data-cell" in a.attrib] == []
        assert client.get(url_of(kor, "0260")).status_code == 403
        assert client.post(url_of(kor, "0260"), {"role": ""}).status_code == 403
    assert Participation.objects.get(initiative=kor, municipality__name="Halsnæs").role == "lead"


def test_the_number_of_queries_is_fixed(staff):
    def count():
        with CaptureQueriesContext(connection) as captured:
            assert staff.get("/hvem-er-med/").status_code == 200
        return len(captured)

    empty(Participation)
    Membership.objects.exclude(municipality__name="Rødovre").delete()
    ParticipationFactory(initiative=Initiative.objects.get(title="Syng dig stærk"))
    staff.get("/hvem-er-med/")
    few = count()
    for name in ["Aabenraa", "Aalborg", "Aarhus", "Assens", "Billund", "Bornholm", "Esbjerg", "Fanø", "Faxe", "Greve"]:
        MembershipFactory(municipality=municipality(name))
    for _n in range(10):
        initiative = InitiativeFactory(area=InitiativeAreaFactory())
        for name in ["Aabenraa", "Greve", "Rødovre"]:
            ParticipationFactory(initiative=initiative, municipality=municipality(name))
    assert count() == few


# --- the cells --------------------------------------------------------------------------------------------------------


def test_a_municipality_joins_midway(staff, kor):
    url = url_of(kor, "0259") + "?aar=2022"
    response = send(staff, url, role="participant", starts_on="1-3-2022")
    key = f"participation-{kor.pk}-{municipality('Køge').pk}"
    assert response.url == f"/hvem-er-med/?aar=2022#{key}"
    held = Participation.objects.get(initiative=kor, municipality__name="Køge")
    assert (held.role, held.starts_on, held.ends_on, held.version) == ("participant", date(2022, 3, 1), None, 1)
    assert notices(staff.get(response.url))[-1] == "“Køge: Syng dig stærk” er gemt."
    assert shown(staff.get(response.url))["Køge"]["Syng dig stærk"] == "D fra 01-03-22"
    assert held.history.get().history_type == "+"


def test_a_role_changes_and_its_history_says_so(staff, kor):
    held = Participation.objects.get(initiative=kor, municipality__name="Halsnæs")
    send(staff, url_of(kor, "0260"), role="partner")
    held.refresh_from_db()
    assert (held.role, held.version) == ("partner", 2)
    assert "Leder → Partner" in text(parse(staff.get(f"/hvem-er-med/{held.pk}/historik/")))


def test_a_municipality_is_taken_out_and_put_back(staff, kor):
    response = send(staff, url_of(kor, "0260"), role="")
    assert not Participation.objects.filter(initiative=kor, municipality__name="Halsnæs").exists()
    assert notices(staff.get(response.url)) == ["Halsnæs er ikke længere med i “Syng dig stærk”."]
    row = Participation.history.filter(history_type="-").latest()
    assert "Halsnæs: Syng dig stærk" in text(parse(staff.get("/hvem-er-med/slettede/")))
    staff.post(f"/hvem-er-med/slettede/{row.pk}/")
    assert Participation.objects.get(initiative=kor, municipality__name="Halsnæs").role == "lead"


def test_an_empty_cell_stays_empty(staff, kor):
    assert send(staff, url_of(kor, "0259"), role="").status_code == 302
    assert not Participation.objects.filter(initiative=kor, municipality__name="Køge").exists()


def test_an_empty_cell_proposes_the_commonest_role(staff, kor):
    send(staff, url_of(kor, "0259"))
    assert Participation.objects.get(initiative=kor, municipality__name="Køge").role == "participant"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"starts_on": "31-02-2022"},
            "Fra: Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020.",
        ),
        (
            {"starts_on": "2-1-2022", "ends_on": "1-1-2022"},
            "Perioden slutter, før den begynder. Se de to datoer efter.",
        ),
    ],
)
def test_what_is_wrong_with_a_cell(staff, kor, values, message):
    data = form_data(staff.get(url_of(kor, "0259"))) | {"role": "partner"} | values
    for headers in ({}, {"X-Dialog": "1"}):
        response = staff.post(url_of(kor, "0259"), data, headers=headers)
        assert errors(response) == [message]
        assert form_data(response) == data
    assert not Participation.objects.filter(initiative=kor, municipality__name="Køge").exists()


def test_a_role_that_is_none(staff, kor):
    response = staff.post(url_of(kor, "0259"), {"role": "konge", "version": "0"})
    assert errors(response) == [
        "Rolle: Marker en gyldig valgmulighed. konge er ikke en af de tilgængelige valgmuligheder."
    ]


def test_the_dialog_gets_the_form_alone(staff, kor):
    page = staff.get(url_of(kor, "0260"), headers={"X-Dialog": "1"})
    assert list(parse(page).iter("nav")) == []
    assert form_data(page) == form_data(staff.get(url_of(kor, "0260")))


@pytest.mark.parametrize("code", ["0101", "9999", "abc"])
def test_who_is_no_member_has_no_cell(staff, kor, code):
    assert staff.get(url_of(kor, code)).status_code == 404


def test_an_initiative_of_another_region_has_no_cell(staff):
    area = InitiativeAreaFactory(agreement=AgreementFactory(culture_region=CultureRegionFactory()))
    initiative = InitiativeFactory(area=area)
    MembershipFactory(agreement=area.agreement, municipality=municipality("Greve"))
    assert staff.get(url_of(initiative, "0253")).status_code == 404
    assert staff.post(url_of(initiative, "0253"), {"role": "lead", "version": "0"}).status_code == 404


# --- two editors ------------------------------------------------------------------------------------------------------


def two_open(staff, url):
    return form_data(staff.get(url)), form_data(staff.get(url))


def test_two_editors_of_one_cell(staff, kor):
    url = url_of(kor, "0260")
    mine, theirs = two_open(staff, url)
    staff.post(url, theirs | {"role": "partner", "ends_on": "31-12-2022"})
    response = staff.post(url, mine | {"starts_on": "1-5-2021"})
    assert response.status_code == 409
    again = form_data(response)
    assert {name: again[name] for name in ("choose-role", "choose-starts_on", "choose-ends_on")} == {
        "choose-role": "theirs",
        "choose-starts_on": "mine",
        "choose-ends_on": "theirs",
    }
    staff.post(url, again)
    held = Participation.objects.get(initiative=kor, municipality__name="Halsnæs")
    assert (held.role, held.starts_on, held.ends_on) == ("partner", date(2021, 5, 1), date(2022, 12, 31))


def test_two_editors_fill_one_empty_cell(staff, kor):
    url = url_of(kor, "0259")
    mine, theirs = two_open(staff, url)
    staff.post(url, theirs | {"role": "lead"})
    response = staff.post(url, mine | {"role": "participant"})
    assert response.status_code == 409
    assert Participation.objects.get(initiative=kor, municipality__name="Køge").role == "lead"
    staff.post(url, form_data(response) | {"choose-role": "mine"})
    assert Participation.objects.get(initiative=kor, municipality__name="Køge").role == "participant"


def test_one_changes_what_the_other_takes_out(staff, kor):
    url = url_of(kor, "0260")
    mine, theirs = two_open(staff, url)
    staff.post(url, theirs | {"role": ""})
    response = staff.post(url, mine | {"role": "partner"})
    assert response.status_code == 409
    assert errors(response) == [
        "En anden har taget kommunen ud, mens du skrev. Gem en gang til for at sætte den ind igen."
    ]
    assert not Participation.objects.filter(initiative=kor, municipality__name="Halsnæs").exists()
    assert staff.post(url, form_data(response)).status_code == 302
    assert Participation.objects.get(initiative=kor, municipality__name="Halsnæs").role == "partner"


def test_one_takes_out_what_the_other_changes(staff, kor):
    url = url_of(kor, "0260")
    mine, theirs = two_open(staff, url)
    staff.post(url, theirs | {"starts_on": "1-5-2021"})
    response = staff.post(url, mine | {"role": ""})
    assert response.status_code == 409
    assert Participation.objects.get(initiative=kor, municipality__name="Halsnæs").starts_on == date(2021, 5, 1)
    assert "Er ikke med" in text(all_of_class(parse(response), "versions")[0])
    staff.post(url, form_data(response) | {"choose-role": "mine"})
    assert not Participation.objects.filter(initiative=kor, municipality__name="Halsnæs").exists()


@pytest.mark.django_db(transaction=True)
def test_two_threads_fill_one_empty_cell(log_in, cast):
    url = url_of(Initiative.objects.get(title="Syng dig stærk"), "0259")
    clients, roles = [log_in(cast.staff), log_in(cast.admin)], ["lead", "partner"]
    sent = [form_data(client.get(url)) | {"role": role} for client, role in zip(clients, roles, strict=True)]
    responses = at_once(*[partial(client.post, url, data) for client, data in zip(clients, sent, strict=True)])
    statuses = [response.status_code for response in responses]
    assert sorted(statuses) == [302, 409]
    held = Participation.objects.get(initiative__title="Syng dig stærk", municipality__code="0259")
    assert (held.role, held.version) == (roles[statuses.index(302)], 1)


# --- out --------------------------------------------------------------------------------------------------------------


def test_the_file_is_a_line_for_each_participation(staff, kor):
    Initiative.objects.filter(pk=kor.pk).update(title='=HYPERLINK("x")')
    response = staff.get(f"/hvem-er-med/?omraade={kor.area_id}&aar=2021&format=csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="hvem-er-med-')
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    formula = '"\'=HYPERLINK(""x"")"'
    assert content.decode("utf-8-sig").splitlines() == [
        "kommunekode;kommune;indsatsområde;indsats;rolle;fra;til",
        "0165;Albertslund;Kultur og sundhedsindsatsen;Kulturvitaminer;Deltager;;",
        f"0190;Furesø;Kultur og sundhedsindsatsen;{formula};Deltager;01-09-2021;",
        f"0260;Halsnæs;Kultur og sundhedsindsatsen;{formula};Leder;;",
        f"0163;Herlev;Kultur og sundhedsindsatsen;{formula};Deltager;;",
        "0259;Køge;Kultur og sundhedsindsatsen;Kulturvitaminer;Leder;;",
        f"0175;Rødovre;Kultur og sundhedsindsatsen;{formula};Partner;;",
    ]


def test_a_file_of_another_kind_is_not_found(staff):
    assert staff.get("/hvem-er-med/?format=pdf").status_code == 404
    assert the_agreement().areas.count() == 3
