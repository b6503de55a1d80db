"""`manage.py load_kulturmetropol`: word for word, once, and without undoing what people have done since."""

import shutil
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from agreements.models import (
    Agreement,
    Body,
    CultureRegion,
    LoadedRecord,
    Meeting,
    MeetingDelegate,
    Membership,
    Municipality,
    Purpose,
)
from initiatives.models import Initiative, InitiativeArea, ResultTarget
from outreach.models import Measure, MeasureList, Memo, OpenQuestion
from tests.factories import the_agreement
from tests.pages import send

PURPOSES = [
    "At understøtte kommuners engagement",
    "At styrke samarbejdet kommuner imellem",
    "At styrke samarbejdet mellem kommuner og stat",
    "At fastholde og udbygge den kulturpolitiske dialog og værdidebat mellem stat og kommuner",
    "At give større dispositionsfrihed på det kommunale niveau og sætte fokus på overordnede mål og resultater",
    "At sikre en bedre ressourceudnyttelse gennem kulturregional ko-ordinering og arbejdsdeling",
    "At fremme og videreudvikle de kulturelle institutioner, produktionsmiljøer og aktiviteter i kulturregionen med "
    "vægt på kvalitet",
    "At opsamle og videregive særlig viden og erfaringer på kulturområdet til gavn for det samlede kulturliv i hele "
    "landet",
]
AREAS = {
    "Ungeindsatsen": (
        "At støtte udvikling af konkrete kulturelle aktiviteter af og med de unge på tværs af kommunerne, samt at "
        "udvikle netværk og kompetencer på ungeområdet. Gennem synliggørelse af de enkeltes kommuners kulturelle "
        "særpræg og styrker på de kulturelle områder vil de unge kunne se deres muligheder for deltagelse og udvikling "
        "af nye kulturelle fællesskaber, hvilket også vil styrke kommunernes kulturliv og gøre dem mere attraktive for "
        "de unge.",
        [
            "At understøtte unges egne kulturprojekter.",
            "At synliggøre og formidle projekter, rammer og muligheder.",
            "At have fokus på unge uden for kulturfællesskaberne, uanset køn, etnicitet eller social baggrund.",
            "At skabe tværgående netværk.",
        ],
    ),
    "Musikindsatsen": (
        "Kulturmetropolens musikindsats skal fortsætte med at sætte musikdagsordenen i Danmark med ambitiøse "
        "musikindsatser, der har lokal, regional eller national gennemslagskraft. Musikindsatsen fokuserer på opgaver "
        "og indsatser, som den enkelte kommune og musikaktør ikke selv har ressourcer, kritisk masse eller de "
        "nødvendige kompetencer til at løfte, f.eks. at få fat i de målgrupper blandt unge, som kommunernes "
        "musikaktører har svært ved at nå, og hvis kompetencer og livskvalitet kan øges af at deltage i fællesskaber "
        "omkring musikken. Det kan eksempelvis være unge, kvindelige skabende eller udøvende musikere, unge af anden "
        "etnicitet end dansk eller psykisk sårbare unge. Det kan også være unge musiktalenter, der savner tilbud og "
        "fællesskaber med ligesindede.",
        [
            "At udvikle tværgående og sammenhængende indsats og events for og med unge skabende eller udøvende "
            "musikere. Det betyder, at indsatsen både har fokus på at understøtte den lokale udvikling og tapper ind i "
            "en større sammenhæng.",
            "At have fokus på, at kommunernes musikaktører når andre målgrupper blandt de unge musikbrugere og "
            "udøvere, end dem den enkelte kommune og musikaktør har fat i.",
            "At arbejde med fødekæden mellem vækstlaget, de unge talenter og de etablerede musikaktører.",
            "At styrke potentialet hos unge, kvindelige skabende og udøvende musikere.",
            "At have empowerment og fællesskaber, der styrker livskvaliteten som en rød tråd i hele indsatsen og "
            "projekterne.",
        ],
    ),
    "Kultur og sundhedsindsatsen": (
        "At samarbejde på tværs af kommuner og kulturregioner om at øge borgernes livskvalitet, både fysisk, psykisk "
        "og socialt, ved at målrette kulturelle tilbud og aktiviteter på lokalt og regionalt niveau. At "
        "kompetenceudvikle kulturinstitutioner og medarbejdere på tværs af sektorer til at udvikle og varetage "
        "sundhedsfremmende tiltag med et kulturelt udgangspunkt, og at arbejde struktureret med effektvurderinger på "
        "området.",
        [
            "At kompetenceudvikle aktørerne på området.",
            "At udvikle, afprøve og udveksle projektforsøg.",
            "At udvikle strategiske samarbejder på området.",
            "At arbejde med viden, dokumentation og evidens.",
        ],
    ),
}
MEASURES = {
    "A1": (
        "Indslusningsmodel",
        "Interesserede kommuner kan deltage i forskellige aktiviteter i Kulturmetropolens og/eller i den politiske "
        "proces.",
        [
            "En interesseret kommune kan få muligheden for at deltage i politiske møder og KMK-møder.",
            "Mulighed for deling af data, analyser og deltagelse i konferencer. Skal de betale for deltagelse i "
            "aktiviteter?",
            "Hvem skal invitere interesserede kommuner ind? Sekretariatet, KMK eller KMP?",
            "Invitationerne skal sendes ud hurtigst muligt.",
        ],
    ),
    "A2": (
        "Tour-de-Kommune",
        "Kulturmetropolens politikere kan tage ud til et udvalgsmøde eller lign. og præsentere Kulturmetropolens.",
        [
            "Det kan både være hos deltagende og ikke-deltagende kommuner.",
            "Politikere fra de deltagende kommuner kan være til stede og præsentere, hvad de får ud af "
            "Kulturmetropolens - som ambassadører for Kulturmetropolens. Det behøver ikke at være formanden.",
            "Det er vigtigt, at der er match mellem kommunerne. Således undgår man, at en stor kommune præsenterer "
            "noget urealistisk for en interesseret lille kommune. Vi skal ikke at skræmme de nye potentielle kommuner "
            "væk.",
            "Skal afvikles inden de endelige lokale beslutninger.",
            "Sekretariatet kan tage med som støtte.",
        ],
    ),
    "A3": (
        "Netværk og KL's Landsforening",
        "Det kan være en mulighed at netværke til KL's Kultur & Fritidskonference.",
        ["Er der andre oplagte netværksmuligheder?", "Kulturmødet 2020 og Folkemødet 2020?"],
    ),
    "B1": (
        "Citatboks/Facebook-opslag",
        "En lille tekst om den enkelte kommunes status i Kulturmetropolen.",
        [
            "Eks.: ”I denne måned har x-kommunes borgere haft glæde af disse aktiviteter i Kulturmetropolen...”.",
            "Sekretariatet kan udforme en tekst umiddelbart inden et udvalgsmøde i den respektive kommune.",
            "Dette kan evt. deles til udvalgsmøder og på politikernes facebook-sider eller lign.",
            "Den enkelte politiker kan bede om en status umiddelbart op til et udvalgsmøde, hvis de mener, der er "
            "behov for at få Kulturmetropolen på dagsordenen.",
            "Kan ske løbende gennem aftalen.",
        ],
    ),
    "B2": (
        "Udvalgsmøder",
        "Sæt Kulturmetropolen på dagsordenen.",
        [
            "Har kommunen råd til ikke at være med i Kulturmetropolen?",
            "”Jo mere man giver, jo mere får man tilbage”-mentalitet. Hvordan skaber vi det?",
            "Hvilke resultater får den enkelte kommune?",
            "En status fra Kulturmetropolen kan være på udvalgenes dagsorden f.eks. hver 3. måned.",
        ],
    ),
    "B3": (
        "Kontakt ml. kulturchefer og politikere",
        "Det kan være en fordel, at projektlederne kan kontakte den enkelte kulturchef direkte med gode historier for "
        "den pågældende kommune.",
        [
            "Det fordrer dog, at historierne er målrettet den enkelte kommune.",
            "Kulturcheferne kan også til hver en tid kontakte projektlederne.",
            "Dette kan også foregå løbende gennem kulturaftalen.",
        ],
    ),
    "B4": (
        "Markedsføring",
        "Kommunerne kan selv være med til at markedsføre Kulturmetropolen.",
        [
            "En større synliggørelse af, at det er Kulturmetropolen, der står for de enkelte arrangementer, kan øge "
            "bevidstheden om Kulturmetropolen i den enkelte kommune.",
            "Deling af Kulturmetropolens aktiviteter på politikernes egne Facebook.",
            "KMP og KMK kan tilmelde sig Kulturmetropolens nyhedsbrev, og således holde sig opdateret.",
            "Følg Kulturmetropolen på hhv. Instagram og Facebook for hurtige opdateringer og de gode historier.",
        ],
    ),
}
QUESTIONS = [
    ("A1", "Skal de betale for deltagelse i aktiviteter?"),
    ("A1", "Hvem skal invitere interesserede kommuner ind? Sekretariatet, KMK eller KMP?"),
    ("A3", "Er der andre oplagte netværksmuligheder?"),
    ("A3", "Kulturmødet 2020 og Folkemødet 2020?"),
    ("B2", "Har kommunen råd til ikke at være med i Kulturmetropolen?"),
    ("B2", "Hvordan skaber vi det?"),
    ("B2", "Hvilke resultater får den enkelte kommune?"),
]
MEMO = "Notat til Kultur- og Fritidsudvalget, Rødovre, 6. november 2020"
MEMBERS = {
    "Albertslund": MEMO,
    "Furesø": MEMO,
    "Halsnæs": MEMO,
    "Helsingør": "Slots- og Kulturstyrelsen, siden om Kulturregion Kulturmetropolen, opdateret 13. februar 2023",
    "Herlev": MEMO,
    "Ishøj": MEMO,
    "Køge": MEMO,
    "Roskilde": MEMO,
    "Rødovre": MEMO,
}


