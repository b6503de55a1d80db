"""Every change can be taken back on the page Historik: field by field, on top of what the user saw, as a new save."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from agreements.models import Agreement, Document
from initiatives.models import Initiative, InitiativeArea, ResultTarget
from kulturmetropol.history import entries
from outreach.models import Memo
from tests.factories import (
    AgreementFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    MemoFactory,
    PersonFactory,
    PurposeFactory,
    ResultTargetFactory,
    kulturmetropolen,
)
from tests.pages import all_of_class, form_data, heading, notices, parse, send, text


def versions(client, record) -> list[str]:
    """The addresses of the buttons "Gå tilbage til denne udgave", newest entry first."""
    page = parse(client.get(f"{record.get_absolute_url()}historik/"))
    return [link.get("href") for link in page.iter("a") if text(link).startswith("Gå tilbage til denne udgave")]


def proposal(response) -> dict[str, tuple[str, str]]:
    """What the page says would change: by field what stands there now, and what would afterwards."""
    (panel,) = [each for each in parse(response).iter("section") if each.get("aria-labelledby") == "what-changes"]
    labels = [text(each) for each in panel.iter("h3")]
    values = [text(each).partition(" ")[2] for each in all_of_class(panel, "version")]
    return dict(zip(labels, zip(values[::2], values[1::2], strict=True), strict=True))


def take_back(client, url: str):
    """Opens the page that asks, and presses its button."""
    (form,) = [each for each in parse(client.get(url)).iter("form") if "actions" in each.get("class", "")]
    assert "Gå tilbage til denne udgave" in text(form)
    (version,) = [each.get("value") for each in form.iter("input") if each.get("name") == "version"]
    return client.post(url, {"version": version})


def history(record) -> list:
    rows = list(record.history.select_related("history_user").order_by("-history_date", "-history_id"))
    return entries(rows)


@pytest.fixture
def initiative(staff):
    """An initiative that staff has made and changed twice, with its targets."""
    area = InitiativeAreaFactory(name="Prøveområdet")
    first, second = (ResultTargetFactory(area=area, text=f"At nå {n}.") for n in ("et", "to"))
    send(staff, "/indsatser/opret/", title="Kor på torvet", area=str(area.pk), targets=[str(first.pk)])
    made = Initiative.objects.get(title="Kor på torvet")
    edit = f"{made.get_absolute_url()}rediger/"
    send(staff, edit, title="Sang på torvet", targets=[str(first.pk), str(second.pk)], summary="Alle synger.")
    send(staff, edit, title="Fællessang", targets=[str(second.pk)], description="Hver fredag.")
    made.refresh_from_db()
    return made


def test_the_history_offers_every_version_but_the_one_that_is(staff, initiative):
    assert len(versions(staff, initiative)) == 2
    assert [entry.kind for entry in history(initiative)] == ["Ændret", "Ændret", "Oprettet"]


def test_the_page_says_field_by_field_what_would_change_and_changes_nothing(staff, initiative):
    second, first = versions(staff, initiative)
    response = staff.get(second)
    assert heading(response) == "Gå tilbage til en tidligere udgave"
    assert proposal(response) == {
        "Titel": ("Fællessang", "Sang på torvet"),
        "Beskrivelse": ("Hver fredag.", "–"),
        "Resultatmål": ("At nå to.", "At nå et., At nå to."),
    }
    assert proposal(staff.get(first)) == {
        "Titel": ("Fællessang", "Kor på torvet"),
        "Resumé": ("Alle synger.", "–"),
        "Beskrivelse": ("Hver fredag.", "–"),
        "Resultatmål": ("At nå to.", "At nå et."),
    }
    initiative.refresh_from_db()
    assert (initiative.title, initiative.version) == ("Fællessang", 3)


def test_taking_back_puts_fields_and_targets_back_as_one_new_entry(staff, cast, initiative):
    first = versions(staff, initiative)[-1]
    was = history(initiative)[-1].when
    response = take_back(staff, first)
    assert response.status_code == 302
    assert response.url == initiative.get_absolute_url()
    assert notices(staff.get(response.url)) == ["“Kor på torvet” er sat tilbage."]
    initiative.refresh_from_db()
    assert (initiative.title, initiative.summary, initiative.description, initiative.version) == (
        "Kor på torvet", "", "", 4,
    )  # fmt: skip
    assert [target.text for target in initiative.targets.all()] == ["At nå et."]

    newest, *older = history(initiative)
    assert [entry.kind for entry in older] == ["Ændret", "Ændret", "Oprettet"]
    assert (newest.kind, newest.who) == ("Ændret", "staff")
    assert was <= newest.taken_back_to <= was + timedelta(seconds=5)
    assert [(change.label, change.old, change.new) for change in newest.changes] == [
        ("Titel", "Fællessang", "Kor på torvet"),
        ("Resumé", "Alle synger.", "–"),
        ("Beskrivelse", "Hver fredag.", "–"),
        ("Resultatmål", "At nå to.", "At nå et."),
    ]
    assert "Taget tilbage til udgaven fra" in text(parse(staff.get(f"{initiative.get_absolute_url()}historik/")))

    take_back(staff, versions(staff, initiative)[0])  # and what was taken back is taken back
    initiative.refresh_from_db()
    assert (initiative.title, initiative.description) == ("Fællessang", "Hver fredag.")
    assert [target.text for target in initiative.targets.all()] == ["At nå to."]


def test_a_save_in_the_meantime_is_told_and_not_overwritten(staff, log_in, cast, initiative):
    _second, first = versions(staff, initiative)
    admin = log_in(cast.admin)
    send(admin, f"{initiative.get_absolute_url()}rediger/", title="Kanon på torvet")
    response = staff.post(first, {"version": "3"})
    assert response.status_code == 409
    (notice,) = notices(response)
    assert notice.startswith("admin har gemt i mellemtiden")
    assert notice.endswith("Der er ikke ændret noget endnu. Herunder kan du se, hvad der ville blive ændret nu.")
    assert proposal(response)["Titel"] == ("Kanon på torvet", "Kor på torvet")
    initiative.refresh_from_db()
    assert (initiative.title, initiative.version) == ("Kanon på torvet", 4)

    take_back(staff, first)
    initiative.refresh_from_db()
    assert (initiative.title, initiative.version) == ("Kor på torvet", 5)


@pytest.mark.parametrize("version", ["", "0", "-1", "2", "x", "³", "99999999999999999999"])
def test_a_version_that_nobody_saw_changes_nothing(staff, initiative, version):
    response = staff.post(versions(staff, initiative)[1], {"version": version})
    assert response.status_code == 409
    initiative.refresh_from_db()
    assert (initiative.title, initiative.version) == ("Fællessang", 3)


def problems(response) -> list[str]:
    return [text(line) for each in all_of_class(parse(response), "notice-error") for line in each.iter("li")]


def refused(client, url: str, record) -> list[str]:
    """What stands in the way: said before anybody presses the button, and again to one who sends it all the same."""
    shown = problems(client.get(url))
    response = client.post(url, {"version": str(record.version)})
    assert response.status_code == 409
    assert problems(response) == shown
    assert "Gå tilbage til denne udgave" not in [text(button) for button in parse(response).iter("button")]
    before = record.version
    record.refresh_from_db()
    assert record.version == before
    return shown


def test_a_title_that_is_taken_by_now(staff, initiative):
    InitiativeFactory(area=initiative.area, title="Kor på torvet")
    assert refused(staff, versions(staff, initiative)[1], initiative) == [
        "Området har allerede en indsats med den titel."
    ]
    assert initiative.title == "Fællessang"


def test_a_position_that_is_taken_by_now(staff):
    area = InitiativeAreaFactory(position=7)
    send(staff, f"{area.get_absolute_url()}rediger/", position="8")
    InitiativeAreaFactory(position=7)
    area.refresh_from_db()
    assert refused(staff, versions(staff, area)[0], area) == [
        "Der er allerede et indsatsområde på den plads. Vælg en anden."
    ]
    assert InitiativeArea.objects.get(pk=area.pk).position == 8


def test_an_area_that_has_been_deleted_since(staff, initiative):
    old = initiative.area
    send(staff, f"{initiative.get_absolute_url()}rediger/", area=str(InitiativeAreaFactory().pk), targets=[])
    for record in [*old.targets.all(), old]:
        record.delete()
    initiative.refresh_from_db()
    assert refused(staff, versions(staff, initiative)[0], initiative) == [
        "Indsatsområde: det, der stod her, er slettet siden."
    ]


def test_a_manager_and_a_target_deleted_since_do_not_come_along(staff, initiative):
    person = PersonFactory(name="Karla Korleder")
    edit = f"{initiative.get_absolute_url()}rediger/"
    send(staff, edit, manager=str(person.pk))
    send(staff, edit, manager="", targets=[])
    person.delete()
    ResultTarget.objects.get(text="At nå to.").delete()
    url = versions(staff, initiative)[0]
    assert proposal(staff.get(url)) == {}
    page = staff.get(url)
    notes = [text(each) for each in all_of_class(parse(page), "note")]
    assert "Tovholder: det, der er slettet siden, kommer ikke med." in notes
    assert "Resultatmål: det, der er slettet siden, kommer ikke med." in notes
    assert "Intet: alt er, som det var dengang." in text(parse(page))


def test_an_agreement(staff):
    agreement = AgreementFactory(name="Aftalen 2025", mission="At samle.", stated_member_count=9)
    send(
        staff, f"{agreement.get_absolute_url()}rediger/",
        name="Aftalen 2025-2028", status="signed", stated_member_count="", starts_on="01-02-2025",
    )  # fmt: skip
    url = versions(staff, agreement)[0]
    assert proposal(staff.get(url)) == {
        "Navn": ("Aftalen 2025-2028", "Aftalen 2025"),
        "Status": ("Underskrevet", "Udkast"),
        "Begynder": ("1. februar 2025", "1. januar 2025"),
        "Oplyst antal medlemmer": ("–", "9"),
    }
    take_back(staff, url)
    taken = Agreement.objects.get(pk=agreement.pk)
    assert (taken.name, taken.status, f"{taken.starts_on}", taken.stated_member_count, taken.mission) == (
        "Aftalen 2025", "draft", "2025-01-01", 9, "At samle.",
    )  # fmt: skip


def test_a_memo(staff, log_in, cast):
    memo = MemoFactory()
    edit = f"{memo.get_absolute_url()}rediger/"
    send(staff, edit, opening_included="on", opening="Kære udvalg")
    send(staff, edit, opening="Hej", case_officer="Karla")
    url = versions(staff, memo)[0]
    take_back(staff, url)
    taken = Memo.objects.get(pk=memo.pk)
    assert (taken.opening_included, taken.opening, taken.case_officer) == (True, "Kære udvalg", "Henning Elmelund")
    assert log_in(cast.chair).get(url).status_code == 404


def test_a_place_among_siblings_is_moved_back_to(staff):
    agreement = AgreementFactory()
    _first, _second, third = (PurposeFactory(agreement=agreement, position=n, text=f"At {n}") for n in (1, 2, 3))
    for _step in range(2):
        staff.post(f"{third.get_absolute_url()}flyt/", {"op": ""})
    assert [each.text for each in agreement.purposes.all()] == ["At 3", "At 1", "At 2"]
    _first_step, made = versions(staff, third)
    assert proposal(staff.get(made)) == {"Plads": ("1", "3")}
    take_back(staff, made)
    assert [(each.position, each.text) for each in agreement.purposes.all()] == [(1, "At 1"), (2, "At 2"), (3, "At 3")]


def test_a_file_that_is_gone(staff, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    document = Document(culture_region=kulturmetropolen(), title="Bilag")
    document.file.save("gammel.pdf", ContentFile(b"gammel"))
    old = document.file.path
    document.file.save("ny.pdf", ContentFile(b"ny"))
    page = f"/dokumenter/{document.pk}/historik/{document.history.earliest().pk}/"
    assert problems(staff.get(page)) == []
    (tmp_path / old).unlink()
    assert refused(staff, page, document) == ["Fil: filen findes ikke længere."]


@pytest.mark.parametrize(
    ("who", "page", "button"),
    [
        ("admin", 200, 2),
        ("chair", 403, 0),
        ("culture_head", 403, 0),
        ("former_chair", 404, None),
        ("outsider", 404, None),
    ],
)
def test_only_editors_take_back(log_in, cast, staff, initiative, who, page, button):
    url = versions(staff, initiative)[0]
    client = log_in(getattr(cast, who))
    assert client.get(url).status_code == page
    assert client.post(url, {"version": "3"}).status_code == (302 if page == 200 else page)
    if button is None:
        assert client.get(f"{initiative.get_absolute_url()}historik/").status_code == 404
    else:
        assert bool(versions(client, initiative)) == bool(button)


def test_a_row_of_another_record_or_of_a_deletion_is_not_found(staff, initiative):
    other = InitiativeFactory()
    history_page = f"{initiative.get_absolute_url()}historik/"
    assert staff.get(f"{history_page}{other.history.latest().pk}/").status_code == 404
    assert staff.get(f"{history_page}999999/").status_code == 404
    key = initiative.pk
    initiative.delete()
    deleted = Initiative.history.filter(id=key).latest()
    assert deleted.history_type == "-"
    staff.post(f"/indsatser/slettede/{deleted.pk}/")
    assert staff.get(history_page).status_code == 200
    assert staff.get(f"{history_page}{deleted.pk}/").status_code == 404
    assert len(versions(staff, Initiative.objects.get(pk=key))) == 3


def test_the_page_asks_no_more_queries_for_more_targets(staff, initiative, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(url):
        staff.get(url)
        with CaptureQueriesContext(connection) as captured:
            staff.get(url)
        return len(captured)

    few = queries(versions(staff, initiative)[0])
    many = [ResultTargetFactory(area=initiative.area) for _n in range(20)]
    edit = f"{initiative.get_absolute_url()}rediger/"
    send(staff, edit, targets=[str(each.pk) for each in many])
    send(staff, edit, targets=[str(many[0].pk)], title="Meget andet", description="x")
    assert queries(versions(staff, initiative)[0]) == few
    assert form_data(staff.get(edit))["title"] == "Meget andet"
