"""Search over everything that the user may see: by kind, with the hits marked, in Danish."""

from datetime import date, timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agreements.models import AgendaItem, Agreement, Document
from initiatives.models import Activity, Indicator, Initiative, InitiativeArea, Measurement, Milestone, Story
from tests.factories import (
    AgreementFactory,
    CommitteeFactory,
    CultureRegionFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    MeetingFactory,
    MemoFactory,
    PersonFactory,
    PurposeFactory,
    kulturmetropolen,
    municipality,
)
from tests.pages import all_of_class, errors, heading, parse, text


def found(response) -> dict[str, list[str]]:
    """The titles of the hits, by kind, from top to bottom."""
    sections = [each for each in parse(response).iter("section") if each.get("aria-labelledby", "").startswith("hits-")]
    return {
        text(section.find(".//h2")): [text(title) for title in section.iterfind(".//li/div/p[1]")]
        for section in sections
    }


def marked(response) -> list[str]:
    return [text(each) for each in parse(response).iter("mark")]


def search(client, q: str):
    response = client.get("/soeg/", {"q": q})
    assert response.status_code == 200
    return response


@pytest.fixture
def room(db) -> Initiative:
    return InitiativeFactory(title="Zzøvelokaler til unge", description="Et **zzøvelokale** på Ærø & <b>lys</b>.")


FORMS = ["zzøvelokale", "ZZØVELOKALERNE", "zzøvelok", "lys zzøvelokaler", '"zzøvelokale"', "zzøve-"]


@pytest.mark.parametrize("q", FORMS)
def test_word_forms_capitals_beginnings_and_any_order(staff, room, q):
    assert found(search(staff, q)) == {"Indsatser": ["Zzøvelokaler til unge"]}


def test_parts_of_words_are_found(staff):
    InitiativeFactory(title="Musikzzskole", summary="")
    assert found(search(staff, "zzskoler")) == {"Indsatser": ["Musikzzskole"]}


def test_every_word_must_be_there(staff, room):
    assert found(search(staff, "zzøvelokaler findesikke")) == {}
    page = search(staff, "zzøvelokaler findesikke")
    assert "Intet af det, du har adgang til, indeholder alle ordene." in text(parse(page))


def test_hits_are_marked_and_everything_is_escaped(staff, room):
    response = search(staff, "zzøvelokale")
    assert marked(response) == ["Zzøvelokaler", "zzøvelokale"]
    html = response.content.decode()
    assert "Et **<mark>zzøvelokale</mark>** på Ærø &amp; &lt;b&gt;lys&lt;/b&gt;." in html
    response = search(staff, "<b>lys</b> zzøvelokale")
    assert "<b>" not in response.content.decode()
    assert heading(response) == "Fundet for “b>lys</b zzøvelokale”"


def test_a_long_text_shows_what_stands_around_the_hit(staff):
    hay = "Før og før. " * 500
    InitiativeFactory(title="Lang", description=f"{hay}Her er zznålen i høstakken. {hay}")
    (snippet,) = [text(each) for each in all_of_class(parse(search(staff, "zznål")), "note") if each.tag == "p"]
    assert "Her er zznålen i høstakken." in snippet
    assert snippet.startswith("… ")
    assert snippet.endswith(" …")
    assert len(snippet) < 220


def test_what_has_the_words_in_its_title_comes_first(staff):
    InitiativeFactory(title="A i teksten", description="zzord " * 20)
    InitiativeFactory(title="B zzord i titlen")
    assert found(search(staff, "zzord")) == {"Indsatser": ["B zzord i titlen", "A i teksten"]}


