"""Files that are more than they seem: bombs, two kinds in one, wrong names; what is kept is handed out and never shown.

Sources: OWASP File Upload Cheat Sheet, OWASP WSTG-BUSL-08 and -09, D. Fifield "A better zip bomb" (2019).
"""

import io
import struct
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from agreements.models import Document
from initiatives.models import Story
from kulturmetropol import packed
from tests.agreements.test_papers import GOOD, office, picture, upload
from tests.factories import InitiativeFactory, municipality
from tests.pages import errors, form_data

from .markup import faults
from .payloads import OUTSIDE, SHORT_MARKUP

pytestmark = pytest.mark.once  # what a file is

PAGE = b"<html><script>x5s()</script></html>"
PHP = b"<?php system($_GET['x']); ?>"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def zipped(count: int = 0, size: int = 0, front: bytes = b"", **parts: bytes) -> bytes:
    """A document of Word with so many more parts, one of them so large."""
    file = io.BytesIO()
    file.write(front)
    with zipfile.ZipFile(file, "a" if front else "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "word/document.xml", "xl/workbook.xml"):
            archive.writestr(name, "<x/>")
        for number in range(count):
            archive.writestr(f"word/{number}", b"")
        if size:
            archive.writestr("word/large.xml", b"\0" * size)
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def overlapping() -> bytes:
    """Every name of the directory points at the same part, so that each of them is as large as it (Fifield)."""
    whole = bytearray(zipped(size=1024 * 1024))
    start = struct.unpack("<I", whole[-6:-2])[0]
    directory = bytes(whole[start:-22])
    entry = directory[directory.rindex(b"PK\x01\x02") :]
    entries = [entry.replace(b"word/large.xml", b"word/l%04d.xml" % number) for number in range(250)]
    body = directory + b"".join(entries)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 253, 253, len(body), start, 0)
    return bytes(whole[:start]) + body + end


