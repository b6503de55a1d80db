"""What became of a record: its history in words, deleting it, and bringing it back."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.models import Agreement, Body, Meeting, MeetingDelegate, Membership, Person, Purpose
from initiatives.models import Initiative, InitiativeArea, ResultTarget
from tests.factories import (
    AgreementFactory,
    CommitteeFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    MeetingFactory,
    MembershipFactory,
    MemoFactory,
    PersonFactory,
    PurposeFactory,
    ResultTargetFactory,
    municipality,
    the_agreement,
)
from tests.factories.outreach import MeasureFactory, OpenQuestionFactory
from tests.pages import all_of_class, heading, notices, parse, send, text


def entries(response) -> list[tuple]:
    """The lines of a history, newest first: what was done, by whom, and each field before and after."""
    found = []
    for line in parse(response).iterfind(".//ol[@class='rows']/li"):
        who = text(all_of_class(line, "note")[0]).rpartition(" · ")[2]
        labels, values = ([text(each) for each in line.iter(tag)] for tag in ("dt", "dd"))
        found.append((text(next(line.iter("strong"))), who, dict(zip(labels, values, strict=True))))
    return found


def deleted(client, url: str) -> list[str]:
    """What the list of deleted records names."""
    lines = parse(client.get(url)).iterfind(".//ul[@class='rows']/li/div")
    return [text(line.findall("p")[0]) for line in lines]


def bring_back(client, url: str, number: int = 0):
    """Presses a button of the list of deleted records, and follows to where it leads."""
    forms = parse(client.get(url)).findall(".//ul[@class='rows']//form")
    return client.post(forms[number].get("action"), follow=True)


def test_every_change_is_told_in_words(staff, log_in, cast):
    area = InitiativeArea.objects.get(name="Ungeindsatsen")
    first, second, third = area.targets.all()[:3]
    manager = PersonFactory(name="Åse Østergård")
    new = f"/indsatser/opret/?omraade={area.pk}"
    send(staff, new, title="Sommerkor", starts_on="01-06-2021", targets=[str(first.pk), str(second.pk)])
    initiative = Initiative.objects.get(title="Sommerkor")
    url = f"/indsatser/{initiative.pk}/"
    changes = {
        "title": "Vinterkor",
        "status": "paused",
        "status_reason": "Sne",
        "starts_on": "01-12-2021",
        "manager": str(manager.pk),
        "targets": [str(second.pk), str(third.pk)],
    }
    send(log_in(cast.admin), f"{url}rediger/", **changes)
    send(staff, f"{url}rediger/", manager="", targets=[])
    assert entries(staff.get(f"{url}historik/")) == [
        ("Ændret", "staff", {"Tovholder": "Åse Østergård → –", "Resultatmål": f"{second}, {third} → –"}),
        (
            "Ændret",
            "admin",
            {
                "Titel": "Sommerkor → Vinterkor",
                "Status": "Planlagt → På pause",
                "Begrundelse for status": "– → Sne",
                "Begynder": "1. juni 2021 → 1. december 2021",
                "Tovholder": "– → Åse Østergård",
                "Resultatmål": f"{first}, {second} → {second}, {third}",
            },
        ),
        ("Oprettet", "staff", {}),
    ]


def test_what_the_loader_made_is_made_by_the_system(staff):
    purpose = Purpose.objects.get(position=1)
    assert entries(staff.get(f"/formaal/{purpose.pk}/historik/")) == [("Oprettet", "Systemet", {})]


def test_a_move_and_a_choice_of_yes_or_no_are_told(staff):
    purpose = Purpose.objects.get(position=1)
    staff.post(f"/formaal/{purpose.pk}/flyt/", {"ned": ""})
    assert entries(staff.get(f"/formaal/{purpose.pk}/historik/"))[0] == ("Ændret", "staff", {"Plads": "1 → 2"})
    membership = Membership.objects.get(municipality__name="Køge")
    send(staff, f"/medlemskaber/{membership.pk}/rediger/", continues="on")
    assert entries(staff.get(f"/medlemskaber/{membership.pk}/historik/"))[0] == (
        "Ændret",
        "staff",
        {"Fortsætter fra den forrige aftale": "Nej → Ja"},
    )


def test_what_was_deleted_since_is_called_so(staff):
    initiative, manager = InitiativeFactory(), PersonFactory(name="Åse Østergård")
    url = f"/indsatser/{initiative.pk}/"
    send(staff, f"{url}rediger/", manager=str(manager.pk))
    send(staff, f"{url}rediger/", manager="")
    staff.post(f"/personer/{manager.pk}/slet/")
    assert [changes for _kind, _who, changes in entries(staff.get(f"{url}historik/"))] == [
        {"Tovholder": "slettet → –"},
        {"Tovholder": "– → slettet"},
        {},
    ]


def test_a_long_history_has_pages(staff):
    person = PersonFactory(name="Navn 0")
    for number in range(1, 31):
        send(staff, f"/personer/{person.pk}/rediger/", name=f"Navn {number}")
    url = f"/personer/{person.pk}/historik/"
    first, second = entries(staff.get(url)), entries(staff.get(f"{url}?side=2"))
    assert [changes.get("Navn") for _kind, _who, changes in first] == [
        f"Navn {number - 1} → Navn {number}" for number in range(30, 5, -1)
    ]
    assert [(kind, changes.get("Navn")) for kind, _who, changes in second] == [
        *[("Ændret", f"Navn {number - 1} → Navn {number}") for number in range(5, 0, -1)],
        ("Oprettet", None),
    ]


def test_a_history_costs_the_same_queries_however_long_it_is(staff):
    area = InitiativeArea.objects.get(name="Musikindsatsen")
    targets = [str(each.pk) for each in area.targets.all()]
    initiative = InitiativeFactory(area=area)

    def change(number):
        manager = PersonFactory()
        chosen = targets[number % 5 :] if number % 2 else targets[: number % 5]
        send(staff, f"/indsatser/{initiative.pk}/rediger/", manager=str(manager.pk), targets=chosen)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            staff.get(f"/indsatser/{initiative.pk}/historik/")
        return len(captured)

    change(1)
    change(2)
    few = queries()
    for number in range(3, 8):
        change(number)
    assert queries() == few


def test_deleting_asks_first(staff):
    person = PersonFactory(name="Åse Østergård")
    page = staff.get(f"/personer/{person.pk}/slet/")
    assert heading(page) == "Slet person?"
    assert text(parse(page).find(".//p[@class='lead']")) == "Åse Østergård"
    assert Person.objects.filter(pk=person.pk).exists()


def test_a_deleted_initiative_comes_back_with_all_it_had(staff):
    area = InitiativeArea.objects.get(name="Musikindsatsen")
    targets = list(area.targets.all()[1:3])
    initiative = InitiativeFactory(area=area, title="Sommerkor", status="paused", status_reason="Sne")
    initiative.targets.set(targets)
    before = Initiative.objects.values().get(pk=initiative.pk)
    response = staff.post(f"/indsatser/{initiative.pk}/slet/", follow=True)
    assert notices(response) == ["“Sommerkor” er slettet. Du kan hente det tilbage herunder."]
    assert heading(response) == "Slettede: indsatser"
    assert staff.get(f"/indsatser/{initiative.pk}/").status_code == 404
    assert deleted(staff, "/indsatser/slettede/") == ["Sommerkor"]

    response = bring_back(staff, "/indsatser/slettede/")
    assert notices(response) == ["“Sommerkor” er hentet tilbage."]
    assert response.redirect_chain == [(f"/indsatser/{initiative.pk}/", 302)]
    assert Initiative.objects.values().get(pk=initiative.pk) == before
    assert list(initiative.targets.all()) == targets
    assert deleted(staff, "/indsatser/slettede/") == []


def test_a_target_that_is_gone_stays_gone(staff):
    area = InitiativeAreaFactory()
    initiative, kept, gone = (
        InitiativeFactory(area=area),
        ResultTargetFactory(area=area),
        ResultTargetFactory(area=area),
    )
    initiative.targets.set([kept, gone])
    staff.post(f"/indsatser/{initiative.pk}/slet/")
    staff.post(f"/resultatmaal/{gone.pk}/slet/")
    bring_back(staff, "/indsatser/slettede/")
    assert list(initiative.targets.all()) == [kept]


def test_a_purpose_comes_back_in_the_last_place(staff):
    third = Purpose.objects.get(position=3)
    staff.post(f"/formaal/{third.pk}/slet/")
    PurposeFactory(position=9, text="At komme til")
    bring_back(staff, "/formaal/slettede/")
    third.refresh_from_db()
    assert (third.position, third.text) == (10, "At styrke samarbejdet mellem kommuner og stat")


def test_a_record_deleted_twice_is_listed_once_as_it_was_last(staff):
    person = PersonFactory(name="Åse")
    for name in ("Åse Østergård", "Åse Ærø"):
        send(staff, f"/personer/{person.pk}/rediger/", name=name)
        staff.post(f"/personer/{person.pk}/slet/")
        assert deleted(staff, "/personer/slettede/") == [name]
        bring_back(staff, "/personer/slettede/")
    assert Person.objects.get(pk=person.pk).name == "Åse Ærø"
    assert [kind for kind, _who, _changes in entries(staff.get(f"/personer/{person.pk}/historik/"))] == [
        *["Oprettet", "Slettet", "Ændret"] * 2,
        "Oprettet",
    ]


@pytest.mark.parametrize(
    ("make", "url", "holder"),
    [
        (lambda: the_agreement(), "aftaler", "formål “At understøtte kommuners engagement”"),
        (lambda: InitiativeArea.objects.get(position=2), "indsatsomraader", "indsats “Hun spiller”"),
        (
            lambda: Body.objects.get(name="Politisk styregruppe"),
            "organer",
            "møde “Politisk styregruppe, 12. december 2019”",
        ),
        (
            lambda: Meeting.objects.get(held_on=date(2020, 11, 20)),
            "moeder",
            "mødedeltager “formanden – Kultur- og Fritidsudvalget, Rødovre”",
        ),
        (lambda: Person.objects.get(name="chair"), "personer", "post “chair, Formand”"),
        (lambda: InitiativeFactory(manager=PersonFactory()).manager, "personer", None),
    ],
)
def test_what_others_belong_to_stays(staff, make, url, holder):
    record = make()
    response = staff.post(f"/{url}/{record.pk}/slet/")
    assert response.status_code == 409
    (notice,) = notices(response)
    assert notice.startswith("Det kan ikke slettes: noget hører til det ")
    assert notice.endswith(" Flyt eller slet dem først.")
    holder = holder or f"indsats “{record.managed_initiatives.get()}”"
    assert holder in [text(line) for line in parse(response).iterfind(".//main//li")]
    assert type(record).objects.filter(pk=record.pk).exists()


@pytest.mark.parametrize(
    ("make", "again", "url", "message"),
    [
        (
            lambda: InitiativeFactory(title="Kor"),
            lambda: InitiativeFactory(title="Kor"),
            "indsatser",
            "“Kor” kan ikke hentes tilbage: Området har allerede en indsats med den titel.",
        ),
        (
            lambda: AgreementFactory(name="Aftalen"),
            lambda: AgreementFactory(name="Aftalen"),
            "aftaler",
            "“Aftalen” kan ikke hentes tilbage: Kulturregionen har allerede en aftale med det navn.",
        ),
        (
            lambda: InitiativeAreaFactory(name="Ordene", position=4),
            lambda: InitiativeAreaFactory(name="Bøgerne", position=4),
            "indsatsomraader",
            "“Ordene” kan ikke hentes tilbage: Der er allerede et indsatsområde på den plads. Vælg en anden.",
        ),
        (
            lambda: Membership.objects.get(municipality__name="Køge"),
            lambda: MembershipFactory(municipality=municipality("Køge")),
            "medlemskaber",
            "“Køge, Kulturmetropolen 2021-2024” kan ikke hentes tilbage: Kommunen er allerede medlem af denne aftale.",
        ),
    ],
)
def test_what_has_been_replaced_does_not_come_back(staff, make, again, url, message):
    record = make()
    staff.post(f"/{url}/{record.pk}/slet/")
    again()
    response = bring_back(staff, f"/{url}/slettede/")
    assert notices(response) == [message]
    assert heading(response) == f"Slettede: {record._meta.verbose_name_plural}"
    assert not type(record).objects.filter(pk=record.pk).exists()


def test_an_initiative_waits_for_its_manager_to_come_back(staff):
    initiative = InitiativeFactory(title="Kor", manager=PersonFactory(name="Åse"))
    manager = initiative.manager
    staff.post(f"/indsatser/{initiative.pk}/slet/")
    staff.post(f"/personer/{manager.pk}/slet/")
    response = bring_back(staff, "/indsatser/slettede/")
    (notice,) = notices(response)
    assert notice.startswith("“Kor” kan ikke hentes tilbage: ")
    bring_back(staff, "/personer/slettede/")
    bring_back(staff, "/indsatser/slettede/")
    assert Initiative.objects.get(pk=initiative.pk).manager == manager


def test_a_list_of_deleted_records_stands_when_what_they_are_named_by_is_deleted_too(staff):
    delegate = MeetingDelegate.objects.get()
    committee = CommitteeFactory()
    MeetingDelegate.objects.filter(pk=delegate.pk).update(committee=committee)
    staff.post(f"/moededeltagere/{delegate.pk}/slet/")
    staff.post(f"/organer/{committee.pk}/slet/")
    assert deleted(staff, "/moededeltagere/slettede/") == [f"mødedeltager {delegate.pk}"]
    (notice,) = notices(bring_back(staff, "/moededeltagere/slettede/"))
    assert notice.startswith(f"“mødedeltager {delegate.pk}” kan ikke hentes tilbage: ")


def test_what_belonged_to_a_deleted_record_waits_for_it(staff):
    target = ResultTargetFactory(area=InitiativeAreaFactory(name="Ordene"), text="At læse højt.")
    staff.post(f"/resultatmaal/{target.pk}/slet/")
    staff.post(f"/indsatsomraader/{target.area.pk}/slet/")
    assert deleted(staff, "/resultatmaal/slettede/") == []
    bring_back(staff, "/indsatsomraader/slettede/")
    assert deleted(staff, "/resultatmaal/slettede/") == ["At læse højt."]
    bring_back(staff, "/resultatmaal/slettede/")
    assert ResultTarget.objects.get(pk=target.pk).area.name == "Ordene"


def test_deleted_records_are_brought_back_once_and_by_post_alone(staff):
    person = PersonFactory(name="Åse")
    staff.post(f"/personer/{person.pk}/slet/")
    action = parse(staff.get("/personer/slettede/")).find(".//ul[@class='rows']//form").get("action")
    assert re.fullmatch(r"/personer/slettede/\d+/", action)
    assert staff.get(action).status_code == 405
    assert staff.post("/personer/slettede/").status_code == 405
    assert staff.post(action).status_code == 302
    assert staff.post(action).status_code == 404
    assert Person.objects.filter(name="Åse").count() == 1


DELETABLE = {
    "/moeder/slettede/": lambda: MeetingFactory(body=CommitteeFactory()),
    "/moededeltagere/slettede/": lambda: MeetingDelegate.objects.create(
        meeting=MeetingFactory(held_on=date(2021, 5, 5)), committee=CommitteeFactory()
    ),
    "/medlemskaber/slettede/": lambda: MembershipFactory(agreement=AgreementFactory()),
    "/organer/slettede/": CommitteeFactory,
    "/indsatser/slettede/": lambda: InitiativeFactory(manager=PersonFactory()),
    "/notater/slettede/": lambda: MemoFactory(committee=CommitteeFactory()),
    "/tiltag/slettede/": MeasureFactory,
    "/tiltag/spoergsmaal/slettede/": OpenQuestionFactory,
}


@pytest.mark.parametrize("url", DELETABLE)
def test_a_list_of_deleted_records_costs_the_same_queries_however_long_it_is(staff, url):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            response = staff.get(url)
        return len(captured), len(response.context["rows"])

    DELETABLE[url]().delete()
    few, one = queries()
    for _n in range(9):
        DELETABLE[url]().delete()
    assert (one, queries()) == (1, (few, 10))


def test_another_regions_deleted_records_are_not_listed(log_in, cast, staff):
    person = PersonFactory(name="Åse")
    staff.post(f"/personer/{person.pk}/slet/")
    action = parse(staff.get("/personer/slettede/")).find(".//ul[@class='rows']//form").get("action")
    outsider = log_in(cast.outsider)
    assert deleted(outsider, "/personer/slettede/") == []
    assert outsider.post(action).status_code == 404
    assert not Person.objects.filter(name="Åse").exists()
    assert Agreement.objects.count() == 1