def one_of_each() -> dict[str, str]:
    """A record of each kind that holds the word zzfund, and how it is named among the hits."""
    region = kulturmetropolen()
    area = InitiativeAreaFactory(name="Zzfund område")
    initiative = InitiativeFactory(title="Zzfund indsats", area=area)
    target = area.targets.create(text="At zzfund mål.", position=1)
    indicator = Indicator.objects.create(target=target, name="Zzfund indikator")
    Measurement.objects.create(indicator=indicator, measured_on=date(2021, 1, 1), value=1)
    meeting = MeetingFactory(place="Zzfund sal", held_on=date(2021, 2, 3), body__name="Prøvegruppen")
    AgendaItem.objects.create(meeting=meeting, position=1, title="Zzfund punkt")
    Milestone.objects.create(area=area, title="Zzfund milepæl", due_on=date(2021, 1, 1))
    Activity.objects.create(initiative=initiative, title="Zzfund aktivitet", held_on=date(2021, 1, 1))
    Story.objects.create(
        initiative=initiative, municipality=municipality("Køge"), title="Zzfund historie", text="Godt.",
        published_on=date(2021, 1, 1),
    )  # fmt: skip
    Document.objects.create(culture_region=region, title="Zzfund bilag", file="x.pdf")
    AgreementFactory(name="Zzfund aftale")
    PurposeFactory(text="At zzfund formål")
    PersonFactory(name="Zzfund Person")
    MemoFactory(opening="Zzfund notat")
    return {
        "Aftaler": "Zzfund aftale",
        "Formål": "At zzfund formål",
        "Indsatsområder": "Zzfund område",
        "Resultatmål": "At zzfund mål.",
        "Indsatser": "Zzfund indsats",
        "Milepæle": "Zzfund milepæl",
        "Aktiviteter": "Zzfund aktivitet",
        "Historier": "Zzfund historie",
        "Indikatorer": "Zzfund indikator",
        "Målinger": "Zzfund indikator, hele regionen, 01-01-2021",
        "Møder": "Prøvegruppen, 3. februar 2021",
        "Dagsordenspunkter": "Zzfund punkt",
        "Dokumenter": "Zzfund bilag",
        "Personer": "Zzfund Person",
        "Notater": "Status på aftalen: Kultur- og Fritidsudvalget, Rødovre",
    }


def test_every_kind_is_found_and_its_page_opens(staff):
    named = one_of_each()
    response = search(staff, "zzfund")
    assert found(response) == {kind: [name] for kind, name in named.items()}
    links = [link.get("href") for row in parse(response).iter("li") for link in row.iterfind("./div/p/a")]
    assert len(links) == len(named)
    assert {staff.get(link.partition("#")[0]).status_code for link in links} == {200}


@pytest.mark.parametrize("who", ["chair", "culture_head"])
def test_readers_find_all_but_the_secretariats_drafts(log_in, cast, who):
    named = one_of_each()
    assert found(search(log_in(getattr(cast, who)), "zzfund")) == {
        kind: [name] for kind, name in named.items() if kind != "Notater"
    }


@pytest.mark.parametrize("who", ["outsider", "outside_admin", "former_chair", "guest", "nobody"])
def test_nothing_leaks(log_in, cast, who):
    one_of_each()
    assert found(search(log_in(getattr(cast, who)), "zzfund")) == {}


def test_strangers_log_in_first(client, db):
    assert client.get("/soeg/?q=x").url == f"/log-ind/?next={quote('/soeg/?q=x')}"


def test_stories_are_for_readers_when_they_are_published(log_in, cast):
    today = timezone.localdate()
    for title, published_on in [
        ("Zzfremtid", today + timedelta(1)), ("Zzkladde", None), ("Zzude", today),
    ]:  # fmt: skip
        Story.objects.create(
            initiative=InitiativeFactory(), municipality=municipality("Køge"), title=title, text="zzgod",
            published_on=published_on,
        )  # fmt: skip
    assert found(search(log_in(cast.chair), "zzgod")) == {"Historier": ["Zzude"]}
    assert sorted(found(search(log_in(cast.staff), "zzgod"))["Historier"]) == ["Zzfremtid", "Zzkladde", "Zzude"]


