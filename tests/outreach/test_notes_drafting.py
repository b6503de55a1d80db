"""The draft of a status note: exact sentences from what is registered, and what the author is told."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from initiatives.models import Activity, TargetGroup
from outreach.drafting import draft
from tests.emptying import empty
from tests.factories import (
    AgreementFactory,
    CultureRegionFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    kulturmetropolen,
    municipality,
)
from tests.factories.doing import ActivityFactory, TargetGroupFactory

TODAY = date(2026, 11, 25)
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
BEHIND = "\n\nDet er Kulturmetropolen, der står bag."


@pytest.fixture(autouse=True)
def no_activities(cast):
    empty(Activity)


def held(title, day, attendance=None, *, places=("Rødovre",), groups=(), **fields):
    activity = ActivityFactory(title=title, held_on=day, attendance=attendance, places=places, **fields)
    activity.target_groups.set([group_called(name) for name in groups])
    return activity


def group_called(name):
    return TargetGroup.objects.filter(name=name).first() or TargetGroupFactory(name=name)


def drafted(name="Rødovre", month=OCTOBER, today=TODAY):
    return draft(region=kulturmetropolen(), municipality=municipality(name), month=month, today=today)


def text(*args, **kwargs) -> str:
    written = drafted(*args, **kwargs).text
    assert written.endswith(BEHIND)
    return written.removesuffix(BEHIND)


def test_one_activity():
    held("Åben scene", date(2026, 10, 9), 104, place="Viften, Rødovre", groups=["psykisk sårbare unge"])
    assert text() == (
        "I oktober 2026 har Rødovres borgere haft glæde af Åben scene (Viften, Rødovre) med 104 deltagere. "
        "Aktiviteten var for psykisk sårbare unge."
    )
    assert drafted().remarks == []


def test_this_month():
    held("Åben scene", date(2026, 11, 6), 1)
    assert text(month=NOVEMBER) == "I denne måned har Rødovres borgere haft glæde af Åben scene med én deltager."


@pytest.mark.parametrize(
    ("name", "citizens"),
    [("Halsnæs", "Halsnæs' borgere"), ("Faxe", "Faxes borgere"), ("Nordfyns", "Nordfyns borgere")],
)
def test_whose_citizens(name, citizens):
    held("Kor", date(2026, 10, 28), 1538, places=[name])
    assert text(name) == f"I oktober 2026 har {citizens} haft glæde af Kor med 1.538 deltagere."


def test_several_activities_with_what_came_of_others():
    held("Åben scene", date(2026, 10, 9), 104, place="Viften, Rødovre", groups=["unge uden for kulturfællesskaberne"])
    held(
        "Fælles produktionsdag",
        date(2026, 10, 17),
        61,
        place="Musikteatret, Albertslund",
        places=["Rødovre", "Albertslund", "Herlev", "Ishøj"],
        groups=["unge, kvindelige musikere"],
    )
    held("Sangdag", date(2026, 10, 20))
    assert text() == (
        "I oktober 2026 har Rødovres borgere haft glæde af tre aktiviteter: "
        "Åben scene (Viften, Rødovre) med 104 deltagere, "
        "Fælles produktionsdag (Musikteatret, Albertslund) med 61 deltagere fra fire kommuner og Sangdag. "
        "Der kom i alt mindst 165 deltagere. "
        "Aktiviteterne var for unge uden for kulturfællesskaberne og for unge, kvindelige musikere."
    )
    assert drafted().remarks == ["Ingen har talt deltagerne: Sangdag."]


def test_what_is_held_again_and_again_is_told_of_once():
    initiative = InitiativeFactory()
    for day, attendance in [(2, 16), (9, 19), (16, None)]:
        held("Øvelokale", date(2026, 10, day), attendance, initiative=initiative, place="Gimle")
    assert text() == (
        "I oktober 2026 har Rødovres borgere haft glæde af Øvelokale tre gange (Gimle) med i alt mindst 35 deltagere."
    )


def test_many_activities_name_the_best_attended():
    for number in range(1, 15):
        held(f"Koncert {number}", date(2026, 10, number), number * 10)
    assert text() == (
        "I oktober 2026 har Rødovres borgere haft glæde af 14 aktiviteter, blandt andet Koncert 14 med 140 deltagere, "
        "Koncert 13 med 130 deltagere, Koncert 12 med 120 deltagere, Koncert 11 med 110 deltagere og "
        "Koncert 10 med 100 deltagere. Der kom i alt 1.050 deltagere."
    )


def test_a_group_with_a_clause_ends_with_a_comma():
    held("Kor", date(2026, 10, 1), 9, groups=["unge, der savner fællesskab", "ældre"])
    assert text() == (
        "I oktober 2026 har Rødovres borgere haft glæde af Kor med ni deltagere. "
        "Aktiviteten var for unge, der savner fællesskab, og for ældre."
    )


def test_of_many_groups_the_most_frequent():
    for day in (1, 2):
        held("Kor", date(2026, 10, day), 9)
    groups = [TargetGroupFactory(name=name) for name in ("børn", "mødre", "unge", "ældre")]
    first, second = Activity.objects.order_by("held_on")
    first.target_groups.set(groups)
    second.target_groups.set([groups[3]])
    assert text().endswith("Aktiviteterne var blandt andet for ældre, for børn og for mødre.")


def test_nothing_at_all_is_said_as_it_is():
    assert text() == "I oktober 2026 er der ikke registreret aktiviteter for Rødovres borgere."
    assert drafted().remarks == [
        "Der er ikke registreret aktiviteter for Rødovre i måneden. Registrér dem først, eller skriv teksten selv."
    ]


def test_nothing_yet_says_what_comes():
    held("Sangdag", date(2026, 12, 3), place="Viften")
    assert text(month=NOVEMBER) == (
        "I denne måned er der ikke registreret aktiviteter for Rødovres borgere.\n\n"
        "Det næste er Sangdag den 3. december (Viften)."
    )
    held("Kor", date(2027, 1, 14))
    assert text().endswith("De næste er Sangdag den 3. december (Viften) og Kor den 14. januar 2027.")


def test_later_this_month():
    held("Åben scene", date(2026, 11, 6), 96)
    held("Kor", date(2026, 11, 28))
    held("Sangdag", date(2026, 12, 3))
    assert text(month=NOVEMBER) == (
        "I denne måned har Rødovres borgere haft glæde af Åben scene med 96 deltagere.\n\n"
        "Senere på måneden kommer Kor den 28. november."
    )


def test_what_nobody_came_to_is_left_out():
    held("Åben scene", date(2026, 10, 9), 0)
    assert text() == "I oktober 2026 er der ikke registreret aktiviteter for Rødovres borgere."
    assert drafted().remarks[1:] == ["Udeladt, fordi ingen kom: Åben scene."]


def test_the_month_has_all_its_days_and_no_others():
    for title, day in [("Før", (9, 30)), ("Først", (10, 1)), ("Sidst", (10, 31)), ("Efter", (11, 1))]:
        held(title, date(2026, *day))
    assert "to aktiviteter: Først og Sidst." in text()


def test_another_region_and_another_municipality_stay_out():
    held("Køges", date(2026, 10, 9), places=["Køge"])
    agreement = AgreementFactory(culture_region=CultureRegionFactory())
    elsewhere = InitiativeFactory(area=InitiativeAreaFactory(agreement=agreement))
    held("De andres", date(2026, 10, 9), initiative=elsewhere)
    assert text() == "I oktober 2026 er der ikke registreret aktiviteter for Rødovres borgere."


def test_the_draft_is_danish_whatever_the_author_reads():
    held("Åben scene", date(2026, 10, 9), 1204)
    with translation.override("en"):
        assert text() == "I oktober 2026 har Rødovres borgere haft glæde af Åben scene med 1.204 deltagere."


def test_so_many_queries_however_much_took_place():
    def count():
        region, place = kulturmetropolen(), municipality("Rødovre")
        with CaptureQueriesContext(connection) as captured:
            draft(region=region, municipality=place, month=OCTOBER, today=TODAY)
        return len(captured)

    held("Kor", date(2026, 10, 1), groups=["ældre"])
    few = count()
    for day in range(2, 30):
        held(f"Kor {day}", date(2026, 10, day), day, groups=[f"gruppe {day}"])
    assert count() == few == 4
