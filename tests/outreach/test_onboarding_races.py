"""Two admins at the very same moment: a case is moved once, an invitation is sent once, and the other is told."""

from functools import partial

import pytest
from django.core import mail

from agreements.models import Membership, OutgoingMail
from tests.factories import PersonFactory, municipality
from tests.factories.outreach import InvitationFactory
from tests.initiatives.test_races import at_once
from tests.outreach.test_onboarding import case_at, gate
from tests.pages import form_data, notices

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = [("Allerød", "council"), ("Solrød", "joined"), ("Lejre", "committee")]


@pytest.fixture
def clients(log_in, cast):
    cast.staff.role_grants.update(role="admin")
    return [log_in(cast.staff), log_in(cast.admin)]


def post_at_once(clients, url: str, *typed: dict) -> list:
    sent = [form_data(client.get(url)) | each for client, each in zip(clients, typed, strict=True)]
    return at_once(*[partial(client.post, url, data) for client, data in zip(clients, sent, strict=True)])


@pytest.mark.parametrize(("name", "to"), ROUNDS)
def test_of_two_admins_who_move_a_case_one_wins_and_the_other_is_told(clients, name, to):
    before = {"committee": "taking_part", "council": "committee", "joined": "council"}[to]
    case = case_at(before, municipality=municipality(name))
    typed = [{"passed_on": f"{day}-11-2026", "note": f"Note {day}"} for day in (1, 2)]
    if to == "council":
        typed = [each | {"council_case_number": f"26/{number}"} for number, each in enumerate(typed)]
    responses = post_at_once(clients, gate(case, to), *typed)
    statuses = [response.status_code for response in responses]
    assert sorted(statuses) == [302, 409]
    winner, loser = statuses.index(302), statuses.index(409)
    passage = case.passages.get(gate=to)
    assert (passage.note, case.passages.count()) == (f"Note {winner + 1}", case.GATES.index(to) + 1)
    assert any("har arbejdet på sagen imens" in each for each in notices(responses[loser]))
    assert form_data(responses[loser])["note"] == f"Note {loser + 1}"
    assert Membership.objects.filter(municipality=case.municipality).count() == (to == "joined")


def test_of_one_who_declines_and_one_who_moves_on_one_wins(clients):
    case = case_at("committee")
    urls = [f"/indslusning/{case.pk}/afslag/", gate(case, "council")]
    typed = [{"reason": "Nej"}, {"passed_on": "1-11-2026", "council_case_number": "26/1"}]
    sent = [form_data(client.get(url)) | each for client, url, each in zip(clients, urls, typed, strict=True)]
    responses = at_once(
        *[partial(client.post, url, data) for client, url, data in zip(clients, urls, sent, strict=True)]
    )
    assert sorted(response.status_code for response in responses) == [302, 409]
    case.refresh_from_db()
    assert case.stage == ("declined" if responses[0].status_code == 302 else "council")


def test_an_invitation_that_two_send_is_sent_once(clients):
    case = case_at("contacted")
    case.contacts.add(PersonFactory(email="anna@alleroed.example"))
    invitation = InvitationFactory(case=case)
    url = f"/indslusning/invitationer/{invitation.pk}/send/"
    responses = post_at_once(clients, url, {"text": "Min"}, {"text": "Din"})
    assert [response.status_code for response in responses] == [302, 302]
    assert (len(mail.outbox), OutgoingMail.objects.count()) == (1, 1)
    assert case.passages.filter(gate="invited").count() == 1