def test_of_a_memo_its_readers_find_what_it_says(log_in, cast):
    """Sections that were taken out, and the text of a withdrawn memo, are the secretariat's alone."""
    MemoFactory(status="issued", opening="Zzude", opening_included=True, closing="Zzgemt")
    MemoFactory(status="withdrawn", status_reason="Fejl", opening="Zzretur", opening_included=True)
    MemoFactory(status="issued", committee=None, municipality=municipality("Rødovre"), case_officer="Zzåse")
    hits = {
        user: [len(found(search(log_in(user), q)).get("Notater", [])) for q in ("zzude", "zzgemt", "zzretur")]
        for user in (cast.staff, cast.chair)
    }
    assert hits == {cast.staff: [1, 1, 1], cast.chair: [1, 0, 0]}
    assert found(search(log_in(cast.chair), "rødovre zzåse")) == {"Notater": ["Status på aftalen: Rødovre"]}


def test_ten_of_a_kind_and_the_rest_in_its_list(staff):
    for number in range(11):
        PersonFactory(name=f"Zzperson {number:02}")
    response = search(staff, "zzperson")
    assert found(response) == {"Personer": [f"Zzperson {number:02}" for number in range(10)]}
    (more,) = [link for link in parse(response).iter("a") if text(link) == "Flere i listen over personer"]
    assert more.get("href") == "/personer/?q=zzperson"
    assert "11 i alt" in text(parse(staff.get(more.get("href"))))


def test_as_many_queries_for_many_hits_as_for_few(staff):
    def queries() -> int:
        search(staff, "zzmange")
        with CaptureQueriesContext(connection) as captured:
            search(staff, "zzmange")
        return len(captured)

    def make() -> None:
        other = AgreementFactory(name=f"Zzmange {Agreement.objects.count()}")
        area = InitiativeAreaFactory(agreement=other, name="Zzmange")
        initiative = InitiativeFactory(area=area, manager=PersonFactory(name="Zzmange"), title="Zzmange")
        indicator = Indicator.objects.create(target=area.targets.create(text="Zzmange", position=1), name="Zzmange")
        Measurement.objects.create(
            indicator=indicator, measured_on=date(2021, 1, 1), value=1, municipality=municipality("Køge")
        )
        meeting = MeetingFactory(place="Zzmange")
        AgendaItem.objects.create(meeting=meeting, position=1, title="Zzmange")
        Activity.objects.create(initiative=initiative, title="Zzmange", held_on=date(2021, 1, 1))
        Story.objects.create(initiative=initiative, municipality=municipality("Køge"), title="Zzmange", text="x")
        MemoFactory(opening="Zzmange")
        MemoFactory(opening="Zzmange", committee=None, municipality=municipality("Køge"))
        MemoFactory(opening="Zzmange", committee=None, kind="evaluation")
        meeting = MeetingFactory(body=CommitteeFactory())
        MemoFactory(opening="Zzmange", committee=None, kind="agenda", meeting=meeting)
        PurposeFactory(text="Zzmange")
        other.memberships.create(municipality=municipality("Køge"), joined_on=date(2025, 1, 1))

    AgreementFactory()
    none = queries()
    make()
    assert queries() == none
    for _n in range(12):
        make()
    assert queries() == none


@pytest.mark.parametrize("q", ["", "   ", '"', ")(", "''", "–", "...", "()"])
def test_a_search_without_words_says_how_to_search(staff, q):
    response = search(staff, q)
    assert heading(response) == "Søg i alt"
    assert found(response) == {}


def test_a_search_that_is_too_long_says_so_and_is_kept(staff):
    response = search(staff, "æ" * 1000)
    notice = text(all_of_class(parse(response), "notice-error")[0])
    assert notice == "Søgningen er på 1000 tegn; der er plads til 200. Gør den kortere."
    (box,) = [each for each in parse(response).iter("input") if each.get("type") == "search"]
    assert box.get("value") == "æ" * 1000


