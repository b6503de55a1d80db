"""Two editors of one record: the second is shown both versions, field by field, and gets exactly what they choose."""

from datetime import date, time

import pytest

from agreements.models import Agreement, Meeting, Membership, Person
from initiatives.models import Initiative, InitiativeArea
from tests.factories import PersonFactory, the_agreement
from tests.pages import all_of_class, errors, form_data, parse, send, text


def versions(response) -> dict[str, tuple[str, ...]]:
    """By field: my version, theirs, and which of them is proposed."""
    found = {}
    for fieldset in parse(response).iter("fieldset"):
        for row in all_of_class(fieldset, "versions"):
            words = [text(label).removeprefix(text(label.find("strong"))).strip() for label in row.iter("label")]
            (proposed,) = (radio.get("value") for radio in row.iter("input") if "checked" in radio.attrib)
            found[text(fieldset.find("legend"))] = (*words, proposed)
    return found


@pytest.fixture
def area(db):
    return InitiativeArea.objects.get(name="Ungeindsatsen")


@pytest.fixture
def targets(area):
    return [str(pk) for pk in area.targets.values_list("pk", flat=True)]


@pytest.fixture
def url(area, targets) -> str:
    initiative = Initiative.objects.create(
        area=area, title="Kor", summary="Fælles sang", status="running", starts_on=date(2021, 1, 1)
    )
    initiative.targets.set(targets[:1])
    return f"/indsatser/{initiative.pk}/rediger/"


@pytest.fixture
def admin(log_in, cast):
    return log_in(cast.admin)


def saved(url: str) -> dict:
    initiative = Initiative.objects.get(pk=url.split("/")[2])
    fields = ("title", "summary", "status", "status_reason", "starts_on", "manager")
    return {name: getattr(initiative, name) for name in fields} | {
        "targets": [str(target.pk) for target in initiative.targets.all()]
    }


@pytest.fixture
def conflict(staff, admin, url, targets):
    """Staff and admin opened the same version; admin saved first, then staff sends what they typed."""
    manager = PersonFactory(name="Åse Østergård")
    opened = form_data(staff.get(url))
    theirs = {
        "title": "Korsang",
        "status": "paused",
        "status_reason": "Sne",
        "starts_on": "01-03-2021",
        "targets": targets[2:],
        "manager": str(manager.pk),
    }
    assert send(admin, url, **theirs).status_code == 302
    mine = {"title": "Kormusik", "status": "completed", "starts_on": "01-02-2021", "targets": targets[:2]}
    return staff.post(url, opened | mine)


def choose(data: dict, **choices: str) -> dict:
    return data | {f"choose-{name}": choice for name, choice in choices.items()}


def test_the_second_is_shown_both_versions(conflict, area, url):
    assert conflict.status_code == 409
    titles = [text(title) for notice in all_of_class(parse(conflict), "notice-warning") for title in notice.iter("h2")]
    assert [title.partition(" (")[0] for title in titles] == ["admin har gemt, mens du skrev"]
    first, second, third, fourth = area.targets.all()
    assert versions(conflict) == {
        "Titel": ("Kormusik", "Korsang", "mine"),
        "Resultatmål": (f"{first}, {second}", f"{third}, {fourth}", "mine"),
        "Status": ("Gennemført", "På pause", "mine"),
        "Begrundelse for status": ("–", "Sne", "theirs"),
        "Begynder": ("1. februar 2021", "1. marts 2021", "mine"),
        "Tovholder": ("–", "Åse Østergård", "theirs"),
    }
    assert saved(url)["title"] == "Korsang"


def test_what_is_proposed_keeps_both_editors_work(conflict, staff, url, targets):
    assert staff.post(url, form_data(conflict)).status_code == 302
    assert saved(url) == {
        "title": "Kormusik",
        "summary": "Fælles sang",
        "status": "completed",
        "status_reason": "Sne",
        "starts_on": date(2021, 2, 1),
        "manager": Person.objects.get(name="Åse Østergård"),
        "targets": targets[:2],
    }


