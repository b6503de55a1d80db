"""The next agreement, begun from a copy of this one."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from agreements.models import Agreement, Membership, Purpose
from initiatives.actions import copy_agreement
from initiatives.models import InitiativeArea, ResultTarget
from tests.factories import AgreementFactory, InitiativeAreaFactory, municipality, the_agreement
from tests.factories.economy import OtherPartyFactory
from tests.pages import form_data, notices, refused, send


@pytest.fixture
def url(db):
    return f"/aftaler/{the_agreement().pk}/ny-aftale/"


def test_the_next_four_years_are_proposed(staff, url):
    proposed = form_data(staff.get(url))
    assert proposed == {"name": "Kulturmetropolen 2025-2028", "starts_on": "01-01-2025", "ends_on": "31-12-2028"}


def test_a_new_agreement_takes_over_what_the_old_one_is(staff, cast, url):
    old = the_agreement()
    Agreement.objects.filter(pk=old.pk).update(mission="Kultur for alle", negotiation_note="Gammelt")
    Membership.objects.filter(agreement=old, municipality=municipality("Ishøj")).update(left_on=date(2023, 1, 1))
    OtherPartyFactory(agreement=old, name="Kulturhuset", kind="abroad", note="Scene")
    response = send(staff, url, name="Kulturmetropolen 2025-2027", ends_on="31-12-2027")
    new = Agreement.objects.get(name="Kulturmetropolen 2025-2027")
    assert response.url == f"/aftaler/{new.pk}/"
    assert notices(staff.get(response.url))[0] == (
        "“Kulturmetropolen 2025-2027” er begyndt. Se igennem, hvad den har overtaget."
    )
    assert (new.status, new.starts_on, new.ends_on) == ("draft", date(2025, 1, 1), date(2027, 12, 31))
    assert (new.culture_region, new.mission, new.legal_basis) == (
        old.culture_region,
        "Kultur for alle",
        old.legal_basis,
    )
    assert (new.case_number, new.negotiation_note, new.stated_member_count, new.figures_locked_until) == (
        "",
        "",
        None,
        None,
    )

    def rows(model, *fields, **of):
        return list(model.objects.filter(**of).order_by(*fields).values_list(*fields))

    for model, path, fields in [
        (Purpose, "agreement", ("position", "text")),
        (InitiativeArea, "agreement", ("position", "name", "purpose")),
        (ResultTarget, "area__agreement", ("area__position", "position", "text")),
    ]:
        assert rows(model, *fields, **{path: new}) == rows(model, *fields, **{path: old}) != []
    assert ("abroad", "Kulturhuset", "Scene") in new.other_parties.values_list("kind", "name", "note")

    members = new.memberships.select_related("municipality")
    assert sorted(each.municipality.name for each in members) == [
        "Albertslund", "Furesø", "Halsnæs", "Helsingør", "Herlev", "Køge", "Roskilde", "Rødovre",
    ]  # fmt: skip
    assert {
        (each.joined_on, each.left_on, each.continues, each.council_decided_on, each.source) for each in members
    } == {(date(2025, 1, 1), None, True, None, "Begyndt fra “Kulturmetropolen 2021-2024”.")}
    assert [entry.history_user for entry in new.purposes.first().history.all()] == [cast.staff]
    assert (old.purposes.count(), old.areas.count(), old.memberships.count()) == (8, 3, 9)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"name": ""}, "Navn: Dette felt er påkrævet."),
        ({"name": "Kulturmetropolen 2021-2024"}, "Kulturregionen har allerede en aftale med det navn."),
        ({"name": "Æ" * 151}, "Navn: Teksten er på 151 tegn; der er plads til 150. Gør den kortere."),
        ({"ends_on": "31-12-2024"}, "Perioden slutter, før den begynder. Se de to datoer efter."),
        (
            {"starts_on": "31-12-2024"},
            "Begynder: “Kulturmetropolen 2021-2024” løber til 31. december 2024. Den nye aftale begynder derefter.",
        ),
        (
            {"starts_on": "31-02-2025"},
            "Begynder: Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020.",
        ),
    ],
)
def test_what_is_wrong_with_the_new_agreement(staff, url, typed, message):
    assert refused(staff, url, **typed) == [message]
    assert Agreement.objects.count() == 1


def test_all_of_it_or_nothing(cast):
    """What fails in the middle leaves nothing behind."""
    old = the_agreement()
    InitiativeAreaFactory(agreement=old, name="X" * 100)
    OtherPartyFactory(agreement=old, name="Part")
    AgreementFactory(name="Findes")
    with pytest.raises(ValidationError):
        copy_agreement(
            agreement=old, name="Findes", starts_on=date(2025, 1, 1), ends_on=date(2026, 1, 1), user=cast.staff
        )
    assert (Agreement.objects.count(), Purpose.objects.count()) == (2, 8)


def test_who_may_begin_an_agreement(log_in, cast, url):
    answers = {
        role: log_in(getattr(cast, role)).get(url).status_code for role in ("admin", "chair", "guest", "outsider")
    }
    assert answers == {"admin": 200, "chair": 403, "guest": 404, "outsider": 404}
    assert log_in(cast.chair).post(url).status_code == 403
    assert (
        "Begynd en ny aftale fra denne"
        not in log_in(cast.chair).get(f"/aftaler/{the_agreement().pk}/").content.decode()
    )
