"""Agendas with their minutes, and documents: upload, download, who gets what."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook
from PIL import Image

from agreements.models import AgendaItem, Document, Meeting
from kulturmetropol import uploads
from tests.emptying import empty
from tests.factories import (
    BodyFactory,
    CultureRegionFactory,
    InitiativeFactory,
    MeetingFactory,
    kulturmetropolen,
    the_agreement,
)
from tests.pages import all_of_class, errors, form_data, parse, refused, send, text


@pytest.fixture(autouse=True)
def files(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


# --- the agenda -------------------------------------------------------------------------------------------------------


@pytest.fixture
def meeting(db) -> Meeting:
    return MeetingFactory(body=BodyFactory(name="KMK 2"))


def agenda(response) -> list[str]:
    (found,) = all_of_class(parse(response), "agenda")
    return [text(each) for each in found.iter("h3")]


def test_an_agenda_is_written_ordered_and_decided(staff, meeting):
    create = f"/dagsordenspunkter/opret/?moede={meeting.pk}"
    response = send(staff, create, title="Mødeplan", recommendation="at planen **godkendes**")
    assert response.url.startswith(f"/moeder/{meeting.pk}/#agendaitem-")
    send(staff, create, title="Køreplan", presentation="<script>alert(1)</script>")
    assert agenda(staff.get(f"/moeder/{meeting.pk}/")) == ["1. Mødeplan", "2. Køreplan"]

    second = AgendaItem.objects.get(title="Køreplan")
    staff.post(f"/dagsordenspunkter/{second.pk}/flyt/", {"op": ""})
    send(staff, f"/dagsordenspunkter/{second.pk}/rediger/", decision="Godkendt.")
    page = staff.get(f"/moeder/{meeting.pk}/")
    assert agenda(page) == ["1. Køreplan", "2. Mødeplan"]
    (decision,) = all_of_class(parse(page), "decision")
    assert text(decision) == "Beslutning Godkendt."
    assert b"<strong>godkendes</strong>" in page.content
    assert b"<script>alert" not in page.content


def test_an_item_needs_a_title(staff, meeting):
    create = f"/dagsordenspunkter/opret/?moede={meeting.pk}"
    assert refused(staff, create, title="", presentation="Sagen er") == ["Titel: Dette felt er påkrævet."]


def test_minutes_are_written_on_the_meeting(staff, log_in, cast, meeting):
    send(staff, f"/moeder/{meeting.pk}/rediger/", minutes="Til stede: *alle*.")
    (minutes,) = parse(log_in(cast.chair).get(f"/moeder/{meeting.pk}/")).iterfind(".//section[@id='minutes']")
    assert text(minutes) == "Referat Til stede: alle."


def test_ten_items_cost_no_more_queries_than_one(staff, meeting):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff.get(f"/moeder/{meeting.pk}/").status_code == 200
        return len(captured)

    def add(number: int) -> None:
        AgendaItem.objects.create(meeting=meeting, position=number, title=f"Punkt {number}")
        document(meeting=meeting, annex=str(number))

    add(1)
    queries()
    few = queries()
    for number in range(2, 12):
        add(number)
    assert queries() == few


# --- documents --------------------------------------------------------------------------------------------------------


def document(name: str = "papir.txt", content: bytes = b"Ord", **fields) -> Document:
    fields = {"culture_region": kulturmetropolen(), "title": "Papir", **fields}
    return Document.objects.create(file=ContentFile(content, name=name), **fields)


def packed(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return file.getvalue()


def picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (2, 2)).save(file, kind)
    return file.getvalue()


def spreadsheet() -> bytes:
    file = io.BytesIO()
    Workbook().save(file)
    return file.getvalue()


def office(part: str, **more: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("[Content_Types].xml", part, *more):
            archive.writestr(name, "<x/>")
    return file.getvalue()


def open_document(kind: str) -> bytes:
    return packed(mimetype=uploads.CONTENT_TYPES[kind].encode())


GOOD = {
    "a.pdf": b"%PDF-1.7 ...",
    "a.docx": office("word/document.xml"),
    "a.xlsx": spreadsheet(),
    "a.pptx": office("ppt/presentation.xml"),
    "a.odt": open_document("odt"),
    "a.ods": open_document("ods"),
    "a.png": picture("PNG"),
    "a.JPEG": picture("JPEG"),
    "a.csv": "kommune;tal\r\nKøge;1".encode("latin-1"),
    "../../a.txt": "Ærø".encode(),
}


def upload(client, name: str, content: bytes, url: str = "/dokumenter/opret/", **typed):
    data = {**form_data(client.get(url)), "title": "Køreplan 2026", **typed}
    return client.post(url, data | {"file": SimpleUploadedFile(name, content)})


@pytest.mark.parametrize("name", GOOD)
def test_each_allowed_kind_is_kept_under_a_name_of_ours(staff, files, name):
    upload(staff, name, GOOD[name])
    kept = Document.objects.get(title="Køreplan 2026")
    path = Path(kept.file.path)
    assert path.is_relative_to(files / "documents")
    ending = name.rpartition(".")[2].lower().replace("jpeg", "jpg")
    assert path.suffix == f".{ending}"
    assert len(path.stem) == 32
    assert path.read_bytes() == GOOD[name]


WRONG_KIND = "Fil: Filer af denne slags kan ikke sendes ind. Gem den for eksempel som PDF."


def not_what(ending: str) -> str:
    return f"Fil: Filens indhold er ikke det, som navnet siger (.{ending}). Gem den igen i den rigtige slags."


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.exe", b"MZ", WRONG_KIND),
        ("a.html", b"<script>", WRONG_KIND),
        ("a.svg", b"<svg/>", WRONG_KIND),
        ("a.docm", office("word/document.xml"), WRONG_KIND),
        ("pdf", b"%PDF-1.7", WRONG_KIND),
        ("a.pdf", b"<html>", not_what("pdf")),
        ("a.docx", spreadsheet(), not_what("docx")),
        ("a.xlsx", b"not packed", not_what("xlsx")),
        ("a.docx", office("word/document.xml", **{"word/vbaProject.bin": b""}), not_what("docx")),
        ("a.ods", open_document("odt"), not_what("ods")),
        ("a.odt", packed(content=b""), not_what("odt")),
        ("a.png", picture("JPEG"), not_what("png")),
        ("a.jpg", b"\xff\xd8\xff", not_what("jpg")),
        ("a.txt", b"MZ\x00\x01", not_what("txt")),
        ("a.txt", b"", "Fil: Filen er tom."),
        ("a.txt", b"x" * (uploads.MAX_BYTES + 1), "Fil: Filen er større end 20 MB. Gør den mindre, eller del den."),
    ],
)
def test_other_files_are_refused_and_nothing_is_kept(staff, files, name, content, message):
    response = upload(staff, name, content, title="Køreplan 2026")
    assert errors(response) == [message]
    assert form_data(response)["title"] == "Køreplan 2026"
    assert not Document.objects.filter(title="Køreplan 2026").exists()
    assert [file for file in files.rglob("*") if file.is_file()] == []


def test_a_download_is_an_attachment_with_the_right_name(staff):
    paper = document("x.pdf", b"%PDF-1.7", title='Æbler/pærer "2026"', annex="2a")
    response = staff.get(f"/dokumenter/{paper.pk}/hent/")
    assert b"".join(response.streaming_content) == b"%PDF-1.7"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''Bilag%202a%20%C3%86bler-p%C3%A6rer%20-2026-.pdf"
    )
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_is_gone_is_not_found_and_the_page_says_so(staff):
    paper = document()
    Path(paper.file.path).unlink()
    assert staff.get(f"/dokumenter/{paper.pk}/hent/").status_code == 404
    assert "filen mangler i lageret" in text(parse(staff.get(f"/dokumenter/{paper.pk}/")))


def test_annexes_stand_on_the_meeting_in_their_order(staff, meeting):
    for annex in ("10", "2b", "1", "", "2a"):
        document(meeting=meeting, annex=annex, title=f"Nr {annex or 'x'}")
    page = parse(staff.get(f"/moeder/{meeting.pk}/"))
    links = [text(link) for link in page.iter("a") if (link.get("href") or "").startswith("/dokumenter/")]
    assert [link for link in links if link.startswith("Nr")] == ["Nr 1", "Nr 2a", "Nr 2b", "Nr 10", "Nr x"]


def test_an_annex_is_added_from_the_meeting_with_a_number_of_its_own(staff, meeting):
    url = f"/dokumenter/opret/?moede={meeting.pk}"
    assert upload(staff, "a.pdf", b"%PDF-1.7", url, annex="2a").url == f"/moeder/{meeting.pk}/"
    assert errors(upload(staff, "a.pdf", b"%PDF-1.7", url, annex="2a")) == [
        "Mødet har allerede et bilag med det nummer."
    ]
    assert errors(upload(staff, "a.pdf", b"%PDF-1.7", url, annex="to")) == [
        "Bilagsnummer: Skriv et tal og eventuelt et lille bogstav: 1, 2a, 2b."
    ]


def test_documents_belong_to_agreements_and_initiatives(staff):
    agreement, initiative = the_agreement(), InitiativeFactory()
    upload(staff, "a.pdf", b"%PDF-1.7", f"/dokumenter/opret/?aftale={agreement.pk}", title="Miljøanalyse")
    response = upload(staff, "a.pdf", b"%PDF-1.7", f"/indsatser/{initiative.pk}/dokumenter/opret/", title="Plan B")
    assert response.url == f"/indsatser/{initiative.pk}/"
    assert "Miljøanalyse" in text(parse(staff.get(f"/aftaler/{agreement.pk}/")))
    assert "Plan B" in text(parse(staff.get(f"/indsatser/{initiative.pk}/")))
    send(staff, f"/indsatser/{initiative.pk}/rediger/", documents=[])
    assert list(initiative.documents.all()) == []
    assert Document.objects.filter(title="Plan B").exists()


def test_a_deleted_document_comes_back_with_its_file(staff):
    paper = document(content=b"Ord")
    staff.post(f"/dokumenter/{paper.pk}/slet/")
    assert staff.get(f"/dokumenter/{paper.pk}/hent/").status_code == 404
    (row,) = Document.history.filter(history_type="-", id=paper.pk)
    staff.post(f"/dokumenter/slettede/{row.pk}/")
    assert b"".join(staff.get(f"/dokumenter/{paper.pk}/hent/").streaming_content) == b"Ord"


def test_guests_get_what_is_shared_with_them_and_nothing_else(log_in, cast):
    empty(Document)
    shared, own = document(title="Invitation", shared_with_guests=True), document(title="Internt")
    elsewhere = document(title="Andetsteds", shared_with_guests=True, culture_region=CultureRegionFactory())
    guest = log_in(cast.guest)
    panels = parse(guest.get("/")).iterfind(".//section[@class='panel']")
    (panel,) = [each for each in panels if text(each.find("h2")) == "Delt med dig"]
    assert [text(each) for each in panel.iter("p")] == ["Invitation"]
    answers = {
        paper.title: guest.get(f"/dokumenter/{paper.pk}/hent/").status_code for paper in (shared, own, elsewhere)
    }
    assert answers == {"Invitation": 200, "Internt": 404, "Andetsteds": 404}
    assert [guest.get(url).status_code for url in ("/dokumenter/", f"/dokumenter/{shared.pk}/", "/moeder/")] == [
        404
    ] * 3


def test_who_may_download(log_in, cast):
    url = f"/dokumenter/{document().pk}/hent/"
    names = ["staff", "admin", "chair", "culture_head", "guest", "former_chair", "outsider", "nobody"]
    assert [log_in(getattr(cast, name)).get(url).status_code for name in names] == [
        200,
        200,
        200,
        200,
        404,
        404,
        404,
        404,
    ]
    assert log_in(None).get(url).status_code == 302
