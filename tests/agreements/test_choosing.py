"""Several agreements and culture regions in one portal: every list is about the chosen one, and says so."""

from datetime import date

import pytest

from agreements.filters.regional import RegionalFilter
from agreements.models import Agreement, ChosenAgreement, RegionalRecord
from initiatives.models import Activity, Initiative
from kulturmetropol.views import ListPage
from tests.counting import queries
from tests.factories import (
    AgreementFactory,
    BodyFactory,
    CultureRegionFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    municipality,
    the_agreement,
)
from tests.factories.doing import ActivityFactory
from tests.kulturmetropol.test_export import csv_rows
from tests.pages import all_of_class, chosen_option, form_data, offered, parse, records, text


@pytest.fixture
def older(db) -> Agreement:
    """An ended agreement of Kulturmetropolen with one initiative and one activity."""
    agreement = AgreementFactory(
        name="Aftalen før", status="ended", starts_on=date(2017, 1, 1), ends_on=date(2020, 12, 31)
    )
    fill(agreement, "Teater")
    return agreement


@pytest.fixture
def vest(cast) -> Agreement:
    """The agreement of another culture region, which the cast's staff work for as well."""
    agreement = AgreementFactory(
        culture_region=CultureRegionFactory(name="Fjordregionen", slug="fjord"), name="Fjorden"
    )
    fill(agreement, "Havet")
    cast.staff.role_grants.create(culture_region=agreement.culture_region, role="staff")
    return agreement


def fill(agreement: Agreement, name: str) -> None:
    initiative = InitiativeFactory(area=InitiativeAreaFactory(agreement=agreement, name=name), title=name)
    MembershipFactory(agreement=agreement, municipality=municipality("Fanø"), joined_on=agreement.starts_on)
    ActivityFactory(initiative=initiative, title=f"{name}, dag et", held_on=agreement.starts_on)
    PersonFactory(culture_region=agreement.culture_region, name=f"{name}folk")
    body = BodyFactory(culture_region=agreement.culture_region, name=f"{name}gruppen")
    MeetingFactory(body=body, held_on=date(2040, 1, 1))


def key(agreement: Agreement) -> str:
    return f"{agreement.culture_region_id}-{agreement.pk}"


def choose(client, agreement: Agreement, back: str = "") -> str:
    return client.post("/valgt-aftale/", {"valgt": key(agreement), "tilbage": back}).url


def chooser(response) -> dict[str, list[str]]:
    """What can be chosen, by the heading it stands under; the chosen one is the first form's choice."""
    (form,) = all_of_class(parse(response), "chooser")
    groups = list(form.iter("optgroup"))
    return {each.get("label"): [text(option) for option in each] for each in groups} or {
        "": [text(option) for option in form.iter("option")]
    }


def chosen(response) -> str:
    (form,) = all_of_class(parse(response), "chooser")
    return chosen_option(next(form.iter("select")))


def lead(response) -> str:
    return " / ".join(text(each) for each in all_of_class(parse(response), "lead"))


def test_with_one_agreement_there_is_nothing_to_choose(staff, log_in, cast):
    for client in (staff, log_in(cast.chair), log_in(cast.outsider), log_in(cast.guest)):
        assert all_of_class(parse(client.get("/")), "chooser") == []
    response = staff.get("/indsatser/")
    assert (response.status_code, lead(response), offered(response, "kulturregion")) == (200, "", [])


def test_with_two_agreements_lists_are_about_the_chosen_one(staff, older):
    response = staff.get("/indsatser/")
    assert response.url == f"/indsatser/?aftale={the_agreement().pk}"
    response = staff.get(response.url)
    assert chooser(response) == {"": ["Kulturmetropolen 2021-2024", "Aftalen før"]}
    assert chosen(response) == key(the_agreement())
    assert lead(response) == "Kulturmetropolen 2021-2024 · Vis alt, du må se"
    assert "Teater" not in records(response)

    assert choose(staff, older, back="/indsatser/") == "/indsatser/"
    response = staff.get("/indsatser/", follow=True)
    assert records(response) == ["Teater"]
    assert chosen(response) == key(older)
    assert lead(response) == "Aftalen før · Vis alt, du må se"
    assert records(staff.get("/aktiviteter/?q=dag", follow=True)) == ["Teater, dag et"]
    assert offered(response, "omraade") == ["", str(older.areas.get().pk)]


def test_an_address_that_names_an_agreement_wins(staff, older):
    choose(staff, older)
    shared = staff.get(f"/indsatser/?aftale={the_agreement().pk}")
    assert (shared.status_code, lead(shared)) == (200, "Kulturmetropolen 2021-2024 · Vis alt, du må se")
    assert "Teater" not in records(shared)
    area = the_agreement().areas.first()
    of_area = staff.get(f"/indsatser/?omraade={area.pk}")
    assert (of_area.status_code, records(of_area)) == (200, [*area.initiatives.values_list("title", flat=True)])
    everything = staff.get("/indsatser/?aftale=")
    assert lead(everything) == "Alle aftaler"
    assert {"Teater", "Syng dig stærk"} <= set(records(everything))


