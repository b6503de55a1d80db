"""A backup while people work, taken back into an empty database; and what is no backup changes nothing."""

import hashlib
import io
import json
import stat
import tarfile
import threading
from pathlib import Path
from unittest.mock import ANY
from urllib.parse import quote

import psycopg2
import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection

from agreements.models import CultureRegion, Document
from kulturmetropol.accounts.models import User
from tests.kulturmetropol.test_database import run

OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


def digests() -> dict[str, str]:
    """A hash of all rows of each table."""
    found = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            found[name] = hashlib.sha256("\n".join(sorted(map(repr, cursor.fetchall()))).encode()).hexdigest()
    return found


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def manifest_of(file: Path) -> dict:
    with tarfile.open(file) as tar:
        return json.load(tar.extractfile("manifest.json"))


# --- there and back ---------------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path) -> dict[str, str]:
    """The environment of a portal whose database is empty: not even a table is there."""
    environment = {"FILES_ROOT": str(tmp_path / "nye-filer"), "DJANGO_SETTINGS_MODULE": "kulturmetropol.settings"}
    if connection.vendor == "sqlite":
        yield environment | {"DATABASE_URL": f"sqlite:///{tmp_path}/ny.sqlite3"}
        return
    given = connection.settings_dict
    server = psycopg2.connect(host=given["HOST"], port=given["PORT"], user=given["USER"], dbname="postgres")
    server.autocommit = True
    server.cursor().execute("DROP DATABASE IF EXISTS ny WITH (FORCE)")
    server.cursor().execute("CREATE DATABASE ny")
    yield environment | {
        "DATABASE_URL": f"postgres://{given['USER']}:hemmeligt@{quote(given['HOST'], safe='')}:5432/ny"
    }
    server.cursor().execute("DROP DATABASE ny WITH (FORCE)")
    server.close()


def ask(script: str, environment: dict[str, str]):
    """What the portal of this environment answers."""
    result = run("-c", f"import json, django; django.setup(); {script}", **environment)
    assert result.stderr == ""
    return json.loads(result.stdout)


@pytest.fixture
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "filer"
    settings.MEDIA_ROOT.mkdir()
    return settings.MEDIA_ROOT


class Writer(threading.Thread):
    """Saves documents with their files, and raises two numbers in each transaction, until it is told to stop."""

    def __init__(self, region: CultureRegion):
        super().__init__()
        self.region, self.count, self.enough, self.error = region, 0, threading.Event(), None

    def run(self):
        try:
            while not self.enough.is_set():
                self.count += 1
                name = f"Bilag {self.count}"
                content = ContentFile(name.encode() * 1000, name=f"bilag-{self.count}.txt")
                Document.objects.create(culture_region=self.region, title=name, file=content)
        except Exception as error:
            self.error = error
        finally:
            connection.close()


NAMED = (
    "from agreements.models import Document;"
    "found = Document.objects.filter(title__startswith='Bilag ').order_by('pk');"
    "print(json.dumps([[document.title, document.file.name] for document in found]))"
)
EVENTS = (
    "from agreements.models import AuditEvent;"
    "print(json.dumps(list(map(list, AuditEvent.objects.values_list('kind', 'by_name', 'about')))))"
)
DIGESTS = "from tests.kulturmetropol.test_backup import digests; print(json.dumps(digests()))"