def png_of(width: int, height: int) -> bytes:
    """A picture that says it is so large, and is not there."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body


REFUSED = {
    "a bomb of one large part": ("a.docx", lambda: zipped(size=packed.MAX_UNPACKED_BYTES + 1)),
    "a bomb of many parts": ("a.docx", lambda: zipped(count=packed.MAX_PARTS + 1)),
    "a bomb of parts that overlap": ("a.docx", overlapping),
    "a page before a zip": ("a.docx", lambda: zipped(front=PAGE)),
    "a page before a PDF": ("a.pdf", lambda: PAGE + b"%PDF-1.7"),
    "a page that mentions a PDF": ("a.pdf", lambda: b"<!-- %PDF-1.7 -->" + PAGE),
    "a page as a PDF": ("a.pdf", lambda: PAGE),
    "a page as a picture": ("a.png", lambda: PAGE),
    "a GIF of script": ("a.gif", lambda: b"GIF89a/*\x01\x00*/=1;x5s()//"),
    "a GIF as a PNG": ("a.png", lambda: b"GIF89a/*\x01\x00*/=1;x5s()//"),
    "a drawing with script": ("a.svg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='x5s()'/>"),
    "a drawing as a PNG": ("a.png", lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='x5s()'/>"),
    "a program": ("a.exe", lambda: b"MZ\x90"),
    "a program as a PDF": ("a.pdf", lambda: b"MZ\x90\x00%PDF-1.7"),
    "a program as text": ("a.txt", lambda: b"\x7fELF\x02\x01\x01\x00"),
    "PHP": ("a.php", lambda: PHP),
    "PHP behind a good name": ("a.pdf.php", lambda: GOOD["a.pdf"]),
    "a page behind a good name": ("a.pdf.html", lambda: GOOD["a.pdf"]),
    "a name with a null": ("a.html\x00.exe", lambda: PAGE),
    "a name with a blank end": ("a.html .", lambda: PAGE),
    "a stream of Windows": ("a.html::$DATA", lambda: PAGE),
    "a name of dots": (".htaccess", lambda: b"AddType application/x-httpd-php .txt"),
    "a picture of too many pixels": ("a.png", lambda: png_of(60_000, 60_000)),
    "no name but dots": ("..txt", lambda: b"Ord"),
    "nothing": ("a.pdf", lambda: b""),
    "macros": ("a.xlsm", lambda: zipped()),
    "macros under another name": ("a.docx", lambda: office("word/document.xml", **{"word/VBAPROJECT.BIN": b""})),
    "macros of a sheet as a document": ("a.docx", lambda: office("xl/workbook.xml", **{"xl/vbaProject.bin": b""})),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_what_it_says_is_refused(staff, files, what):
    name, make = REFUSED[what]
    before = Document.objects.count()
    response = upload(staff, name, make())
    assert response.status_code == 200
    assert len(errors(response)) == 1
    assert errors(response)[0].startswith("Fil: ")
    assert Document.objects.count() == before
    assert [each for each in files.rglob("*") if each.is_file()] == []


TWO_KINDS = {
    "a.pdf": GOOD["a.pdf"] + PAGE,
    "b.pdf": GOOD["a.pdf"] + zipped(),
    "a.png": picture("PNG") + PHP,
    "a.jpg": picture("JPEG") + PHP + PAGE,
    "a.txt": PAGE,
    "a.csv": b"=cmd|' /C calc'!A0;" + PAGE,
    "a.docx": zipped(**{"../../evil.sh": b"x", "/etc/passwd": b"x", "word/evil.html": PAGE}),
}


@pytest.mark.parametrize("name", TWO_KINDS)
def test_what_is_two_kinds_at_once_is_handed_out_as_one_and_never_shown(staff, files, name):
    upload(staff, name, TWO_KINDS[name])
    document = Document.objects.get(title="Køreplan 2026")
    response = staff.get(f"/dokumenter/{document.pk}/hent/")
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "html" not in response["Content-Type"]
    assert "script" not in response["Content-Security-Policy"].replace("script-src 'self'", "")
    (kept,) = [each for each in files.rglob("*") if each.is_file()]
    assert kept.suffix == f".{name.partition('.')[2]}"
    assert len(kept.stem) == 32
    assert not kept.stat().st_mode & 0o111


NAMES = [
    *(each for each in OUTSIDE if each.strip(".")),
    "a" * 300,
    "æ" * 300,
    "a\r\nSet-Cookie: x5s=1",
    'a";filename="evil.html',
    "a\x07\x1b[2J",
    "\u202etxt.exe",
    "con",
    "a%00",
    "a\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
    SHORT_MARKUP,
]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_outside_or_into_a_header(staff, files, name):
    """The name as it is sent and as the title, which names the download; and once more where the form comes back."""
    sent = f"{name}.txt".replace("\r\n", "\n")  # the test's own writer of forms would break at such a line
    upload(staff, sent, b"Ord", title=f"{name[:150]} x5s")
    document = Document.objects.get(title__endswith="x5s")
    (kept,) = [each for each in files.rglob("*") if each.is_file()]
    assert kept.is_relative_to(files / "documents")
    assert len(kept.stem) == 32
    assert kept.suffix == ".txt"
    response = staff.get(f"/dokumenter/{document.pk}/hent/")
    assert b"".join(response.streaming_content) == b"Ord"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Disposition"].isprintable()
    assert response["Content-Disposition"].rstrip('"').endswith(".txt")
    assert not {"\\", "/", "\r", "\n"} & set(response["Content-Disposition"])

    again = upload(staff, sent, b"Ord", title="")
    assert again.status_code == 200
    assert faults(again) == []
    kept_for_later = {each for each in files.rglob("*") if each.is_file()} - {kept}
    assert len(kept_for_later) == 1
    assert all(each.is_relative_to(files / "kept") for each in kept_for_later)


def tell(client, name: str, content: bytes):
    url = f"/historier/opret/?indsats={InitiativeFactory().pk}"
    typed = {"municipality": municipality("Rødovre").pk, "title": "Kor", "text": "Sang", "picture_text": "Et kor"}
    file = SimpleUploadedFile(name, content)
    return client.post(url, form_data(client.get(url)) | typed | {"picture": file})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", png_of(60_000, 60_000)),
        ("a.png", png_of(10_000, 5_000)),
        ("a.png", png_of(100, 100)),
        ("a.png", PAGE),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x5s()'/>"),
        ("a.gif", b"GIF89a/*\x01\x00*/=1;x5s()//"),
        ("a.jpg", GOOD["a.pdf"]),
        ("a.webp", zipped()),
        ("a.jpg", b""),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\xff" * 100),
    ],
)
def test_a_picture_that_is_none_or_too_large_is_refused(staff, files, name, content):
    response = tell(staff, name, content)
    assert response.status_code == 200
    assert [each.partition(":")[0] for each in errors(response)] == ["Billede"]
    assert not Story.objects.filter(title="Kor").exists()
    assert [each for each in files.rglob("*") if each.is_file()] == []


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_nothing_is_left_of_what_hides_in_a_picture(staff, files, kind):
    buffer = io.BytesIO()
    told = Image.Exif()
    told[0x010E] = PHP.decode()
    Image.new("RGB", (8, 8)).save(buffer, kind, exif=told)
    assert PHP in buffer.getvalue()
    tell(staff, f"../../x.php.{kind.lower()}", buffer.getvalue() + PHP + PAGE)
    story = Story.objects.get(title="Kor")
    kept = (files / story.picture.name).read_bytes()
    assert PHP not in kept
    assert PAGE not in kept
    response = staff.get(f"/historier/{story.pk}/billede/")
    assert response["Content-Type"] == f"image/{kind.lower()}"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "content",
    [
        zipped(size=packed.MAX_UNPACKED_BYTES + 1),
        zipped(count=packed.MAX_PARTS + 1),
        overlapping(),
        zipped(),
        PAGE,
        b"PK\x03\x04" + b"\xff" * 100,
        b"\xd0\xcf\x11\xe0" + b"\0" * 100,
        b"\xff\xfe" + b"a" * 101,
        b"navn\r\n" + b'"' * 1001,
        b";" * 10_000,
        b"navn;" * 100,
        b"navn\r\n\x00",
        picture("PNG"),
        GOOD["a.pdf"],
        b"\n" * 100_001,
    ],
)
def test_an_import_refuses_it_in_words(log_in, cast, content):
    response = log_in(cast.admin).post(
        "/importer/personer/", {"file": SimpleUploadedFile("../../a.xlsx", content)}, follow=True
    )
    assert response.status_code == 200
    assert len(errors(response)) == 1
