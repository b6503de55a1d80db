"""Two people at the very same moment, in threads and in processes of their own: exactly one wins, and nobody loses."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection, transaction

from initiatives.models import Initiative, InitiativeArea
from tests.factories import AgreementFactory, PurposeFactory
from tests.initiatives.test_conflicts import versions
from tests.pages import errors, form_data, send

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.fixture
def clients(log_in, cast):
    return [log_in(cast.staff), log_in(cast.admin)]


def at_once(*calls) -> list:
    """Makes the calls in threads that start together; what they return."""
    barrier = Barrier(len(calls))

    def make(call):
        barrier.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(make, calls))


def new_initiative(title: str) -> Initiative:
    return Initiative.objects.create(area=InitiativeArea.objects.get(name="Musikindsatsen"), title=title)


def test_of_two_threads_that_save_one_wins(clients):
    for number in range(ROUNDS):
        initiative = new_initiative(f"Kor {number}")
        url = f"/indsatser/{initiative.pk}/rediger/"
        titles = [f"Kor {number} på Ærø", f"Kor {number} i Køge"]
        sent = [form_data(client.get(url)) | {"title": title} for client, title in zip(clients, titles, strict=True)]
        responses = at_once(*[partial(client.post, url, data) for client, data in zip(clients, sent, strict=True)])
        statuses = [response.status_code for response in responses]
        assert sorted(statuses) == [302, 409]
        winner, loser = statuses.index(302), statuses.index(409)
        initiative.refresh_from_db()
        assert (initiative.title, initiative.version) == (titles[winner], 2)
        assert versions(responses[loser]) == {"Titel": (titles[loser], titles[winner], "mine")}
        assert form_data(responses[loser])["title"] == titles[loser]


def test_of_two_processes_that_save_one_wins(cast):
    initiative = new_initiative("Kor")
    url = f"/indsatser/{initiative.pk}/rediger/"
    editors = {
        "Kor på Ærø": editor_process(url, cast.staff, "Kor på Ærø"),
        "Kor i Køge": editor_process(url, cast.admin, "Kor i Køge"),
    }
    assert [editor.stdout.readline() for editor in editors.values()] == ["ready\n", "ready\n"]
    for editor in editors.values():
        editor.stdin.write("\n")
        editor.stdin.flush()
    results = {title: editor.communicate()[0].strip() for title, editor in editors.items()}
    assert sorted(results.values()) == ["302", "409"]
    initiative.refresh_from_db()
    assert results[initiative.title] == "302"
    assert initiative.version == 2


def editor_process(url: str, user, title: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.initiatives.editor", url, user.email, title],
        cwd=settings.BASE_DIR,
        # DEBUG for pages without collected static files
        env=os.environ
        | {"DATABASE_URL": database_url(), "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "kulturmetropol.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def database_url() -> str:
    """The address of the test database for another process."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return f"postgres://{database['USER']}@{quote(database['HOST'], safe='')}:{database['PORT']}/{database['NAME']}"


def test_the_loser_sees_what_the_winner_saved_after_the_loser_had_begun(clients):
    initiative = new_initiative("Kor")
    url = f"/indsatser/{initiative.pk}/rediger/"
    loser, winner = clients
    opened = form_data(loser.get(url))

    def save():
        try:
            return loser.post(url, opened | {"title": "Kor i Køge"})
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            send(winner, url, title="Kor på Ærø", summary="Med harpe")
            late = pool.submit(save)
            time.sleep(1)  # the loser has read the old version and waits for the lock
        response = late.result()
    assert response.status_code == 409
    assert versions(response) == {
        "Titel": ("Kor i Køge", "Kor på Ærø", "mine"),
        "Resumé": ("–", "Med harpe", "theirs"),
    }
    assert loser.post(url, form_data(response)).status_code == 302
    initiative.refresh_from_db()
    assert (initiative.title, initiative.summary) == ("Kor i Køge", "Med harpe")


def test_of_two_who_make_the_same_one_does(clients):
    area = InitiativeArea.objects.get(name="Musikindsatsen")
    url = f"/indsatser/opret/?omraade={area.pk}"
    for number in range(ROUNDS):
        title = f"Kor {number}"
        sent = [form_data(client.get(url)) | {"title": title} for client in clients]
        responses = at_once(*[partial(client.post, url, data) for client, data in zip(clients, sent, strict=True)])
        assert sorted(response.status_code for response in responses) == [200, 302]
        (loser,) = (response for response in responses if response.status_code == 200)
        assert errors(loser) in (
            ["Området har allerede en indsats med den titel."],
            ["En anden gemte det samme i samme øjeblik. Se listen, og prøv igen."],
        )
        assert form_data(loser)["title"] == title
        assert Initiative.objects.filter(title=title).count() == 1


def after_moves(clients, *steps: tuple[int, str]) -> str:
    """Eight purposes of which each client moves one, by its place and way; the first places as they stand then."""
    agreement = AgreementFactory()
    purposes = [PurposeFactory(agreement=agreement, position=place, text=str(place)) for place in range(1, 9)]
    at_once(
        *[
            partial(client.post, f"/formaal/{purposes[place - 1].pk}/flyt/", {way: ""})
            for client, (place, way) in zip(clients, steps, strict=True)
        ]
    )
    assert list(agreement.purposes.values_list("position", flat=True)) == list(range(1, 9))
    return "".join(agreement.purposes.values_list("text", flat=True))


def test_two_moves_at_once_both_count(clients):
    assert after_moves(clients, (2, "op"), (6, "ned")) == "21345768"
    assert after_moves(clients, (1, "ned"), (1, "ned")) == "23145678"
    assert after_moves(clients, (8, "op"), (8, "op")) == "12345867"
    # 1 before 2, or 2 before 1; 4 before 5, or 5 before 4
    assert after_moves(clients, (1, "ned"), (2, "op")) in {"21345678", "23145678"}
    assert after_moves(clients, (4, "op"), (5, "op")) in {"12453678", "12345678"}
