"""Two people at the very same moment: every memo is issued once, numbered without gap or double, and begun once."""

from functools import partial

import pytest

from agreements.models import AuditEvent, OutgoingMail, UserInvitation
from outreach.actions.memos import faults
from outreach.models import AgendaLayout, IssuedMemo, Memo, MemoRun
from tests.factories import MemoFactory, kulturmetropolen, municipality
from tests.initiatives.test_races import at_once
from tests.outreach.test_memo_run_pages import URL as RUNS
from tests.outreach.test_memo_run_pages import preview
from tests.pages import errors, form_data

pytestmark = pytest.mark.django_db(transaction=True)
READERS = 2  # of the cast, whom a memo to the committee of Rødovre is told to


@pytest.fixture
def clients(log_in, cast):
    cast.staff.role_grants.update(role="admin")
    return [log_in(cast.staff), log_in(cast.admin)]


def posted_at_once(clients, *sent: tuple[str, dict]) -> list:
    return at_once(*[partial(client.post, url, data) for client, (url, data) in zip(clients, sent, strict=True)])


def statuses(clients, *sent: tuple[str, dict]) -> list[int]:
    return sorted(response.status_code for response in posted_at_once(clients, *sent))


def numbers() -> list[int]:
    assert faults() == []
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.MEMO_ISSUED).count() == IssuedMemo.objects.count()
    assert OutgoingMail.objects.filter(key__startswith="memo-").count() == READERS * IssuedMemo.objects.count()
    return list(IssuedMemo.objects.values_list("number", flat=True))


def test_memos_of_a_series_are_issued_at_once(clients):
    for _round in range(2):
        memos = [MemoFactory(), MemoFactory()]
        sent = [(f"/notater/{memo.pk}/udsted/", {"version": 1}) for memo in memos]
        assert statuses(clients, *sent) == [302, 302]
    assert numbers() == [1, 2, 3, 4]


def test_a_memo_is_issued_and_its_correction_begun_once(clients):
    memo = MemoFactory()
    responses = posted_at_once(clients, *[(f"/notater/{memo.pk}/udsted/", {"version": 1})] * 2)
    assert numbers() == [1]
    assert [response.status_code for response in responses] == [302, 302]  # neither is shown the form again

    responses = posted_at_once(clients, *[(f"/notater/{memo.pk}/ret/", {})] * 2)
    correction = Memo.objects.get(replaces=memo)
    assert {response.url for response in responses} == {f"/notater/{correction.pk}/rediger/"}

    issued, withdrawn = posted_at_once(
        clients,
        (f"/notater/{correction.pk}/udsted/", {"version": 1}),
        (f"/notater/{memo.pk}/traek-tilbage/", {"version": 2, "reason": "Forkert udvalg."}),
    )
    memo.refresh_from_db()
    assert issued.status_code == 302
    assert (withdrawn.status_code, memo.status) in [(302, "withdrawn"), (409, "issued")]
    assert list(IssuedMemo.objects.values_list("number", "memo")) == [(1, memo.pk), (2, correction.pk)]
    assert Memo.objects.issued().get() == correction
    assert faults() == []


def test_a_run_an_invitation_and_headings_are_made_once(clients):
    run = form_data(preview(clients[0])) | {"start": ""}
    invitation = {
        "culture_region": kulturmetropolen().pk,
        "name": "Åse Holm",
        "email": "ase@herlev.example",
        "role": "staff",
    }
    layouts = "/dagsordenoverskrifter/opret/"
    layout = form_data(clients[0].get(layouts)) | {"municipality": municipality("Køge").pk}
    for url, data, made in [
        (RUNS, run, MemoRun.objects.all()),
        ("/brugere/invitationer/opret/", invitation, UserInvitation.objects.filter(email=invitation["email"])),
        (layouts, layout, AgendaLayout.objects.filter(municipality__name="Køge")),
    ]:
        responses = posted_at_once(clients, *[(url, data)] * 2)
        assert sorted(response.status_code for response in responses) == [200, 302], url
        (second,) = (response for response in responses if response.status_code == 200)
        assert len(errors(second)) == 1
        assert made.count() == 1
    assert OutgoingMail.objects.filter(recipient=invitation["email"]).count() == 1

    headings = AgendaLayout.objects.get(municipality__name="Køge")
    url = f"/dagsordenoverskrifter/{headings.pk}/rediger/"
    opened = form_data(clients[0].get(url))
    responses = posted_at_once(clients, *[(url, opened | {"law": law}) for law in ("Lovgrundlag", "Lov og planer")])
    codes = [response.status_code for response in responses]
    assert sorted(codes) == [302, 409]
    headings.refresh_from_db()
    assert headings.law == ["Lovgrundlag", "Lov og planer"][codes.index(302)]
    assert form_data(responses[codes.index(409)])["law"] == ["Lovgrundlag", "Lov og planer"][codes.index(409)]