def test_the_roadmap_and_the_matrix_are_about_the_chosen_one(staff, older):
    choose(staff, older)
    for url in ("/hvem-er-med/", "/koereplan/"):
        assert lead(staff.get(url, follow=True)).startswith("Aftalen før")
    assert lead(staff.get(f"/hvem-er-med/?aftale={the_agreement().pk}")) == "Kulturmetropolen 2021-2024"
    assert lead(staff.get("/hvem-er-med/?aftale=")) == "Aftalen før"


def test_two_regions_are_never_mixed_without_a_word(staff, vest):
    response = staff.get("/")
    assert chooser(response) == {"Fjordregionen": ["Fjorden"], "Kulturmetropolen": ["Kulturmetropolen 2021-2024"]}
    assert chosen(response) == key(the_agreement())
    people = staff.get("/personer/")
    assert people.url == "/personer/?kulturregion=kulturmetropolen"
    assert "Havetfolk" not in records(staff.get(people.url))

    choose(staff, vest)
    people = staff.get("/personer/", follow=True)
    assert (records(people), lead(people)) == (["Havetfolk"], "Fjordregionen · Vis alt, du må se")
    assert records(staff.get("/indsatser/", follow=True)) == ["Havet"]
    assert lead(staff.get("/indsatser/", follow=True)) == "Fjorden · Fjordregionen · Vis alt, du må se"
    assert [text(each) for each in parse(staff.get("/")).iter("title")] == ["Forside · Fjordregionen"]
    everyone = staff.get("/personer/?kulturregion=")
    assert lead(everyone) == "Flere kulturregioner: Fjordregionen, Kulturmetropolen"
    assert "Havetfolk" in records(everyone)
    assert len(records(everyone)) > 1


def test_the_start_page_is_about_the_chosen_one(staff, vest):
    own = text(parse(staff.get("/")).find(".//main"))
    choose(staff, vest)
    other = text(parse(staff.get("/")).find(".//main"))
    assert ("Musikindsatsen" in own, "Musikindsatsen" in other) == (True, False)
    assert ("Havetgruppen" in own, "Havetgruppen" in other) == (False, True)
    assert ("Fjorden" in own, "Fjorden" in other) == (False, True)


def test_a_chair_elsewhere_gets_the_start_page_of_the_role_there(log_in, cast):
    other = AgreementFactory(culture_region=CultureRegionFactory(name="Fjordregionen"), name="Fjorden")
    cast.chair.role_grants.create(culture_region=other.culture_region, role="staff")
    chair = log_in(cast.chair)
    assert text(next(parse(chair.get("/")).iter("h1"))) == "Rødovre"
    choose(chair, other)
    assert text(next(parse(chair.get("/")).iter("h1"))).endswith(", chair")


def test_forms_start_with_the_chosen_one_and_offer_nothing_of_another_region(staff, vest):
    for agreement in (the_agreement(), vest):
        choose(staff, agreement)
        assert form_data(staff.get("/formaal/opret/"))["agreement"] == str(agreement.pk)
        assert form_data(staff.get("/personer/opret/"))["culture_region"] == str(agreement.culture_region_id)
        new = staff.get("/indsatser/opret/")
        assert set(offered(new, "area")) - {""} == {str(pk) for pk in agreement.areas.values_list("pk", flat=True)}
        own = {str(each.pk) for each in agreement.culture_region.person_set.all()}
        assert set(offered(new, "manager")) - {""} == own
        places = offered(staff.get("/aktiviteter/opret/"), "municipalities")
        members = {str(each.municipality_id) for each in agreement.memberships.all()}
        assert set(places) == members
    of_other = staff.get(f"/indsatser/opret/?omraade={the_agreement().areas.first().pk}")
    assert form_data(of_other)["area"] == str(the_agreement().areas.first().pk)


def test_a_form_that_was_open_when_another_was_chosen_is_saved_where_it_belongs(staff, vest):
    scene = Initiative.objects.get(title="Syng dig stærk")
    url = f"/aktiviteter/opret/?indsats={scene.pk}"
    opened = form_data(staff.get(url)) | {"title": "Kor", "held_on": "03-02-2022"}
    choose(staff, vest)
    assert staff.post(url, opened | {"municipalities": [str(municipality("Køge").pk)]}).status_code == 302
    assert Activity.objects.get(title="Kor").initiative == scene


