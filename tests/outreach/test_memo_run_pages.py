"""The pages of memos to many: form, who gets it, how far it is, and the buttons."""

from datetime import date

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from agreements.models import Body, Municipality
from outreach.actions import runs
from outreach.models import MemoRun
from tests.counting import queries
from tests.factories import CommitteeFactory, MemoFactory, municipality, the_agreement
from tests.factories.doing import ActivityFactory
from tests.outreach.memos import initiative_of, small_agreement
from tests.outreach.runs import results, started, status, work_off
from tests.pages import all_of_class, errors, form_data, heading, notices, offered, parse, refused, text

URL = "/notater/udsendelser/opret/"
TYPED = {
    "date": "06-11-2020",
    "case_officer": "Henning Elmelund",
    "case_number": "20.20.00-P27-1-20",
    "to": "members",
    "kind": "status",
}


def typed(client, **more) -> dict:
    """What the form sends; without the situation, which it proposes."""
    return form_data(client.get(URL)) | {"agreement": the_agreement().pk} | TYPED | more


def preview(client, **more):
    response = client.post(URL, typed(client, **more))
    assert (response.status_code, heading(response)) == (200, "Hvem får notatet")
    return response


def rows(response) -> dict[str, list[str]]:
    """By municipality what the page warns about."""
    (listing,) = all_of_class(parse(response), "recipients")
    return {text(next(row.iter("label"))): [text(note) for note in all_of_class(row, "note")] for row in listing}


def test_members_get_it_by_their_culture_committees(staff, cast):
    CommitteeFactory(municipality=municipality("Rødovre"), name="Beskæftigelsesudvalget")
    page = preview(staff)
    committee = Body.objects.get(name="Kultur- og Fritidsudvalget")
    shown = rows(page)
    assert len(shown) == the_agreement().memberships.count() == 9
    assert shown["Rødovre"] == []
    assert form_data(page)["til-0175"] == str(committee.pk)
    assert len(offered(page, "til-0175")) == 4  # two committees, the municipality itself, nobody


def test_what_is_started_is_what_was_seen(staff, cast):
    response = staff.post(URL, form_data(preview(staff)) | {"til-0163": "kommune", "til-0165": "ingen", "start": ""})
    run = MemoRun.objects.get()
    assertRedirects(response, f"/notater/udsendelser/{run.pk}/")
    assert (run.created_by, run.kind, run.case_officer, run.items.count()) == (
        cast.staff,
        "status",
        "Henning Elmelund",
        8,
    )
    to = {each.municipality.name: each.committee for each in run.items.all()}
    assert to["Herlev"] is None
    assert to["Rødovre"].name == "Kultur- og Fritidsudvalget"
    assert "Albertslund" not in to


def test_all_98_get_it_and_those_without_a_committee_themselves(staff):
    shown = rows(preview(staff, to="everybody"))
    assert len(shown) == 98
    assert shown["Gribskov"] == []  # its guest is told
    assert shown["Aarhus"] == [
        "Intet udvalg er registreret, så notatet går til kommunen.",
        "Ingen formand eller kulturchef har adgang, så ingen får besked.",
    ]


def test_a_status_of_one_municipality_is_for_members_and_old_figures_are_told_of(staff):
    page = preview(staff, kind="municipality", to="everybody", date="06-11-2022")
    assert rows(page)["Aarhus"][0] == "Er ikke medlem, så der er ingen status at give."
    assert (form_data(page)["til-0751"], form_data(page)["til-0175"].isdecimal()) == ("ingen", True)
    figures = warned(page)
    assert len(figures) == len(set(figures)) > 0
    assert notices(preview(staff)) == []


def warned(page) -> list[str]:
    return [text(line) for each in all_of_class(parse(page), "notice-warning") for line in each.iter("li")]


def test_a_figure_is_old_to_those_who_get_it_by_their_committees_interval(staff, cast):
    agreement = small_agreement()
    ActivityFactory(initiative=initiative_of(agreement), held_on=date(2025, 11, 20), places=["Rødovre", "Køge"])
    Body.objects.filter(name="Kultur- og Idrætsudvalget").update(status_interval_months=6)
    sent = {"agreement": agreement.pk, "kind": "municipality", "date": "31-03-2026"}
    page = preview(staff, **sent)
    assert warned(page) == [
        "Indbyggere: 1. juli 2020, for 68 måneder siden",
        "Aktiviteter (Rødovre): 20. november 2025, for 4 måneder siden. Registrér et nyt tal: aktiviteter",
    ]
    itself = form_data(page) | {"til-0259": "kommune", "til-0175": "ingen", "tilbage": ""}
    assert warned(staff.post(URL, form_data(staff.post(URL, itself))))[1].startswith("Aktiviteter: 20. november")


