"""No address and no archive reaches a file outside of its place.

Sources: OWASP WSTG-ATHZ-01, OWASP Path Traversal, Snyk "Zip Slip" (see `payloads`).
"""

import tarfile
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core import signing
from django.core.management import CommandError, call_command
from django.test import Client

from agreements.models import Document
from initiatives.models import Story
from kulturmetropol.keeping import SALT
from tests.factories.doing import StoryFactory
from tests.factories.governance import DocumentFactory
from tests.kulturmetropol.test_backup import PARTS, build

from . import site
from .payloads import OUTSIDE

SECRET = b"root:"


@pytest.mark.once
@pytest.mark.parametrize("place", OUTSIDE)
def test_no_address_reads_a_file(log_in, cast, place):
    admin = log_in(cast.admin)
    admin.raise_request_exception = False
    texts = [each for each in site.patterns() if "<str:" in str(each.pattern) or "<slug:" in str(each.pattern)]
    urls = [site.example_path(each).replace("/x", f"/{quote(place, safe='%')}", 1) for each in texts]
    urls += [f"/static/{place}", f"/static/css/{place}", f"/{place}", f"/kept/{place}", f"/media/{place}"]
    for url in urls:
        response = admin.get(url)
        assert response.status_code < 500, url
        content = b"".join(response.streaming_content) if response.streaming else response.content
        assert SECRET not in content, url


def test_a_kept_file_is_reached_by_the_token_of_its_user_alone(log_in, cast):
    """Who had the key of the signatures could still read nothing but the storage; who has not reads nothing."""
    admin = log_in(cast.admin)
    admin.raise_request_exception = False
    for place in OUTSIDE:
        held = {"user": cast.admin.pk, "stored": place, "shown": "a.jpg"}
        assert admin.get(f"/valgt-billede/{signing.dumps(held, salt='another')}/").status_code == 404
        response = admin.get(f"/valgt-billede/{signing.dumps(held, salt=SALT)}/")
        assert not response.streaming
        assert response.status_code in {400, 404}


@pytest.mark.parametrize("place", ["../../../../etc/passwd", "/etc/passwd", "..\\..\\x"])
def test_a_row_that_names_a_file_outside_gives_none(log_in, cast, place):
    admin = log_in(cast.admin)
    admin.raise_request_exception = False
    document, story = DocumentFactory(), StoryFactory()
    Document.objects.filter(pk=document.pk).update(file=place)
    Story.objects.filter(pk=story.pk).update(picture=f"{place}.jpg", picture_text="x")
    for url in (f"/dokumenter/{document.pk}/hent/", f"/historier/{story.pk}/billede/"):
        response = admin.get(url)
        assert not response.streaming
        assert response.status_code in {400, 404}


def test_pages_of_strangers_read_no_file(db):
    for place in OUTSIDE:
        for url in (f"/static/{place}", f"/kalender/{quote(place, safe='%')}.ics"):
            response = Client().get(url)
            assert response.status_code in {302, 400, 404}


MEMBERS = {
    "up": "files/../../ude.txt",
    "far up": "../../../../../../tmp/ude.txt",
    "absolute": "/tmp/ude.txt",
    "absolute in a folder": "files//tmp/ude.txt",
    "with other separators": "files/..\\..\\ude.txt",
    "beside the manifest": "ude.txt",
    "with a null": "files/a\x00.txt",
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", MEMBERS)
def test_no_name_in_a_backup_leads_outside(settings, tmp_path, what):
    settings.MEDIA_ROOT = tmp_path / "filer"
    before = set(Path("/tmp").glob("ude*"))
    archive = build(tmp_path / "kopi.tar", PARTS | {MEMBERS[what]: b"ude"})
    with pytest.raises(CommandError):
        call_command("restore", archive)
    assert set(Path("/tmp").glob("ude*")) == before
    assert not [each for each in tmp_path.rglob("*") if each.is_file() and each != archive]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_nothing_but_plain_files_comes_out_of_a_backup(settings, tmp_path, kind):
    settings.MEDIA_ROOT = tmp_path / "filer"
    member = tarfile.TarInfo("files/link")
    member.type, member.linkname = kind, "/etc/passwd"
    archive = build(tmp_path / "kopi.tar", PARTS, member)
    with pytest.raises(CommandError):
        call_command("restore", archive)
    assert not [each for each in tmp_path.rglob("*") if each != archive and (each.is_file() or each.is_symlink())]
