"""The .tar file: how it is written, and how it is looked through before anything of it is used.

The database is read first and the files after it: a file is saved before the row that names it, and stays when the row
goes, so that no row of the backup misses its file.
"""

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from . import databases
from .databases import Rows

FORMAT = 1
MANIFEST, DATABASE, FILES = "manifest.json", "database", "files/"
LONGEST_MANIFEST = 64 * 1024 * 1024
IN_MEMORY = 8 * 1024 * 1024


@dataclass(frozen=True)
class Manifest:
    """`parts` has the SHA-256 of the database and of each file, by its name in the .tar file."""

    version: str
    vendor: str
    made_at: str
    rows: Rows
    parts: dict[str, str]

    @property
    def file_count(self) -> int:
        return len(self.parts) - 1

    @property
    def row_count(self) -> int:
        return sum(self.rows.values())

    def written(self) -> bytes:
        return json.dumps({"format": FORMAT, **self.__dict__}, ensure_ascii=False, indent=1).encode()

    @classmethod
    def read(cls, text: bytes) -> "Manifest":
        """Raises `ValueError` for what is no manifest."""
        given = json.loads(text)
        if not isinstance(given, dict) or given.pop("format", None) != FORMAT:
            raise ValueError
        try:
            manifest = cls(**given)
        except TypeError as error:
            raise ValueError from error
        words = [manifest.version, manifest.vendor, manifest.made_at]
        tables = [manifest.rows, manifest.parts]
        if not all(isinstance(word, str) for word in words) or not all(isinstance(table, dict) for table in tables):
            raise ValueError
        if DATABASE not in manifest.parts or not all(isinstance(count, int) for count in manifest.rows.values()):
            raise ValueError
        return manifest


# --- making -----------------------------------------------------------------------------------------------------------


def make(target: Path) -> Manifest:
    """Write the backup under a name of its own first, so that half a backup never has the name of a whole one."""
    if target.exists():
        raise CommandError(_("%(file)s is there already.") % {"file": target})
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
            unfinished = Path(folder) / "backup.tar"
            manifest = _write(unfinished, Path(folder) / DATABASE)
            unfinished.rename(target)
    except OSError as error:
        raise CommandError(
            _("%(file)s cannot be written (%(reason)s).") % {"file": target, "reason": error.strerror or error}
        ) from error
    return manifest


def _write(target: Path, database: Path) -> Manifest:
    rows = databases.dump(database)
    parts = {}
    # for the owner alone: it holds all that the portal knows
    with (
        open(target, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file,
        tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name, path in [(DATABASE, database), *_uploads()]:
            if digest := _add(tar, name, path):
                parts[name] = digest
        manifest = Manifest(_version(), connection.vendor, timezone.now().isoformat(), rows, parts)
        _add_text(tar, MANIFEST, manifest.written())
        tar.close()
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _uploads() -> Iterator[tuple[str, Path]]:
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield FILES + path.relative_to(root).as_posix(), path


def _add(tar: tarfile.TarFile, name: str, path: Path) -> str:
    """Returns the hash of what was added; nothing where the file has gone meanwhile, as what was kept for a form has.

    A copy is added, as such a file may grow while it is read.
    """
    digest = hashlib.sha256()
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=os.path.dirname(str(tar.name))) as copy:
        try:
            with path.open("rb") as source:
                while block := source.read(1024 * 1024):
                    digest.update(block)
                    copy.write(block)
        except FileNotFoundError:
            return ""
        member = _member(name, copy.tell())
        copy.seek(0)
        tar.addfile(member, copy)
    return digest.hexdigest()


def _add_text(tar: tarfile.TarFile, name: str, text: bytes) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(text)
        file.seek(0)
        tar.addfile(_member(name, len(text)), file)


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(timezone.now().timestamp())
    return member


def _version() -> str:
    return tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"]


# --- restoring --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    differing: list[str]  # tables that do not have as many rows as the manifest says


def restore(source: Path, *, force: bool) -> Restored:
    """Take the backup in place of what the portal holds. All of it is checked before anything is changed.

    Files come before the database, so that no row misses its file; files of the portal that the backup does not have
    stay. Raises `CommandError` for what is no whole backup of this kind of database, and for a database with rows in it
    unless `force` says that they may go.
    """
    root = Path(settings.MEDIA_ROOT)
    try:
        root.mkdir(parents=True, exist_ok=True)
        # beside the files, so that they can be moved to their place
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=root.parent) as folder:
            manifest = _unpack(source, Path(folder))
            if manifest.vendor != connection.vendor:
                kinds = {"backup": _kind(manifest.vendor), "portal": _kind(connection.vendor)}
                raise CommandError(_("The backup is of %(backup)s, and this portal runs on %(portal)s.") % kinds)
            if not databases.is_empty() and not force:
                raise CommandError(_("The database is not empty. With --force all that it holds is replaced."))
            _move(Path(folder) / FILES, root)
            databases.load(Path(folder) / DATABASE)
    except OSError as error:
        raise CommandError(
            _("%(file)s cannot be restored (%(reason)s).") % {"file": source, "reason": error.strerror or error}
        ) from error
    found = databases.count_rows()
    names = {*manifest.rows, *found}
    return Restored(manifest, sorted(name for name in names if manifest.rows.get(name) != found.get(name)))


def _kind(vendor: str) -> str:
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(vendor, vendor)


def _unpack(source: Path, folder: Path) -> Manifest:
    """Lay the parts in the folder, each as the manifest says it is."""
    try:
        with tarfile.open(source, mode="r:") as tar:
            members = {member.name: member for member in tar.getmembers()}
            if len(members) != len(tar.getmembers()):
                raise _damaged(_("a part is there twice"))
            manifest = _manifest(tar, members)
            for name in sorted({*members, *manifest.parts} - {MANIFEST}):
                if name not in members or name not in manifest.parts:
                    raise _damaged(name)
                if _extract(tar, members[name], folder) != manifest.parts[name]:
                    raise _damaged(name)
    except tarfile.TarError as error:
        raise _damaged(_("it is no .tar file, or was cut off")) from error
    return manifest


def _manifest(tar: tarfile.TarFile, members: dict[str, tarfile.TarInfo]) -> Manifest:
    member = members.get(MANIFEST)
    file = tar.extractfile(member) if member and member.isreg() and member.size < LONGEST_MANIFEST else None
    try:
        return Manifest.read(file.read() if file else b"")
    except ValueError as error:
        raise _damaged(MANIFEST) from error


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> str:
    """Returns the hash of what was laid in the folder. Nothing but plain files, and nothing outside the folder."""
    is_plain = member.isreg() and ".." not in PurePosixPath(member.name).parts and not member.name.startswith("/")
    if not is_plain or not (member.name == DATABASE or member.name.startswith(FILES)):
        raise _damaged(member.name)
    tar.extract(member, folder, set_attrs=False, filter="data")
    with (folder / member.name).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _damaged(what: str) -> CommandError:
    return CommandError(_("The backup is damaged (%(what)s). Nothing is changed.") % {"what": what})


def _move(source: Path, root: Path) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file():
            target = root / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