def test_memos_that_are_there_are_told_of(staff):
    memo = MemoFactory()
    assert rows(preview(staff))["Rødovre"] == [
        "Der er en kladde af denne slags med denne dato. Den forbliver en kladde."
    ]
    runs.memos.issue(memo=memo, by=None, version=1)
    page = preview(staff)
    assert rows(page)["Rødovre"] == ["Har allerede et notat af denne slags med denne dato, så “Intet notat” er valgt."]
    assert [name for name, to in form_data(page).items() if to == "ingen"] == ["til-0175"]


def test_back_from_the_recipients_nothing_typed_is_lost(staff):
    sent = typed(staff, opening="Kære\r\nudvalg", opening_included="on", to="everybody")
    hidden = form_data(staff.post(URL, sent))
    back = staff.post(URL, hidden | {"tilbage": ""})
    assert heading(back) == "Udsend til mange"
    assert errors(back) == []
    kept = form_data(back)
    assert {name: kept[name] for name in TYPED} == TYPED | {"to": "everybody"}
    assert (kept["opening"], kept["opening_included"]) == ("Kære\r\nudvalg", "on")


def test_back_from_the_recipients_the_choices_are_kept(staff):
    chosen = {"til-0163": "kommune", "til-0165": "ingen"}
    back = staff.post(URL, form_data(preview(staff)) | chosen | {"tilbage": ""})
    unclear = staff.post(URL, form_data(back) | {"case_officer": ""})
    again = form_data(staff.post(URL, form_data(unclear) | {"case_officer": "Emine Bakkedal"}))
    assert {name: again[name] for name in chosen} == chosen
    other_kind = form_data(back) | {"kind": "municipality", "to": "everybody"} | {"til-0751": "kommune"}
    anew = form_data(staff.post(URL, other_kind | {"til-0175": "999999"}))
    assert [anew[name] for name in ("til-0163", "til-0165", "til-0751")] == ["kommune", "ingen", "ingen"]
    assert anew["til-0175"] == str(Body.objects.get(name="Kultur- og Fritidsudvalget").pk)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"date": "31-02-2021"},
            "Dato: Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020.",
        ),
        ({"case_officer": ""}, "Sagsbehandler: Dette felt er påkrævet."),
        ({"case_officer": "漢字"}, "Sagsbehandler: Notatets skrifttype mangler disse tegn: 字 漢."),
        (
            {"opening_included": "on"},
            "Indledning: Afsnittet er tomt. Skriv teksten, eller tag afsnittet ud af notatet.",
        ),
        ({"closing": "Hilsen 😀", "closing_included": "on"}, "Afslutning: Notatets skrifttype mangler disse tegn: 😀."),
    ],
)
def test_what_cannot_be_is_said(staff, wrong, message):
    found = refused(staff, URL, **TYPED | {"agreement": str(the_agreement().pk)} | wrong)
    assert [each[: len(message)] for each in found] == [message]


def test_nobody_chosen_and_the_same_twice(staff):
    sent = form_data(preview(staff))
    nobody = {name: "ingen" for name in sent if name.startswith("til-")}
    response = staff.post(URL, sent | nobody | {"start": ""})
    assert errors(response) == ["Vælg mindst én kommune."]
    assert form_data(response)["til-0175"] == "ingen"
    started("Herlev")
    response = staff.post(URL, sent | {"start": ""})
    assert errors(response) == ["Det samme notat med denne dato er allerede ved at blive udsendt til mange."]
    assert MemoRun.objects.count() == 1


def test_a_committee_that_was_not_offered_is_refused(staff, cast):
    foreign = CommitteeFactory(municipality=municipality("Herlev"))
    sent = form_data(preview(staff))
    response = staff.post(URL, sent | {"til-0175": str(foreign.pk), "start": ""})
    assert response.status_code == 200
    assert errors(response)[0].startswith("Rødovre: Marker en gyldig valgmulighed.")
    assert MemoRun.objects.count() == 0


def test_on_a_day_without_members_nobody_can_get_it(staff):
    the_agreement().memberships.all().delete()
    assertContains(preview(staff), "Ingen kommune er medlem den dag.")


def shown(response) -> tuple[str, ...]:
    """How far the run is: the bar, and the words."""
    page = parse(response)
    (bar,) = page.iter("progress")
    (words,) = [text(each) for each in page.iter("p") if each.get("id") == "run-words"]
    return bar.get("value"), bar.get("max"), words


def test_the_page_tells_how_far_it_is(staff, cast):
    run = started("Herlev", "Køge")
    url = run.get_absolute_url()
    assert shown(staff.get(url)) == ("0", "2", "0 af 2 notater er udsendt. 2 venter.")
    runs.work(run=run.pk, worker="a", seconds=0.001)
    page = staff.get(url)
    assert shown(page) == ("1", "2", "1 af 2 notater er udsendt. 1 venter.")
    assertContains(page, "data-going-on")
    work_off()
    page = staff.get(url)
    assert shown(page) == ("2", "2", "2 af 2 notater er udsendt.")
    assertContains(page, "Notat nr. 1", 2)
    assertNotContains(page, "data-going-on")
    assertContains(page, "Udsendelsen er færdig.")
    assertContains(staff.get("/notater/udsendelser/"), "2 af 2")