@pytest.mark.django_db(transaction=True)
def test_there_and_back_while_people_work(cast, media, tmp_path, elsewhere, capsys):
    before = Document.objects.count()  # their files lie elsewhere
    writer = Writer(CultureRegion.objects.get(slug="kulturmetropolen"))
    writer.start()
    while writer.count < 5 and not writer.error:
        threading.Event().wait(0.01)
    call_command("backup", tmp_path / "under.tar")
    seen = writer.count
    while writer.count < seen + 2 and not writer.error:
        threading.Event().wait(0.01)
    writer.enough.set()
    writer.join()
    assert writer.error is None
    call_command("backup", tmp_path / "efter.tar")

    manifest = manifest_of(tmp_path / "under.tar")
    assert (manifest["vendor"], manifest["version"]) == (connection.vendor, "0.1.0")
    written = manifest["rows"]["agreements_document"] - before
    assert 4 <= written < Document.objects.count() - before
    assert written <= len(manifest["parts"]) - 1
    assert (
        f"Sikkerhedskopi skrevet til {tmp_path}/under.tar: {len(manifest['rows'])} tabeller" in capsys.readouterr().out
    )
    assert stat.S_IMODE((tmp_path / "under.tar").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []

    result = run("manage.py", "restore", str(tmp_path / "under.tar"), **elsewhere)
    assert result.returncode == 0
    (line,) = result.stderr.splitlines()
    assert "backup_restored event=" in line
    assert result.stdout == (
        f"Genskabt fra {tmp_path}/under.tar, lavet {manifest['made_at']} med version 0.1.0: "
        f"{len(manifest['rows'])} tabeller med {sum(manifest['rows'].values())} rækker, "
        f"{len(manifest['parts']) - 1} filer. Alt er som i sikkerhedskopien.\n"
    )
    restored = Path(elsewhere["FILES_ROOT"])
    named = ask(NAMED, elsewhere)
    assert [title for title, _name in named] == [f"Bilag {n}" for n in range(1, len(named) + 1)]
    assert len(named) == written
    assert all((restored / name).read_bytes() == title.encode() * 1000 for title, name in named)

    result = run("manage.py", "restore", str(tmp_path / "efter.tar"), **elsewhere)
    refusal = "CommandError: Databasen er ikke tom. Med --force erstattes alt, hvad den rummer.\n"
    assert (result.returncode, result.stdout, result.stderr) == (1, "", refusal)
    assert ask(NAMED, elsewhere) == named

    result = run("manage.py", "restore", "--force", str(tmp_path / "efter.tar"), **elsewhere)
    assert result.returncode == 0
    restored_on = {"agreements_auditevent": ANY}  # holds one event more
    assert ask(DIGESTS, elsewhere) == digests() | restored_on
    assert ask(EVENTS, elsewhere) == [["backup_restored", "", manifest_of(tmp_path / "efter.tar")["made_at"]]]
    assert files(restored) == files(media)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


@pytest.mark.django_db(transaction=True)
def test_a_backup_never_takes_the_place_of_another(cast, media, tmp_path):
    (tmp_path / "kopi.tar").write_text("den gamle")
    with pytest.raises(CommandError, match="findes allerede"):
        call_command("backup", tmp_path / "kopi.tar")
    assert (tmp_path / "kopi.tar").read_text() == "den gamle"
    with pytest.raises(CommandError, match="kan ikke skrives"):
        call_command("backup", tmp_path / "findes-ikke" / "kopi.tar")


# --- what is no backup ------------------------------------------------------------------------------------------------


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


PARTS = {"database": b"ikke en database", "files/dokumenter/bilag.txt": b"Bilag"}


def build(file: Path, parts: dict[str, bytes], /, *more: tarfile.TarInfo, **changed) -> Path:
    """A backup of these parts as the portal writes it, but for what is changed in its manifest."""
    manifest = {
        "format": 1,
        "version": "0.1.0",
        "vendor": connection.vendor,
        "made_at": "2026-11-25T10:00:00+01:00",
        "rows": {},
        "parts": {name: digest(content) for name, content in parts.items()},
    } | changed
    with tarfile.open(file, "w") as tar:
        for name, content in (parts | {"manifest.json": json.dumps(manifest).encode()}).items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for member in more:
            tar.addfile(member)
    return file


def link(name: str, to: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, to
    return member


def with_part(name: str, content: bytes = b"x") -> tuple:
    return PARTS | {name: content}, [], {}


def as_listed(member: tarfile.TarInfo) -> tuple:
    return PARTS, [member], {"parts": {name: digest(content) for name, content in PARTS.items()} | {member.name: ""}}


FILE = "files/dokumenter/bilag.txt"
HASHES = {name: digest(content) for name, content in PARTS.items()}
DAMAGED = {
    "another database": ((PARTS, [], {"parts": HASHES | {"database": digest(b"en anden")}}), "database"),
    "another file": ((PARTS, [], {"parts": HASHES | {FILE: digest(b"et andet")}}), FILE),
    "a file too many": ((PARTS, [], {"parts": {"database": HASHES["database"]}}), FILE),
    "a file too few": (({"database": PARTS["database"]}, [], {"parts": HASHES}), FILE),
    "no database": (({"files/bilag.txt": b""}, [], {}), "manifest.json"),
    "another format": ((PARTS, [], {"format": 2}), "manifest.json"),
    "a field too many": ((PARTS, [], {"mere": 1}), "manifest.json"),
    "rows that are no numbers": ((PARTS, [], {"rows": {"tabel": "mange"}}), "manifest.json"),
    "up and out": (with_part("files/../../ude.txt"), "files/../../ude.txt"),
    "from the root": (with_part("/ude.txt"), "/ude.txt"),
    "a part of no kind": (with_part("ude.txt"), "ude.txt"),
    "a symbolic link": (as_listed(link("files/ude.txt", "/etc/passwd")), "files/ude.txt"),
    "a hard link": (as_listed(link("files/ude.txt", "../ude.txt", tarfile.LNKTYPE)), "files/ude.txt"),
    "a device": (as_listed(link("files/ude.txt", "", tarfile.CHRTYPE)), "files/ude.txt"),
    "a part twice": ((PARTS, [tarfile.TarInfo("database")], {}), "en del findes to gange"),
}


def refused(file: Path, media: Path, *, force: bool = True) -> str:
    """The line with which the file is refused, after which everything is as it was."""
    before = digests(), sorted(media.parent.rglob("*"))
    with pytest.raises(CommandError) as error:
        call_command("restore", file, force=force)
    assert (digests(), sorted(media.parent.rglob("*"))) == before
    return str(error.value)


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_backup_changes_nothing(cast, media, tmp_path, damage):
    (parts, more, changed), what = DAMAGED[damage]
    file = build(tmp_path / "kopi.tar", parts, *more, **changed)
    assert refused(file, media) == f"Sikkerhedskopien er beskadiget ({what}). Intet er ændret."


def test_what_is_no_backup_at_all(cast, media, tmp_path):
    file = tmp_path / "kopi.tar"
    no_tar = "Sikkerhedskopien er beskadiget (den er ikke en .tar-fil eller er skåret af). Intet er ændret."
    file.write_bytes(b"noget andet" * 100)
    assert refused(file, media) == no_tar
    whole = build(file, PARTS | {"files/stor.txt": b"x" * 100_000}).read_bytes()
    file.write_bytes(whole[:60_000])
    assert refused(file, media) == no_tar
    file.unlink()
    assert refused(file, media) == f"{file} kan ikke genskabes (No such file or directory)."


def test_a_backup_of_the_other_kind_of_database(cast, media, tmp_path):
    file = build(tmp_path / "kopi.tar", PARTS, vendor=OTHER[connection.vendor])
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    assert refused(file, media) == (
        f"Sikkerhedskopien er af {names[OTHER[connection.vendor]]}, "
        f"og denne portal kører på {names[connection.vendor]}."
    )


def test_a_database_with_rows_is_kept_unless_told_otherwise(cast, media, tmp_path):
    file = build(tmp_path / "kopi.tar", PARTS)
    assert refused(file, media, force=False) == "Databasen er ikke tom. Med --force erstattes alt, hvad den rummer."
    assert User.objects.filter(pk=cast.staff.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_cannot_be_read_changes_no_row(cast, media, tmp_path):
    """Its hash is right: what is in it is not."""
    before = digests()
    with pytest.raises(CommandError, match=r"Databasen kan ikke erstattes|pg_restore mislykkedes"):
        call_command("restore", build(tmp_path / "kopi.tar", PARTS), force=True)
    assert digests() == before


def test_the_password_of_the_database_is_on_no_command_line(monkeypatch, tmp_path):
    """A stand-in for pg_dump writes down what it was given."""
    from kulturmetropol.backup import databases

    program = tmp_path / "pg_dump"
    program.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/arguments\n'
        f'echo "$PGPASSWORD $PGHOST $PGUSER $PGDATABASE" > {tmp_path}/given\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr(databases, "postgresql_folder", lambda: str(tmp_path))
    given = {
        "HOST": "db.example",
        "PORT": 5432,
        "USER": "portal",
        "NAME": "kmp",
        "PASSWORD": "hemmeligt",
        "OPTIONS": {},
    }
    monkeypatch.setitem(connection.__dict__, "settings_dict", connection.settings_dict | given)
    databases._run("pg_dump", "--format=custom")
    assert (tmp_path / "arguments").read_text() == "--format=custom\n"
    assert (tmp_path / "given").read_text() == "hemmeligt db.example portal kmp\n"