def load(*arguments: str) -> str:
    out = StringIO()
    call_command("load_kulturmetropol", *arguments, stdout=out)
    return out.getvalue()


def everything() -> dict:
    """Every row of the agreement, its initiatives and outreach, with their histories."""
    models = [
        model for app in ("agreements", "initiatives", "outreach") for model in apps.get_app_config(app).get_models()
    ]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


def of_the_sources(model):
    """What was loaded, but for the made-up rows of a trial portal."""
    keys = LoadedRecord.objects.filter(model=model._meta.label).exclude(key__startswith="demo")
    return model.objects.filter(pk__in=keys.values("object_id"))


def test_the_purposes_are_word_for_word(db):
    assert list(the_agreement().purposes.values_list("position", "text")) == list(enumerate(PURPOSES, start=1))


def test_the_areas_and_their_targets_are_word_for_word(db):
    areas = the_agreement().areas.prefetch_related("targets")
    assert {area.name: (area.purpose, [target.text for target in area.targets.all()]) for area in areas} == AREAS
    assert [area.position for area in areas] == [1, 2, 3]
    assert [[target.position for target in area.targets.all()] for area in areas] == [
        [1, 2, 3, 4],
        [1, 2, 3, 4, 5],
        [1, 2, 3, 4],
    ]