def test_null_signs_are_refused(staff):
    assert errors(search(staff, "a\0b")) == ["Null-tegn er ikke tilladte."]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(max_size=220) | st.text(alphabet="'\"\\:*&|!()<>-%_ aæ0\n🎷", max_size=60))
@example("🎷")
@example("'); DROP TABLE initiatives_initiative; --")
@example("a:* & | ! <-> b")
@example("\\")
@example("og i at")
@example("% _ \\%")
@example(" ".join("abcdefghijklmnopqrstuvwxyzæøå"))
@example('-musik OR "unges musik')
def test_no_search_breaks_it(staff, q):
    search(staff, q)


def test_signs_of_patterns_stand_for_themselves(staff):
    InitiativeFactory(title="Zzhundrede 100% (ny)")
    InitiativeFactory(title="Zzhundrede 1000 (ny)")
    assert found(search(staff, "zzhundrede 100%"))["Indsatser"][0] == "Zzhundrede 100% (ny)"
    assert found(search(staff, "zzhundrede 1%0")) == {}
    assert marked(search(staff, "zzhundrede .*")) == ["Zzhundrede", "Zzhundrede"]


def test_the_box_is_on_every_page_but_not_outside(staff, client):
    boxes = [each for each in parse(staff.get("/indsatser/")).iter("input") if each.get("type") == "search"]
    assert [box.get("aria-label") for box in boxes] == ["Søg i alt"]
    assert b'type="search"' not in client.get("/log-ind/").content


def test_another_region_finds_its_own(log_in, cast):
    region = CultureRegionFactory._meta.model.objects.get(slug="vest")
    area = InitiativeArea.objects.create(
        agreement=AgreementFactory(culture_region=region), position=1, name="Zzvest", purpose="x"
    )
    assert found(search(log_in(cast.outsider), "zzvest")) == {"Indsatsområder": [area.name]}
    assert found(search(log_in(cast.staff), "zzvest")) == {}


def test_small_words_are_passed_over_as_long_as_others_are_left(staff):
    InitiativeFactory(title="Zzkor for sundheden", description="Sang.")
    assert found(search(staff, "zzkor og sundhed")) == {"Indsatser": ["Zzkor for sundheden"]}
    assert marked(search(staff, "zzkor og sundhed")) == ["Zzkor", "sundheden"]
    assert heading(search(staff, "zzkor og sundhed")) == "Fundet for “zzkor og sundhed”"
    PurposeFactory(text="At zzkunne gøre det selv")
    assert found(search(staff, "det selv"))["Formål"] == ["At zzkunne gøre det selv"]


def test_signs_in_a_word_are_meant(staff):
    InitiativeFactory(title="Zzc uden tegn")
    InitiativeFactory(title="Zzc++ med tegn")
    InitiativeFactory(title="Zza_b")
    InitiativeFactory(title="Zzaxb")
    assert found(search(staff, "zzc++")) == {"Indsatser": ["Zzc++ med tegn"]}
    assert found(search(staff, "zza_b")) == {"Indsatser": ["Zza_b"]}
    assert found(search(staff, "c++")) == {"Indsatser": ["Zzc++ med tegn"]}


# searches of the demo data, and how many hits each shows on either database
SEARCHES = {
    "øvelokaler": 23,
    "lokale": 29,
    "koret": 14,
    "synge": 2,
    "unge kvinder": 5,
    "sundheden": 35,
    "biblioteker": 5,
    "festival": 1,
    "koncerter": 7,
    "19/04101-1": 1,
    "værdi debat": 1,
    "værdidebatten": 1,
    "talenter": 9,
    "psykisk sårbare": 2,
    "sårbar": 2,
    "fællesskaber": 15,
    "mødeplanen": 2,
    "dagsordener": 5,
    "-kor": 14,
    "bo@": 0,
    "kunst*": 0,
}


@pytest.mark.parametrize("q", SEARCHES)
def test_both_databases_find_the_same(staff, q):
    assert sum(len(hits) for hits in found(search(staff, q)).values()) == SEARCHES[q]