def test_what_is_chosen_and_no_longer_seen_is_given_up(staff, cast, vest):
    choose(staff, vest)
    cast.staff.role_grants.filter(culture_region=vest.culture_region).delete()
    response = staff.get("/")
    assert all_of_class(parse(response), "chooser") == []
    assert staff.get("/personer/").status_code == 200
    AgreementFactory(name="Aftalen efter")
    assert chosen(staff.get("/")) == key(the_agreement())
    assert staff.get(f"/indsatser/?aftale={vest.pk}").status_code == 200
    assert records(staff.get(f"/indsatser/?aftale={vest.pk}")) == []


def test_nothing_can_be_chosen_that_is_not_seen(staff, vest, log_in, cast):
    outsider = log_in(cast.outsider)
    for chosen_key in (key(vest), "1-", "", "x"):
        assert outsider.post("/valgt-aftale/", {"valgt": chosen_key}).status_code == 404
    assert staff.get("/valgt-aftale/").status_code == 405
    assert not ChosenAgreement.objects.exists()
    assert choose(staff, vest, back="https://example.com/") == "/"


def test_a_region_without_an_agreement_can_be_chosen(staff, cast):
    region = CultureRegionFactory(name="Ny region", slug="ny")
    cast.staff.role_grants.create(culture_region=region, role="staff")
    assert chooser(staff.get("/"))["Ny region"] == ["Ingen aftale endnu"]
    staff.post("/valgt-aftale/", {"valgt": f"{region.pk}-"})
    response = staff.get("/indsatser/", follow=True)
    assert (records(response), lead(response)) == ([], "Ny region · Vis alt, du må se")
    assert all_of_class(parse(staff.get("/hvem-er-med/", follow=True)), "matrix") == []
    assert form_data(staff.get("/aftaler/opret/"))["culture_region"] == str(region.pk)


def test_an_agreement_begun_for_later_does_not_take_the_place_of_the_one_that_runs(staff):
    AgreementFactory(name="Aftalen efter", status="draft")
    assert chosen(staff.get("/")) == key(the_agreement())


def test_files_hold_the_chosen_one_or_what_the_address_names(staff, older):
    choose(staff, older)
    response = staff.get("/aktiviteter/?format=csv")
    assert response.url == f"/aktiviteter/?format=csv&aftale={older.pk}"
    assert [row[3] for row in csv_rows(staff.get(response.url))] == ["titel", "Teater, dag et"]
    assert len(csv_rows(staff.get("/aktiviteter/?format=csv&aftale="))) == Activity.objects.count() + 1


def test_the_search_finds_everything_and_says_where_it_belongs(staff, vest):
    def notes(words: str) -> set[str]:
        return {text(each) for each in all_of_class(parse(staff.get(f"/soeg/?q={words}")), "note")}

    assert notes("havetgruppen") == {"Fjordregionen"}
    assert notes("havetfolk") == {"Fjordregionen"}
    assert notes("havet+dag+et") == {"Fjorden"}
    assert "Kulturmetropolen 2021-2024" in notes("musikindsatsen")


def test_a_record_of_another_agreement_says_so(staff, older, vest):
    def said(record) -> list[str]:
        notes = [text(each) for each in all_of_class(parse(staff.get(record.get_absolute_url())), "note")]
        return [each for each in notes if each.startswith("Hører til")]

    choose(staff, the_agreement())
    not_now = "som ikke er det, du arbejder med lige nu."
    assert said(older.areas.get()) == [f"Hører til Aftalen før, {not_now}"]
    assert said(vest.culture_region.person_set.get()) == [f"Hører til Fjordregionen, {not_now}"]
    assert said(the_agreement().areas.first()) == said(older) == []


def test_what_was_deleted_says_of_which_region(staff, vest):
    person = PersonFactory(culture_region=vest.culture_region, name="Åse")
    page = staff.post(f"/personer/{person.pk}/slet/", follow=True)
    (line,) = [text(each) for each in all_of_class(parse(page), "note") if "Slettet af" in text(each)]
    assert line.endswith("· Fjordregionen")


def test_twelve_regions_cost_no_more_queries_than_two(staff, cast, vest):
    urls = ["/", f"/indsatser/?aftale={vest.pk}", "/personer/?kulturregion=", "/indsatser/opret/", "/soeg/?q=havet"]
    choose(staff, vest)
    before = [queries(staff, url) for url in urls]
    for number in range(10):
        agreement = AgreementFactory(culture_region=CultureRegionFactory(), name=f"Aftale nr. {number}")
        cast.staff.role_grants.create(culture_region=agreement.culture_region, role="staff")
    assert [queries(staff, url) for url in urls] == before


def all_lists(page=ListPage):
    for each in page.__subclasses__():
        yield each
        yield from all_lists(each)


def test_every_list_of_a_regions_records_is_about_one(db):
    lists = [each for each in all_lists() if issubclass(each.model, RegionalRecord)]
    assert [each for each in lists if not issubclass(each.filterset_class, RegionalFilter)] == []