def test_nine_municipalities_are_members_each_with_its_source(db):
    memberships = Membership.objects.select_related("municipality", "agreement")
    assert {each.municipality.name: each.source for each in memberships} == MEMBERS
    assert {(each.agreement.name, each.joined_on, each.left_on) for each in memberships} == {
        ("Kulturmetropolen 2021-2024", date(2021, 1, 1), None)
    }
    decided = {each.municipality.name: each.council_decided_on for each in memberships if each.council_decided_on}
    assert decided == {"Rødovre": date(2020, 6, 23)}
    assert [each.municipality.name for each in memberships if each.continues] == ["Rødovre"]


def test_the_agreement_says_what_the_sources_say_and_no_more(db):
    agreement = the_agreement()
    assert (agreement.starts_on, agreement.ends_on) == (date(2021, 1, 1), date(2024, 12, 31))
    assert (agreement.status, agreement.stated_member_count) == ("signed", 9)
    assert (agreement.mission, agreement.vision, agreement.environment_analysis) == ("", "", "")
    assert agreement.negotiation_note == (
        "Som følge af forhandlinger med Slots- og Kulturstyrelsen og kulturministeriets ønsker om ændringer i "
        "kulturaftalekonceptet er der nu udarbejdet et udkast til kulturaftalen."
    )
    assert (agreement.culture_region.name, agreement.culture_region.heading) == ("Kulturmetropolen", "KulturMetropolen")


