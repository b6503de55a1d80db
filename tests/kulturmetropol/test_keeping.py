"""A file that was chosen stays chosen while the rest of its form is mended: with its user, and for a day."""

import os
from pathlib import Path
from time import time

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict

from agreements.models import Document
from initiatives.models import Initiative, Story
from kulturmetropol import keeping
from tests.factories import municipality
from tests.factories.doing import StoryFactory, picture
from tests.pages import all_of_class, errors, form_data, parse, text

NEW = "/historier/opret/"
GONE = "Billede: Filen, du valgte, er her ikke længere. Vælg den igen."
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture(autouse=True)
def files(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def typed(db) -> dict[str, str]:
    """A story whose title is missing."""
    return {
        "initiative": str(Initiative.objects.get(title="Syng dig stærk").pk),
        "municipality": str(municipality("Halsnæs").pk),
        "text": "Hun går op ad trappen.",
        "picture_text": "En trappe",
    }


def waiting(files: Path) -> list[Path]:
    return [each for each in (files / "kept").rglob("*") if each.is_file()] if (files / "kept").exists() else []


def send_faulty(client, typed, **more):
    return client.post(NEW, form_data(client.get(NEW)) | typed | {"picture": picture(name="IMG_1.jpg")} | more)


def notice(response) -> str:
    (found,) = [each for each in all_of_class(parse(response), "notice") if each.find(".//input") is not None]
    return text(found)


def test_a_picture_waits_until_the_story_is_mended(staff, typed, files):
    response = send_faulty(staff, typed)
    assert errors(response) == ["Titel: Dette felt er påkrævet."]
    assert notice(response) == (
        "“IMG_1.jpg” er allerede valgt og gemmes sammen med resten. Vælg en anden fil for at bytte den ud. "
        "Udelad denne fil"
    )
    (shown,) = all_of_class(parse(response), "kept-picture")
    preview = staff.get(shown.get("src"))
    (kept,) = waiting(files)
    assert (preview["Content-Type"], b"".join(preview.streaming_content)) == ("image/jpeg", kept.read_bytes())

    again = staff.post(NEW, form_data(response) | {"picture_text": ""})
    assert len(errors(again)) == 2
    assert waiting(files) == [kept]
    content = kept.read_bytes()
    assert staff.post(NEW, form_data(again) | {"title": "Trappen", "picture_text": "En trappe"}).status_code == 302
    story = Story.objects.get(title="Trappen")
    assert (story.picture.read(), story.picture.name.startswith("stories/")) == (content, True)
    # the tests' transaction never ends: what happens on its commit is seen by the next test


@pytest.mark.django_db(transaction=True)
def test_what_waited_is_gone_once_it_is_saved(staff, typed, files):
    response = send_faulty(staff, typed)
    assert len(waiting(files)) == 1
    staff.post(NEW, form_data(response) | {"title": "Trappen"})
    assert Story.objects.get(title="Trappen").picture
    assert waiting(files) == []


def test_another_picture_takes_its_place(staff, typed, files):
    response = send_faulty(staff, typed)
    staff.post(NEW, form_data(response) | {"title": "Trappen", "picture": picture("PNG")})
    assert Story.objects.get(title="Trappen").picture.name.endswith(".png")
    assert waiting(files) == []


def test_it_can_be_left_out(staff, typed, files):
    response = send_faulty(staff, typed)
    staff.post(NEW, form_data(response) | {"title": "Trappen", "drop_kept": "on"})
    assert not Story.objects.get(title="Trappen").picture
    assert waiting(files) == []


def test_a_picture_that_is_none_is_not_kept(staff, typed, files):
    response = send_faulty(staff, typed, picture=SimpleUploadedFile("x.jpg", b"no picture"))
    assert form_data(response)["kept"] == ""
    assert waiting(files) == []


def forged(token: str) -> str:
    return token[:-1] + ("A" if token[-1] != "A" else "B")


def test_a_forged_token_is_worth_nothing_and_says_so(staff, typed, files):
    response = send_faulty(staff, typed)
    token = form_data(response)["kept"]
    other = signing.dumps({"user": 1, "stored": "../../etc/passwd", "shown": "x"}, salt="another")
    for each in (forged(token), "x", other):
        again = staff.post(NEW, form_data(response) | {"title": "Trappen", "kept": each})
        assert (errors(again), form_data(again)["kept"]) == ([GONE], "")
        assert staff.get(f"/valgt-billede/{each}/" if "/" not in each else "/valgt-billede/x/").status_code == 404
    assert not Story.objects.filter(title="Trappen").exists()
    assert staff.post(NEW, form_data(again)).status_code == 302  # told once: now the story may do without


def test_another_users_token_is_worth_nothing(staff, log_in, cast, typed, files):
    token = form_data(send_faulty(staff, typed))["kept"]
    other = log_in(cast.admin)
    assert other.get(f"/valgt-billede/{token}/").status_code == 404
    response = other.post(NEW, form_data(other.get(NEW)) | typed | {"title": "Trappen", "kept": token})
    assert errors(response) == [GONE]
    assert len(waiting(files)) == 1


def test_a_file_is_kept_for_a_day(staff, typed, files, monkeypatch, settings):
    settings.SESSION_PAUSE_EDITING = 2 * 86_400  # the user is still logged in when the file's day is over
    response = send_faulty(staff, typed)
    with monkeypatch.context() as patch:
        patch.setattr(signing.time, "time", lambda: time() + 86_401)
        assert errors(staff.post(NEW, form_data(response) | {"title": "Trappen"})) == [GONE]
    (kept,) = waiting(files)
    os.utime(kept, (time() - 86_401, time() - 86_401))
    send_faulty(staff, typed)
    assert kept not in waiting(files)
    assert len(waiting(files)) == 1


def test_a_conflict_keeps_the_picture(staff, files):
    story = StoryFactory(title="Før", picture="", picture_text="")
    url = f"/historier/{story.pk}/rediger/"
    mine, theirs = form_data(staff.get(url)), form_data(staff.get(url))
    staff.post(url, theirs | {"title": "Deres"})
    response = staff.post(url, mine | {"picture": picture(), "picture_text": "Min flade"})
    assert response.status_code == 409
    assert len(waiting(files)) == 1
    assert staff.post(url, form_data(response)).status_code == 302
    story.refresh_from_db()
    assert (story.title, story.picture_text, story.picture.size > 0) == ("Deres", "Min flade", True)


def test_a_document_waits_under_its_own_name(staff, files):
    url = "/dokumenter/opret/"
    data = form_data(staff.get(url)) | {"title": ""}
    response = staff.post(url, data | {"file": SimpleUploadedFile("Køreplan æøå.pdf", PDF)})
    assert errors(response) == ["Titel: Dette felt er påkrævet."]
    assert notice(response).startswith("“Køreplan æøå.pdf” er allerede valgt")
    assert staff.get(f"/valgt-billede/{form_data(response)['kept']}/").status_code == 404  # no picture, never shown
    assert staff.post(url, form_data(response) | {"title": "Køreplan"}).status_code == 302
    document = Document.objects.get(title="Køreplan")
    assert (document.file.read(), document.download_name) == (PDF, "Køreplan.pdf")


def test_nothing_is_found_for_no_token(cast):
    assert keeping.find(cast.staff, QueryDict().get("kept", "")) is None
