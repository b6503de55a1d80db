"""What took place: entered quickly, listed, drawn as bars, and recorded by culture heads for their own municipality."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.models import Municipality, Post
from initiatives import charts
from initiatives.models import Activity, Initiative, Participation, TargetGroup
from tests.emptying import empty
from tests.factories import (
    AgreementFactory,
    CultureRegionFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    municipality,
)
from tests.factories.doing import ActivityFactory, ParticipationFactory, TargetGroupFactory
from tests.pages import all_of_class, errors, form_data, offered, parse, records, refused, send, text

REQUIRED = "Dette felt er påkrævet."
NEW = "/aktiviteter/opret/"


@pytest.fixture
def no_activities(db):
    empty(Activity)


@pytest.fixture
def scene(db) -> Initiative:
    return Initiative.objects.get(title="Ung Scene på Vestegnen")


def code_keys(*names: str) -> list[str]:
    return [str(municipality(name).pk) for name in names]


def typed(initiative, **values):
    return {
        "initiative": str(initiative.pk),
        "title": "Åben scene",
        "held_on": "6.11.2022",
        "municipalities": code_keys("Rødovre"),
    } | values


def test_an_activity_is_saved_as_it_was_typed(staff, scene):
    group = TargetGroup.objects.get(name="psykisk sårbare unge")
    response = send(
        staff,
        NEW,
        **typed(
            scene,
            place="Viften",
            attendance="84",
            municipalities=code_keys("Albertslund", "Rødovre"),
            target_groups=[str(group.pk)],
            note="Første\r\nanden",
        ),
    )
    activity = Activity.objects.get(place="Viften")
    assert response.url == f"/aktiviteter/{activity.pk}/"
    assert (activity.initiative, activity.title, activity.held_on, activity.attendance, activity.note) == (
        scene,
        "Åben scene",
        date(2022, 11, 6),
        84,
        "Første\nanden",
    )
    assert [each.name for each in activity.municipalities.all()] == ["Albertslund", "Rødovre"]
    assert list(activity.target_groups.all()) == [group]
    page = text(parse(staff.get(response.url)))
    assert "6. november 2022, Viften" in page
    assert "Psykisk sårbare unge" in page


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"title": ""}, f"Titel: {REQUIRED}"),
        ({"title": "Ø" * 151}, "Titel: Teksten er på 151 tegn; der er plads til 150. Gør den kortere."),
        (
            {"held_on": "31-02-2022"},
            "Dato: Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020.",
        ),
        ({"municipalities": []}, f"Kommuner: {REQUIRED}"),
        ({"attendance": "-1"}, "Deltagere: Denne værdi skal være større end eller lig 0."),
        ({"attendance": "mange"}, "Deltagere: Indtast et heltal."),
    ],
)
def test_what_is_wrong_with_an_activity(staff, scene, values, message):
    before = Activity.objects.count()
    assert refused(staff, NEW, **typed(scene, **values)) == [message]
    assert Activity.objects.count() == before


def test_the_next_one_starts_with_the_same_initiative_place_date_and_municipalities(staff, scene):
    places = code_keys("Albertslund", "Rødovre")
    response = send(staff, NEW, **typed(scene, place="Viften", municipalities=places, attendance="12", ny=""))
    form = form_data(staff.get(response.url))
    kept = {name: form[name] for name in ("initiative", "held_on", "place", "municipalities", "title", "attendance")}
    assert kept == {
        "initiative": str(scene.pk),
        "held_on": "6.11.2022",
        "place": "Viften",
        "municipalities": places,
        "title": "",
        "attendance": "",
    }


@pytest.mark.parametrize(
    ("day", "proposed"),
    [
        ("", ["Køge", "Rødovre", "Roskilde"]),
        ("1-3-2022", ["Køge", "Rødovre"]),
        ("1-1-2021", ["Rødovre"]),
        ("engang", ["Køge", "Rødovre", "Roskilde"]),
    ],
)
def test_those_who_take_part_on_the_day_are_proposed(staff, day, proposed):
    initiative = InitiativeFactory()
    ParticipationFactory(initiative=initiative, municipality=municipality("Rødovre"))
    ParticipationFactory(initiative=initiative, municipality=municipality("Køge"), starts_on=date(2022, 3, 1))
    ParticipationFactory(initiative=initiative, municipality=municipality("Roskilde"), starts_on=date(2022, 3, 2))
    form = form_data(staff.get(f"{NEW}?indsats={initiative.pk}&dato={day}"))
    assert sorted(form["municipalities"]) == sorted(code_keys(*proposed))


def test_a_region_without_members_is_told_what_to_do_first(log_in, cast):
    (field,) = [
        each for each in parse(log_in(cast.outsider).get(NEW)).iter() if each.get("id") == "div_id_municipalities"
    ]
    assert "Ingen kommune er medlem endnu. Registrér medlemskaberne først." in text(field)


def test_the_six_target_groups_of_the_memo_are_there(staff):
    assert set(TargetGroup.objects.values_list("name", flat=True)) == {
        "unge, kvindelige skabende eller udøvende musikere",
        "unge af anden etnicitet end dansk",
        "psykisk sårbare unge",
        "unge musiktalenter, der savner tilbud og fællesskaber med ligesindede",
        "unge uden for kulturfællesskaberne",
        "borgere, hvis livskvalitet kulturelle tilbud kan øge, både fysisk, psykisk og socialt",
    }
    labels = [text(each) for each in parse(staff.get(NEW)).iter("label")]
    assert "Unge af anden etnicitet end dansk" in labels


class TestList:
    @pytest.fixture(autouse=True)
    def activities(self, no_activities, scene):
        kor = Initiative.objects.get(title="Syng dig stærk")
        group = TargetGroup.objects.get(name="psykisk sårbare unge")
        ActivityFactory(initiative=scene, title="Åben scene", held_on=date(2021, 3, 12), attendance=46, place="Viften")
        ActivityFactory(
            initiative=scene, title="Produktion", held_on=date(2022, 3, 19), places=["Albertslund", "Rødovre"]
        )
        last = ActivityFactory(
            initiative=kor, title="Kor", held_on=date(2022, 8, 24), attendance=30, places=["Halsnæs"]
        )
        last.target_groups.add(group)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["Kor", "Produktion", "Åben scene"]),
            ("sorter=dato", ["Åben scene", "Produktion", "Kor"]),
            ("sorter=titel", ["Kor", "Produktion", "Åben scene"]),
            ("sorter=-deltagere", ["Åben scene", "Kor", "Produktion"]),
            ("sorter=deltagere", ["Kor", "Åben scene", "Produktion"]),
            ("sorter=-indsats&fra=1-1-2022", ["Produktion", "Kor"]),
            ("q=ÅBEN", ["Åben scene"]),
            ("q=viften+ung", ["Åben scene"]),
            ("kommune=0175", ["Produktion", "Åben scene"]),
            ("kommune=0165", ["Produktion"]),
            ("aar=2022", ["Kor", "Produktion"]),
            ("fra=19-03-2022&til=23-08-2022", ["Produktion"]),
            ("aar=1999", []),
        ],
    )
    def test_filters_and_order(self, staff, query, found):
        assert records(staff.get(f"/aktiviteter/?{query}")) == found

    def test_filters_by_what_it_belongs_to(self, staff, scene):
        group = TargetGroup.objects.get(name="psykisk sårbare unge")
        assert records(staff.get(f"/aktiviteter/?indsats={scene.pk}")) == ["Produktion", "Åben scene"]
        assert records(staff.get(f"/aktiviteter/?omraade={scene.area_id}")) == ["Produktion", "Åben scene"]
        assert records(staff.get(f"/aktiviteter/?maalgruppe={group.pk}")) == ["Kor"]

    def test_bars_tell_of_the_list_as_filtered(self, staff):
        def bars(query):
            page = parse(staff.get(f"/aktiviteter/?{query}"))
            return [text(each) for each in page.iterfind(".//{*}rect/{*}title")], [
                [text(cell) for cell in row] for row in page.iterfind(".//table[@class='figures-table']//tr")
            ]

        titles, table = bars("kommune=0175")
        assert titles == [
            "Ungeindsatsen, 1. kvartal 2021: 1",
            "Ungeindsatsen, 1. kvartal 2022: 1",
            "Ungeindsatsen, 1. kvartal 2021: 46",
        ]
        assert table == [
            ["Kvartal", "Aktiviteter", "Deltagere"],
            ["Ungeindsatsen", "I alt", "Ungeindsatsen", "I alt"],
            ["1. kvartal 2021", "1", "1, 1. kvartal 2021", "46", "46"],
            ["1. kvartal 2022", "1", "1, 1. kvartal 2022", "0", "0"],
        ]
        assert bars("kommune=0157") == ([], [])
        assert bars("kommune=9999") == ([], [])

    def test_what_nobody_has_counted_is_said(self, staff):
        assert "Ved 1 aktivitet har ingen talt deltagerne" in text(parse(staff.get("/aktiviteter/")))
        assert "har ingen talt deltagerne" not in text(parse(staff.get("/aktiviteter/?q=kor")))

    def test_a_row_of_the_table_leads_to_what_it_counts(self, staff):
        page = parse(staff.get("/aktiviteter/?aar=2022&kommune=0175&side=1"))
        (link,) = page.iterfind(".//table[@class='figures-table']//a")
        assert (text(link), link.get("href")) == (
            "1, marts 2022",
            "?kommune=0175&fra=01-03-2022&til=31-03-2022",
        )
        assert records(staff.get(f"/aktiviteter/{link.get('href')}")) == ["Produktion"]

    def test_the_file_holds_what_the_list_shows(self, staff):
        lines = b"".join(staff.get("/aktiviteter/?kommune=0165&format=csv").streaming_content).decode("utf-8-sig")
        assert lines.splitlines()[1] == (
            "Kulturmetropolen 2021-2024;Ungeindsatsen;Ung Scene på Vestegnen;Produktion;19-03-2022;;"
            "0165 | 0175;Albertslund | Rødovre;;;"
        )


@pytest.mark.once
def test_the_pictures_of_the_areas_share_one_scale_and_one_axis():
    shown = charts.periods(date(2021, 2, 18), date(2021, 11, 30))
    assert (len(shown), shown[0].last, shown[-1].first) == (10, date(2021, 2, 28), date(2021, 11, 1))
    shown = charts.periods(date(2021, 2, 18), date(2026, 12, 31))
    assert (len(shown), shown[0].first, shown[-1].last) == (24, date(2021, 1, 1), date(2026, 12, 31))
    assert [(each.at, each.label) for each in charts.ticks(shown)][:2] == [("8.33%", "2021"), ("25.00%", "2022")]
    shown = charts.periods(date(2021, 2, 18), date(2027, 1, 1))
    assert [each.name for each in shown] == [str(year) for year in range(2021, 2028)]
    first, second = charts.panels(["Sang", "Dans"], ["2021", "2022"], [[4, 0], [0, 1]]).panels
    assert first.bars == [charts.Bar("7.00%", "36.00%", first.ground - 37, 37, "Sang, 2021: 4")]
    assert second.bars == [charts.Bar("57.00%", "36.00%", second.ground - 9, 9, "Dans, 2022: 1")]
    assert charts.panels(["Sang"], ["2021"], [[0]]) is None


@pytest.mark.usefixtures("no_activities")
def test_many_activities_cost_no_more_queries_than_one(staff, scene):
    def count():
        with CaptureQueriesContext(connection) as captured:
            assert staff.get("/aktiviteter/").status_code == 200
        return len(captured)

    ActivityFactory(initiative=scene, places=["Rødovre", "Køge"])
    staff.get("/aktiviteter/")
    one = count()
    for month in range(1, 13):
        for day in (1, 2, 3):
            ActivityFactory(held_on=date(2022, month, day), places=["Rødovre", "Køge", "Ishøj"])
    assert count() == one


class TestCultureHead:
    """Karl is culture head of Rødovre."""

    @pytest.fixture
    def head(self, log_in, cast):
        return log_in(cast.culture_head)

    def test_records_changes_deletes_and_brings_back_what_took_place_at_home(self, head, scene):
        assert offered(head.get(NEW), "municipalities") == code_keys("Rødovre")
        form = form_data(head.get(NEW))
        assert form["municipalities"] == code_keys("Rødovre")
        response = send(head, NEW, **typed(scene, place="Rødovrehallen"))
        activity = Activity.objects.get(place="Rødovrehallen")
        assert response.url == f"/aktiviteter/{activity.pk}/"
        send(head, f"/aktiviteter/{activity.pk}/rediger/", title="Nyt navn")
        activity.refresh_from_db()
        assert activity.title == "Nyt navn"
        head.post(f"/aktiviteter/{activity.pk}/slet/")
        assert not Activity.objects.filter(pk=activity.pk).exists()
        last = Activity.history.filter(id=activity.pk).latest()
        assert "Nyt navn" in text(parse(head.get("/aktiviteter/slettede/")))
        head.post(f"/aktiviteter/slettede/{last.pk}/")
        assert [each.name for each in Activity.objects.get(pk=activity.pk).municipalities.all()] == ["Rødovre"]

    def test_reads_what_took_place_elsewhere_and_changes_none_of_it(self, head):
        for places in (["Køge"], ["Rødovre", "Køge"]):
            activity = ActivityFactory(places=places)
            assert head.get(f"/aktiviteter/{activity.pk}/").status_code == 200
            for verb in ("rediger", "slet"):
                assert head.get(f"/aktiviteter/{activity.pk}/{verb}/").status_code == 403
                assert head.post(f"/aktiviteter/{activity.pk}/{verb}/", {"title": "Kapret"}).status_code == 403
            assert Activity.objects.get(pk=activity.pk).title == activity.title

    def test_cannot_place_an_activity_elsewhere(self, head, scene):
        for places in (["Køge"], ["Rødovre", "Køge"]):
            forged = typed(scene, municipalities=code_keys(*places))
            assert refused(head, NEW, forged=("municipalities",), **forged)[0].startswith("Kommuner: ")
        assert not Activity.objects.filter(held_on=date(2022, 11, 6)).exists()

    def test_does_not_take_an_activity_back_to_where_it_was_elsewhere_too(self, staff, head):
        activity = ActivityFactory(places=["Rødovre", "Køge"])
        send(staff, f"/aktiviteter/{activity.pk}/rediger/", municipalities=code_keys("Rødovre"))
        earlier = next(row for row in activity.history.order_by("history_id") if row.municipalities.count() == 2)
        url = f"/aktiviteter/{activity.pk}/historik/{earlier.pk}/"
        activity.refresh_from_db()
        assert head.post(url, {"version": str(activity.version)}).status_code == 403
        assert [each.name for each in Activity.objects.get(pk=activity.pk).municipalities.all()] == ["Rødovre"]
        assert staff.post(url, {"version": str(activity.version)}).status_code == 302
        assert activity.municipalities.count() == 2

    def test_does_not_bring_back_what_others_have_deleted(self, head):
        keys = []
        for places in (["Køge"], ["Rødovre", "Køge"]):
            activity = ActivityFactory(places=places)
            activity.delete()
            keys.append(Activity.history.latest().pk)
        assert "Intet er slettet." in text(parse(head.get("/aktiviteter/slettede/")))
        assert [head.post(f"/aktiviteter/slettede/{key}/").status_code for key in keys] == [404, 404]

    def test_may_write_nothing_else(self, head, scene):
        for url in (f"/indsatser/{scene.pk}/rediger/", "/historier/opret/", "/koereplan/opret/", "/maalgrupper/opret/"):
            assert head.get(url).status_code == 403
        assert head.get(f"/hvem-er-med/{scene.pk}/0175/").status_code == 403

    def test_may_do_so_in_the_region_of_the_post_alone(self, head):
        elsewhere = InitiativeAreaFactory(agreement=AgreementFactory(culture_region=CultureRegionFactory()))
        initiative = InitiativeFactory(area=elsewhere)
        assert refused(head, NEW, forged=("initiative",), **typed(initiative)) == [
            "Indsats: Marker en gyldig valgmulighed. Det valg, du har foretaget, er ikke blandt de tilgængelige "
            "valgmuligheder."
        ]

    def test_loses_it_with_the_post(self, head, cast):
        Post.objects.filter(person__user=cast.culture_head).update(ends_on=date(2022, 1, 1))
        assert head.get(NEW).status_code == 404

    def test_a_chair_does_not_have_it(self, log_in, cast, scene):
        chair = log_in(cast.chair)
        assert chair.get(NEW).status_code == 403
        assert chair.post(NEW, typed(scene)).status_code == 403
        activity = ActivityFactory()
        assert chair.get(f"/aktiviteter/{activity.pk}/rediger/").status_code == 403


def test_staff_who_head_a_municipality_of_another_region_do_not_mix_the_two(log_in, cast, scene):
    region = CultureRegionFactory()
    initiative = InitiativeFactory(area=InitiativeAreaFactory(agreement=AgreementFactory(culture_region=region)))
    cast.culture_head.role_grants.create(culture_region=region, role="staff")
    head = log_in(cast.culture_head)
    agreement = initiative.area.agreement
    agreement.memberships.create(municipality=municipality("Fanø"), joined_on=date(2025, 1, 1))
    (fanoe,) = code_keys("Fanø")
    mixed = typed(scene, municipalities=[fanoe])
    assert refused(head, NEW, **mixed, forged=("municipalities",)) == [
        f"Kommuner: Marker en gyldig valgmulighed. {fanoe} er ikke en af de tilgængelige valgmuligheder."
    ]
    response = send(head, NEW, **typed(initiative, municipalities=code_keys("Fanø")))
    assert response.status_code == 302


def test_figures_that_are_locked_stay(staff, scene):
    locked = ActivityFactory(initiative=scene, held_on=date(2022, 12, 31))
    agreement = scene.area.agreement
    agreement.figures_locked_until = date(2022, 12, 31)
    agreement.save()
    assert "låst" in refused(staff, NEW, **typed(scene, held_on="31-12-2022"))[0]
    assert staff.get(f"/aktiviteter/{locked.pk}/rediger/").status_code == 302
    staff.post(f"/aktiviteter/{locked.pk}/slet/")
    assert Activity.objects.filter(pk=locked.pk).exists()
    assert send(staff, NEW, **typed(scene, held_on="1-1-2023")).status_code == 302


def test_two_editors_of_an_activity(staff, scene):
    activity = ActivityFactory(initiative=scene, title="Før")
    url = f"/aktiviteter/{activity.pk}/rediger/"
    mine, theirs = form_data(staff.get(url)), form_data(staff.get(url))
    staff.post(url, theirs | {"municipalities": code_keys("Køge")})
    response = staff.post(url, mine | {"title": "Efter"})
    assert response.status_code == 409
    again = form_data(response)
    assert (again["choose-municipalities"], again["title"]) == ("theirs", "Efter")
    staff.post(url, again)
    activity.refresh_from_db()
    assert (activity.title, [each.name for each in activity.municipalities.all()]) == ("Efter", ["Køge"])


def test_the_page_of_a_target_group_names_its_activities(staff):
    group = TargetGroupFactory(name="bedsteforældre")
    for number in range(3):
        ActivityFactory(title=f"Eftermiddag {number}").target_groups.add(group)
    page = parse(staff.get(f"/maalgrupper/{group.pk}/"))
    assert text(next(page.iter("h1"))) == "Bedsteforældre"
    assert [text(row.find(".//a")) for each in all_of_class(page, "rows") for row in each.iter("li")] == [
        "Eftermiddag 2",
        "Eftermiddag 1",
        "Eftermiddag 0",
    ]
    assert records(staff.get("/maalgrupper/?sorter=-aktiviteter&q=forældre")) == ["Bedsteforældre"]


def test_a_target_group_has_its_name_once(staff):
    assert refused(staff, "/maalgrupper/opret/", name="psykisk sårbare unge") == [
        "Kulturregionen har allerede en målgruppe med det navn."
    ]
    assert errors(staff.get("/maalgrupper/opret/")) == []


def test_an_initiative_shows_who_takes_part_and_what_took_place(staff, scene):
    ActivityFactory(initiative=scene, title="Den nyeste", held_on=date(2024, 12, 1))
    page = text(parse(staff.get(f"/indsatser/{scene.pk}/")))
    assert "Furesø fra 1. februar 2021 til 30. juni 2022 Deltager" in page
    assert "Den nyeste" in page
    assert Participation.objects.filter(initiative=scene).count() == 6


def test_a_municipality_shows_what_it_takes_part_in(staff, log_in, cast):
    def shown(client):
        (section,) = [
            each
            for each in parse(client.get("/kommuner/0259/")).iter("section")
            if each.get("aria-labelledby") == "takes-part"
        ]
        return [text(row) for row in section.iter("li")]

    assert shown(staff) == [
        "Ung Scene på Vestegnen fra 1. januar 2022 Deltager",
        "Fra øvelokale til scene Partner",
        "Kulturvitaminer Leder",
    ]
    assert shown(log_in(cast.outsider)) == ["Er ikke med i nogen indsats endnu."]
    assert Municipality.objects.get(code="0259").name == "Køge"