def test_bodies_and_meetings_are_those_of_the_two_documents(db):
    assert {(str(body), body.kind) for body in of_the_sources(Body)} == {
        ("Politisk styregruppe", "steering_group"),
        ("Formandskabet", "chairmanship"),
        ("KMP", "politicians"),
        ("KMK", "culture_heads"),
        ("Kommunalbestyrelsen, Rødovre", "council"),
        ("Kultur- og Fritidsudvalget, Rødovre", "committee"),
    }
    assert {(str(each.body), each.held_on, each.status) for each in of_the_sources(Meeting)} == {
        ("Politisk styregruppe", date(2019, 12, 12), "held"),
        ("Kommunalbestyrelsen, Rødovre", date(2020, 6, 23), "held"),
        ("Politisk styregruppe", date(2020, 11, 20), "planned"),
    }
    assert of_the_sources(Meeting).get(status="planned").announcement == (
        "de tilsluttede kommuner vil få et status og et indblik de enkelte indsatsområder mm."
    )
    assert str(MeetingDelegate.objects.get()) == "formanden – Kultur- og Fritidsudvalget, Rødovre"


def test_the_measures_are_word_for_word(db):
    measures = the_agreement().measure_list.measures.select_related("origin__body")
    assert {each.code: (each.title, each.introduction, each.points) for each in measures} == {
        code: (title, introduction, "\n".join(f"- {point}" for point in points))
        for code, (title, introduction, points) in MEASURES.items()
    }
    assert [each.code for each in measures] == list(MEASURES)
    assert " ".join(each.runs for each in measures) == (
        "onboarding visits networks status_notes clocks contacts marketing"
    )
    assert {(str(each.origin), each.status, each.responsible) for each in measures} == {
        ("Politisk styregruppe, 12. december 2019", "proposed", None)
    }


def test_the_list_of_measures_begins_as_the_source_does(db):
    measures = MeasureList.objects.get()
    assert measures.title == "Mulige tiltag i processen mod 2021-24"
    assert measures.introduction.split("\n\n") == [
        "Formålet med listen er at skabe et overblik over tiltag, der kan bidrage til at få flere kommuner med i "
        "kulturaftalen fra 2021-2024. Samtidig er det vigtigt at drøfte, hvordan vi kommer videre med tiltagene; "
        "særligt hvordan tiltagene implementeres i praksis.",
        "Listen vil være et dagsordenpunkt til på det næste politiske formandskabsmøde. Alle tiltag er forslag fra det "
        "politiske styregruppemøde d. 12. december 2019.",
    ]


def test_the_questions_that_the_measures_ask_are_open(db):
    questions = OpenQuestion.objects.select_related("measure")
    assert [(each.measure.code, each.text) for each in questions] == QUESTIONS
    assert {(each.answer, each.answered_on, each.meeting) for each in questions} == {("", None, None)}
    assert all(each.text in each.measure.points for each in questions)