MINE = {
    "title": "Kormusik",
    "status": "completed",
    "status_reason": "",
    "starts_on": date(2021, 2, 1),
    "manager": None,
}
THEIRS = {"title": "Korsang", "status": "paused", "status_reason": "Sne", "starts_on": date(2021, 3, 1)}
FIELDS = ["title", "status", "status_reason", "starts_on", "manager", "targets"]


@pytest.mark.parametrize("theirs", [[], *[[name] for name in FIELDS if name != "status"], FIELDS])
def test_each_field_becomes_what_was_chosen(conflict, staff, url, targets, theirs):
    choices = {name: "theirs" if name in theirs else "mine" for name in FIELDS}
    assert staff.post(url, choose(form_data(conflict), **choices)).status_code == 302
    mine = MINE | {"targets": targets[:2]}
    others = THEIRS | {"targets": targets[2:], "manager": Person.objects.get(name="Åse Østergård")}
    assert saved(url) == {"summary": "Fælles sang"} | {
        name: (others if name in theirs else mine)[name] for name in FIELDS
    }


def test_choices_that_do_not_fit_together_are_refused_and_nothing_is_lost(conflict, staff, url):
    data = choose(form_data(conflict), status="theirs", status_reason="mine")
    response = staff.post(url, data)
    assert errors(response) == ["Skriv, hvorfor indsatsen er på pause eller aflyst."]
    again = form_data(response)
    assert (again["title"], again["status"], again["starts_on"]) == ("Kormusik", "paused", "01-02-2021")
    assert staff.post(url, again | {"status_reason": "Is"}).status_code == 302
    assert (saved(url)["status"], saved(url)["status_reason"]) == ("paused", "Is")


def test_a_third_editor_in_between_is_met_as_well(conflict, staff, admin, url):
    send(admin, url, title="Korsang på Ærø")
    response = staff.post(url, choose(form_data(conflict), title="mine"))
    assert response.status_code == 409
    assert versions(response)["Titel"] == ("Kormusik", "Korsang på Ærø", "mine")
    assert staff.post(url, choose(form_data(response), title="theirs")).status_code == 302
    assert saved(url)["title"] == "Korsang på Ærø"


def test_the_same_words_are_no_conflict(staff, admin, url):
    opened = form_data(staff.get(url))
    send(admin, url, title="Korsang")
    response = staff.post(url, opened | {"title": "Korsang"})
    assert response.status_code == 409
    assert "I har skrevet det samme. Gem en gang til for en sikkerheds skyld." in response.content.decode()
    assert versions(response) == {}
    assert staff.post(url, form_data(response)).status_code == 302


def test_an_untouched_field_proposes_theirs(staff, admin, url, targets):
    opened = form_data(staff.get(url))
    send(admin, url, summary="Vi synger", targets=targets[3:], starts_on="")
    response = staff.post(url, opened | {"title": "Korsang"})
    fourth = Initiative.objects.get(title="Kor").targets.get()
    first = fourth.area.targets.first()
    assert versions(response) == {
        "Titel": ("Korsang", "Kor", "mine"),
        "Resumé": ("Fælles sang", "Vi synger", "theirs"),
        "Resultatmål": (str(first), str(fourth), "theirs"),
        "Begynder": ("1. januar 2021", "–", "theirs"),
    }
    staff.post(url, form_data(response))
    assert saved(url)["title"] == "Korsang"
    assert (saved(url)["summary"], saved(url)["starts_on"], saved(url)["targets"]) == ("Vi synger", None, targets[3:])


def test_line_breaks_alone_are_no_conflict(staff, admin, url):
    Initiative.objects.filter(title="Kor").update(description="En\nto")
    opened = form_data(staff.get(url))
    send(admin, url, summary="Vi synger")
    assert list(versions(staff.post(url, opened))) == ["Resumé"]