def test_buttons_move_the_run(staff, cast):
    run = started("Herlev", "Køge")
    for verb, after, line in [
        ("pause", "paused", "Udsendelsen er sat på pause. Ingen flere notater udsendes, før den fortsætter."),
        ("pause", "paused", "Udsendelsen er kommet videre i mellemtiden. Se, hvor langt den er."),
        ("genoptag", "running", "Udsendelsen fortsætter."),
        ("annuller", "cancelled", "Udsendelsen er annulleret. Det, der er udsendt, forbliver udsendt."),
        ("proev-igen", "cancelled", "Udsendelsen er kommet videre i mellemtiden. Se, hvor langt den er."),
    ]:
        response = staff.post(f"{run.get_absolute_url()}{verb}/", follow=True)
        assert (status(run), notices(response)[0]) == (after, line)
        assert run.status_by == cast.staff
    assert shown(response) == ("0", "2", "0 af 2 notater er udsendt. 2 er ikke udsendt.")
    history = staff.get(f"{run.get_absolute_url()}historik/")
    assertContains(history, "Annulleret")


def test_what_failed_is_shown_first_and_tried_again(staff, cast):
    committee = CommitteeFactory(municipality=municipality("Køge"), name="漢字")
    places = [runs.Recipient(municipality("Herlev")), runs.Recipient(committee.municipality, committee)]
    run = started("Herlev")
    runs.cancel(run=run, by=cast.staff)
    run = runs.start(
        run=MemoRun(**{name: getattr(run, name) for name in runs.COPIED}), recipients=places, by=cast.staff
    )
    work_off()
    page = staff.get(run.get_absolute_url())
    assert shown(page)[2] == "1 af 2 notater er udsendt. 1 mislykkedes."
    (table,) = all_of_class(parse(page), "records")
    assert [text(each) for each in table.iter("th")][3:] == ["Køge", "Herlev"]
    assertContains(staff.get("/i-dag/"), "1 kommune fik ikke sit notat")
    assertContains(staff.get("/notater/udsendelser/"), "1 mislykket")
    other = started("Ishøj")
    page = staff.post(f"{run.get_absolute_url()}proev-igen/", follow=True)
    assert notices(page)[0] == "Det samme notat med denne dato er allerede ved at blive udsendt til mange."
    assert (status(run), run.items.failed().count()) == ("done", 1)
    runs.cancel(run=other, by=cast.staff)
    Body.objects.filter(pk=committee.pk).update(name="Udvalget for kultur")
    page = staff.post(f"{run.get_absolute_url()}proev-igen/", follow=True)
    assert notices(page)[0] == "Det, der mislykkedes, prøves igen."
    work_off()
    assert results(run) == {"Herlev": "1", "Køge": "1"}


def test_what_failed_is_given_up(staff, cast):
    run = started("Herlev")
    MemoRun.objects.update(status="done")
    assert not runs.cancel(run=run, by=cast.staff)
    run.items.update(error="Der skete en uventet fejl.")
    assertContains(staff.get(run.get_absolute_url()), "Opgiv det, der mislykkedes")
    page = staff.post(f"{run.get_absolute_url()}annuller/", follow=True)
    assert notices(page)[0] == "Udsendelsen er annulleret. Det, der er udsendt, forbliver udsendt."
    assertNotContains(page, "annuller/")
    assert (status(run), run.status_by) == ("cancelled", cast.staff)
    assertNotContains(staff.get("/i-dag/"), "fik ikke sit notat")


def test_who_looks_at_it_brings_it_on_and_hears_that_no_worker_runs(staff, cast):
    run = started("Herlev")
    DBTaskResult.objects.all().delete()
    assertNotContains(staff.get(run.get_absolute_url()), "manage.py worker")
    assert DBTaskResult.objects.ready().count() == 1
    DBTaskResult.objects.update(enqueued_at=timezone.now() - runs.PATIENCE * 2)
    assertContains(staff.get(run.get_absolute_url()), "manage.py worker")
    assert DBTaskResult.objects.ready().count() == 1


def test_a_run_of_98_costs_no_more_queries_than_one(staff, cast):
    one = started("Herlev")
    work_off()
    many = runs.start(
        run=MemoRun(**{name: getattr(one, name) for name in runs.COPIED}),
        recipients=[runs.Recipient(each) for each in Municipality.objects.all()],
        by=cast.staff,
    )
    runs.cancel(run=many, by=cast.staff)
    assert queries(staff, many.get_absolute_url()) == queries(staff, one.get_absolute_url())