def test_there_are_98_municipalities_in_the_order_of_the_danish_alphabet(db):
    assert Municipality.objects.count() == 98
    assert list(Municipality.objects.values_list("sort_order", flat=True)) == list(range(1, 99))
    assert list(Municipality.objects.values_list("name", flat=True))[-4:] == ["Ærø", "Aabenraa", "Aalborg", "Aarhus"]
    rødovre = Municipality.objects.get(code="0175")
    assert (rødovre.name, rødovre.region, rødovre.tile_label) == ("Rødovre", "Hovedstaden", "Rød")
    assert {each.population_date for each in Municipality.objects.all()} == {date(2020, 7, 1)}


def test_the_register_is_brought_up_to_date(db):
    Municipality.objects.filter(code="0175").update(name="Rødover", population=1)
    load()
    assert Municipality.objects.get(code="0175").name == "Rødovre"
    assert Municipality.objects.get(code="0175").population > 40_000
    assert Municipality.objects.count() == 98


@pytest.mark.django_db(transaction=True)
def test_an_empty_database_is_filled_once():
    call_command("flush", interactive=False)
    first = load().splitlines()
    assert first[0] == "98 kommuner i registeret."
    counts = {line.split(maxsplit=1)[1]: int(line.split()[0]) for line in first[1:]}
    expected = {
        "kulturregion": 1,
        "aftale": 1,
        "formål": 8,
        "medlemskaber": 9,
        "organer": 6,
        "møder": 3,
        "mødedeltager": 1,
        "indsatsområder": 3,
        "resultatmål": 13,
        "liste over tiltag": 1,
        "tiltag": 7,
        "åbne spørgsmål": 7,
    }
    assert {name: counts.get(name) for name in expected} == expected
    assert not Initiative.objects.exists()
    assert not CultureRegion.objects.get().has_demo_data

    before = everything()
    assert load().splitlines() == ["98 kommuner i registeret.", "Alt var indlæst i forvejen; intet er ændret."]
    assert everything() == before

    assert "   6 indsatser" in load("--demo").splitlines()
    assert CultureRegion.objects.get().has_demo_data
    before = everything()
    load("--demo")
    assert everything() == before


def test_the_made_up_memos_are_issued_once(cast):
    assert "   6 notater" in load("--demo").splitlines()
    found = Memo.objects.order_by("pk").values_list("kind", "status", "document__number")
    assert list(found) == [
        ("status", "issued", 1),
        ("municipality", "issued", 1),
        ("annual", "issued", 1),
        ("minutes", "issued", 1),
        ("agenda", "draft", None),
        ("onboarding", "draft", None),
    ]
    assert "Som følge af forhandlinger" in Memo.objects.get(kind="status").situation
    Memo.objects.get(kind="agenda").delete()
    before = everything()
    load("--demo")
    assert everything() == before


def test_what_people_did_since_stands(staff):
    load("--demo")
    agreement, first = the_agreement(), Purpose.objects.get(position=1)
    music = InitiativeArea.objects.get(name="Musikindsatsen")
    target, initiative = music.targets.get(position=5), Initiative.objects.get(title="Hun spiller")
    helsingør = Membership.objects.get(municipality__name="Helsingør")
    send(staff, f"/aftaler/{agreement.pk}/rediger/", name="Omdøbt", mission="At samle")
    send(staff, f"/formaal/{first.pk}/rediger/", text="At begynde forfra")
    staff.post(f"/formaal/{first.pk}/flyt/", {"ned": ""})
    staff.post(f"/medlemskaber/{helsingør.pk}/slet/")
    staff.post(f"/indsatser/{initiative.pk}/slet/")
    staff.post(f"/resultatmaal/{target.pk}/slet/")
    question, measure = OpenQuestion.objects.first(), Measure.objects.get(title="Markedsføring")
    send(staff, f"/tiltag/spoergsmaal/{question.pk}/besvar/", answer="Nej.")
    staff.post(f"/tiltag/{measure.pk}/slet/")
    send(staff, f"/indsatsomraader/{music.pk}/rediger/", position="9")
    before = everything()

    assert load("--demo").splitlines()[-1] == "Alt var indlæst i forvejen; intet er ændret."
    assert everything() == before
    agreement.refresh_from_db()
    assert (agreement.name, agreement.mission) == ("Omdøbt", "At samle")
    assert list(agreement.purposes.values_list("text", flat=True))[:2] == [PURPOSES[1], "At begynde forfra"]
    assert agreement.memberships.count() == 8