def test_a_manager_who_was_deleted_in_between_is_no_choice(staff, admin, url):
    manager = PersonFactory(name="Bo")
    send(admin, url, manager=str(manager.pk))
    opened = form_data(staff.get(url))
    send(admin, url, manager="")
    admin.post(f"/personer/{manager.pk}/slet/")
    response = staff.post(url, opened | {"title": "Korsang"})
    assert errors(response) == [
        "Tovholder: Marker en gyldig valgmulighed. "
        "Det valg, du har foretaget, er ikke blandt de tilgængelige valgmuligheder."
    ]
    assert form_data(response)["title"] == "Korsang"
    assert saved(url)["title"] == "Kor"


@pytest.mark.parametrize("version", ["", "0", "99999999999999999999"])
def test_a_form_that_lost_its_version_overwrites_nothing(staff, url, version):
    response = staff.post(url, form_data(staff.get(url)) | {"title": "Korsang", "version": version})
    assert response.status_code == 409
    assert versions(response) == {"Titel": ("Korsang", "Kor", "mine")}
    assert saved(url)["title"] == "Kor"


def test_a_checkbox_is_chosen_as_well(staff, admin):
    membership = Membership.objects.get(municipality__name="Køge")
    url = f"/medlemskaber/{membership.pk}/rediger/"
    opened = form_data(staff.get(url))
    send(admin, url, continues="on", source="Protokol")
    response = staff.post(url, opened | {"source": "Referat"})
    assert versions(response) == {
        "Fortsætter fra den forrige aftale": ("Nej", "Ja", "theirs"),
        "Kilde": ("Referat", "Protokol", "mine"),
    }
    staff.post(url, form_data(response))
    membership.refresh_from_db()
    assert (membership.continues, membership.source) == (True, "Referat")


def test_an_unticked_box_may_stay_mine(staff, admin):
    membership = Membership.objects.get(municipality__name="Rødovre")
    url = f"/medlemskaber/{membership.pk}/rediger/"
    opened = {name: value for name, value in form_data(staff.get(url)).items() if name != "continues"}
    send(admin, url, source="Protokol")
    response = staff.post(url, opened)
    assert versions(response)["Fortsætter fra den forrige aftale"] == ("Nej", "Ja", "mine")
    staff.post(url, form_data(response))
    membership.refresh_from_db()
    assert (membership.continues, membership.source) == (False, "Protokol")


def test_a_time_and_a_nought_of_the_other_editor_arrive(staff, admin):
    meeting = Meeting.objects.get(held_on=date(2020, 11, 20))
    url = f"/moeder/{meeting.pk}/rediger/"
    opened = form_data(staff.get(url))
    send(admin, url, starts_at="19.30", place="Herlev")
    response = staff.post(url, opened | {"place": "Køge"})
    assert versions(response) == {"Klokkeslæt": ("–", "19.30", "theirs"), "Sted": ("Køge", "Herlev", "mine")}
    staff.post(url, form_data(response))
    meeting.refresh_from_db()
    assert (meeting.starts_at, meeting.place) == (time(19, 30), "Køge")

    agreement = the_agreement()
    url = f"/aftaler/{agreement.pk}/rediger/"
    opened = form_data(staff.get(url))
    send(admin, url, stated_member_count="0")
    staff.post(url, form_data(staff.post(url, opened | {"vision": "Ny"})))
    assert Agreement.objects.values_list("stated_member_count", "vision").get() == (0, "Ny")


def test_moving_a_row_is_no_conflict_with_writing_in_it(staff, admin):
    purpose = the_agreement().purposes.get(position=1)
    opened = form_data(staff.get(f"/formaal/{purpose.pk}/rediger/"))
    admin.post(f"/formaal/{purpose.pk}/flyt/", {"ned": ""})
    assert staff.post(f"/formaal/{purpose.pk}/rediger/", opened | {"text": "At samle"}).status_code == 302
    purpose.refresh_from_db()
    assert (purpose.position, purpose.text) == (2, "At samle")


def test_a_record_deleted_in_between_is_not_found(staff, admin, url):
    opened = form_data(staff.get(url))
    admin.post(url.replace("rediger", "slet"))
    assert staff.post(url, opened | {"title": "Korsang"}).status_code == 404
