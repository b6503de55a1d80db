"""A visit is held before the host decides, whichever of the two is moved."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from outreach.models import Ambassador, FollowUp, OnboardingCase, Visit
from tests.emptying import empty
from tests.factories import (
    AgreementFactory,
    CultureRegionFactory,
    kulturmetropolen,
    municipality,
)
from tests.factories.outreach import OnboardingCaseFactory, VisitFactory
from tests.initiatives.test_lock_races import meanwhile
from tests.pages import errors, form_data, notices, parse, refused, send, text

NEW = "/besoeg/opret/"


@pytest.fixture(autouse=True)
def no_visits(cast):
    empty(Ambassador)
    FollowUp.objects.filter(visit__isnull=False).delete()
    empty(Visit)


def typed(**values):
    return {"host": str(municipality("Allerød").pk), "held_on": "10-12-2026"} | values


DECIDES = "Greve beslutter senest den 25. februar 2027. Besøget skal holdes før den dag."


@pytest.fixture
def greve(cast):
    OnboardingCase.objects.filter(municipality__name="Greve").update(decision_deadline=date(2027, 2, 25))
    if not OnboardingCase.objects.filter(municipality__name="Greve").exists():
        OnboardingCaseFactory(municipality=municipality("Greve"), decision_deadline=date(2027, 2, 25))
    return municipality("Greve")


@pytest.mark.parametrize("day", ["25-02-2027", "26-02-2027", "01-01-2030"])
def test_a_visit_on_the_day_of_the_decision_or_later_is_refused(staff, greve, day):
    assert refused(staff, NEW, **typed(host=str(greve.pk), held_on=day)) == [f"Dato: {DECIDES}"]
    assert not Visit.objects.exists()


def test_a_visit_before_the_decision_is_not_moved_past_it(staff, greve):
    send(staff, NEW, **typed(host=str(greve.pk), held_on="24-02-2027"))
    visit = Visit.objects.get()
    assert refused(staff, f"{visit.get_absolute_url()}rediger/", held_on="25-02-2027") == [f"Dato: {DECIDES}"]


def test_taking_back_and_bringing_back_meet_the_rule(staff, greve):
    case = OnboardingCase.objects.get(municipality=greve)
    OnboardingCase.objects.filter(pk=case.pk).update(decision_deadline=None)
    visit = VisitFactory(host=greve, held_on=date(2027, 3, 1))
    late = visit.history.latest()
    visit.held_on = date(2027, 2, 1)
    visit.save()
    OnboardingCase.objects.filter(pk=case.pk).update(decision_deadline=case.decision_deadline)
    page = staff.get(f"{visit.get_absolute_url()}historik/{late.pk}/")
    assert f"Dato: {DECIDES}" in text(parse(page))
    Visit.objects.filter(pk=visit.pk).update(held_on=date(2027, 3, 1))
    visit.refresh_from_db()
    key = visit.pk
    visit.delete()
    row = Visit.history.filter(id=key).latest()
    response = staff.post(f"/besoeg/slettede/{row.pk}/", follow=True)
    assert notices(response) == [f"“Greve, 1. marts 2027” kan ikke hentes tilbage: {DECIDES}"]


@pytest.mark.parametrize("stage", ["joined", "declined"])
def test_a_case_that_is_closed_sets_no_limit(greve, stage):
    OnboardingCase.objects.filter(municipality=greve).update(
        stage=stage, stage_reason="Nej", council_decided_on=date(2026, 1, 1), council_case_number="1"
    )
    VisitFactory.build(culture_region=AgreementFactory().culture_region, host=greve, held_on=date(2028, 1, 1)).clean()


def test_a_case_of_another_region_sets_no_limit(greve):
    VisitFactory.build(culture_region=CultureRegionFactory(), host=greve, held_on=date(2028, 1, 1)).clean()


@pytest.mark.parametrize(("status", "refused"), [("planned", True), ("confirmed", True), ("held", False)])
def test_what_was_held_is_a_fact(greve, status, refused):
    visit = VisitFactory.build(culture_region=kulturmetropolen(), host=greve, held_on=date(2027, 3, 1), status=status)
    if refused:
        with pytest.raises(ValidationError) as error:
            visit.full_clean()
        assert error.value.messages == [DECIDES]
    else:
        visit.full_clean()


@pytest.mark.parametrize(
    ("day", "status", "refused"),
    [
        (date(2027, 2, 1), "planned", True),
        (date(2027, 1, 31), "confirmed", True),
        (date(2027, 2, 2), "planned", False),
        (date(2027, 2, 1), "held", False),
        (date(2027, 2, 1), "cancelled", False),
    ],
)
def test_the_decision_is_not_moved_before_a_visit_that_is_ahead(greve, day, status, refused):
    VisitFactory(host=greve, held_on=date(2027, 2, 1), status=status, status_reason="Sne")
    case = OnboardingCase.objects.get(municipality=greve)
    case.decision_deadline = day
    if not refused:
        case.clean()
        return
    with pytest.raises(ValidationError) as error:
        case.clean()
    assert error.value.message_dict == {
        "decision_deadline": [
            "Et besøg i Greve er planlagt til den 1. februar 2027. Fristen skal ligge efter den dag: flyt eller "
            "aflys besøget først."
        ]
    }


# --- both at the same moment ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_visit_that_is_saved_while_the_deadline_moves_before_it_is_refused(log_in, cast):
    staff, case = log_in(cast.staff), OnboardingCaseFactory(decision_deadline=date(2027, 3, 1))
    opened = form_data(staff.get(NEW)) | typed(held_on="01-02-2027")
    with meanwhile(lambda: staff.post(NEW, opened)) as late:
        case.decision_deadline = date(2027, 1, 15)
        case.save()
    response = late[0].result()
    decides = "Allerød beslutter senest den 15. januar 2027. Besøget skal holdes før den dag."
    assert (response.status_code, errors(response)) == (200, [f"Dato: {decides}"])
    assert not Visit.objects.filter(host=case.municipality_id).exists()


@pytest.mark.django_db(transaction=True)
def test_a_deadline_that_is_moved_while_a_visit_after_it_is_saved_is_refused(log_in, cast):
    admin, case = log_in(cast.admin), OnboardingCaseFactory(decision_deadline=date(2027, 3, 1))
    url = f"/indslusning/{case.pk}/rediger/"
    opened = form_data(admin.get(url)) | {"decision_deadline": "15-01-2027"}
    with meanwhile(lambda: admin.post(url, opened)) as late:
        VisitFactory(host=case.municipality, held_on=date(2027, 2, 1))
    response = late[0].result()
    assert response.status_code == 200
    assert ["planlagt" in each for each in errors(response)] == [True]
    case.refresh_from_db()
    assert case.decision_deadline == date(2027, 3, 1)