@pytest.fixture
def data(db, tmp_path, monkeypatch) -> Path:
    """A copy of the agreement's data that a test may break."""
    config = apps.get_app_config("agreements")
    shutil.copytree(Path(config.path) / "data", tmp_path / "data")
    monkeypatch.setattr(config, "path", str(tmp_path))
    return tmp_path / "data" / "kulturmetropolen.toml"


def add(data: Path, table: str, **values) -> None:
    lines = [f"{name} = {value if isinstance(value, date) else repr(value)}" for name, value in values.items()]
    with data.open("a", encoding="utf-8") as file:
        file.write("\n".join(["", f"[[{table}]]", *lines, ""]))


MEMBER = {"key": "ny", "agreement": "kulturmetropolen-2021", "municipality": "0270", "joined_on": date(2022, 1, 1)}


def test_a_row_that_is_new_in_the_data_is_loaded(data):
    add(data, "membership", **MEMBER)
    assert load().splitlines() == ["98 kommuner i registeret.", "   1 medlemskab"]
    assert Membership.objects.get(municipality__name="Gribskov").joined_on == date(2022, 1, 1)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"municipality": "9999"}, "ny: der er ingen kommune med koden 9999."),
        ({"agreement": "findes-ikke"}, "ny: der er ingen række med nøglen “findes-ikke”."),
        (
            {"joined_on": "i morgen"},
            "ny: joined_on: “i morgen”-værdien har et ugyldigt datoformat. Den skal være i formatet ÅÅÅÅ-MM-DD.",
        ),
        ({"left_on": date(2021, 1, 1)}, "ny: Kommunen træder ud, før den træder ind. Se de to datoer efter."),
        ({"municipality": "0175"}, "ny: Kommunen er allerede medlem af denne aftale."),
        ({"source": "k" * 301}, "ny: source: Denne værdi må højst have 300 tegn (den har 301)."),
        ({"kilde": "Protokol"}, "ny: der er ingen kolonne, der hedder “kilde”."),
    ],
)
def test_a_broken_row_is_named_and_nothing_is_loaded(data, broken, message):
    add(data, "purpose", key="god", agreement="kulturmetropolen-2021", position=9, text="At være i orden")
    add(data, "membership", **MEMBER | broken)
    before = everything()
    with pytest.raises(CommandError) as error:
        load()
    assert str(error.value) == message
    assert everything() == before
    assert not LoadedRecord.objects.filter(key__in=["god", "ny"]).exists()


def test_what_belongs_to_a_deleted_record_is_left_out(data):
    add(data, "body", key="nyt-udvalg", culture_region="kulturmetropolen", kind="other", name="Følgegruppen")
    load()
    Body.objects.get(name="Følgegruppen").delete()
    add(data, "meeting", key="nyt-moede", body="nyt-udvalg", held_on=date(1999, 1, 1))
    assert load().splitlines()[-1] == "Alt var indlæst i forvejen; intet er ændret."
    assert not Meeting.objects.filter(held_on=date(1999, 1, 1)).exists()
    assert (Agreement.objects.count(), ResultTarget.objects.count()) == (1, 13)
