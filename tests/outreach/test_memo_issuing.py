"""A memo is issued once: with its number, its file and its seal, and nothing of it changes after that."""

import io
import json
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from pypdf import PdfReader
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from agreements.models import AuditEvent, Meeting
from outreach import memos
from outreach.actions.memos import COPIED, correct, issue, withdraw
from outreach.models import IssuedMemo, Memo
from tests import pdf_text
from tests.factories import CommitteeFactory, MeetingFactory, MemoFactory
from tests.pages import send


@pytest.fixture
def memo(cast) -> Memo:
    return MemoFactory(closing="Med **venlig** hilsen", closing_included=True)


def issued(memo: Memo, by=None) -> IssuedMemo:
    return issue(memo=memo, by=by, version=memo.version)


def behind_the_back(table: str, column: str, value, key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, key])


def test_issuing_makes_the_document_with_the_first_number(staff, cast, memo):
    page = staff.get(f"/notater/{memo.pk}/udsted/")
    assertContains(page, "Udsend notatet?")
    response = staff.post(f"/notater/{memo.pk}/udsted/", {"version": memo.version})
    assertRedirects(response, f"/notater/{memo.pk}/")
    document = IssuedMemo.objects.get()
    assert (document.number, document.memo.status, document.issued_by) == (1, "issued", cast.staff)
    assert document.sha256 == IssuedMemo.hash_of(document.pdf)
    assertContains(staff.get(f"/notater/{memo.pk}/"), document.sha256)
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.MEMO_ISSUED)
    written = {"memo": memo.pk, "series": document.series, "number": 1, "seal": document.seal}
    assert (event.by, event.details | written) == (cast.staff, event.details)


def test_what_is_downloaded_is_the_stored_file_byte_for_byte(staff, memo):
    document = issued(memo)
    memo.agreement.memberships.all().delete()
    response = staff.get(f"/notater/{memo.pk}/pdf/?hent")
    assert response.content == bytes(document.pdf)
    name = "notat-2020-11-06-roedovre-kultur-og-fritidsudvalget-nr-1.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'


def test_the_document_says_its_number_and_is_no_draft(staff, memo):
    draft = pdf_text.text(staff.get(f"/notater/{memo.pk}/pdf/").content)
    assert "Notat nr.: udkast, ikke udsendt" in draft
    said = pdf_text.normalised(pdf_text.text(bytes(issued(memo).pdf)))
    assert "Notat nr.: 1" in said
    assert "udkast" not in said


@pytest.mark.once
def test_each_page_of_a_draft_bears_its_watermark(memo):
    grey = b"0.901961 0.917647 0.933333 rg"  # of the letters in static/img/memo-draft.svg
    draft, document = memos.payload(memo), memos.payload(memo, number=1)
    marked = [[grey in drawn(page) for page in pages(memos.memo_pdf(said))] for said in (draft, document)]
    assert marked == [[True] * len(marked[0]), [False] * len(marked[1])]
    assert len(marked[0]) > 1


def pages(pdf: bytes) -> list:
    return PdfReader(io.BytesIO(pdf)).pages


def drawn(content) -> bytes:
    """What a page draws, with all that it draws in its turn."""
    parts = content["/Resources"].get("/XObject", {}) | content["/Resources"].get("/Pattern", {})
    inner = [part.get_object() for part in parts.values()]
    own = content.get_contents() if "/Contents" in content else content
    return own.get_data() + b"".join(drawn(each) for each in inner if "/Resources" in each)


def test_the_data_are_attached_as_they_are_stored(memo):
    document = issued(memo)
    document.refresh_from_db()
    (attached,) = PdfReader(io.BytesIO(document.pdf)).attachments["notat.json"]
    assert json.loads(attached) == document.payload
    assert document.payload["members"][0] == "Albertslund"
    assert document.payload["date"] == "2020-11-06"


def test_numbers_go_on_for_each_recipient_by_itself(memo):
    issued(memo)
    assert issued(MemoFactory()).number == 2
    assert issued(MemoFactory(committee=CommitteeFactory())).number == 1


def test_an_issued_memo_is_neither_changed_nor_deleted_nor_issued_again(staff, memo):
    issued(memo)
    locked = "Notatet er udsendt og ændres aldrig. Lav en rettelse, der erstatter det."
    assertContains(staff.get(f"/notater/{memo.pk}/rediger/", follow=True), locked)
    assertContains(staff.post(f"/notater/{memo.pk}/slet/"), locked, status_code=409)
    response = staff.post(f"/notater/{memo.pk}/udsted/", {"version": 2}, follow=True)
    assertContains(response, "Notatet er allerede udsendt.")
    assert (IssuedMemo.objects.count(), Memo.objects.count()) == (1, 1)


def test_a_form_that_was_open_changes_no_issued_memo(staff, memo):
    issued(memo)
    form = {
        "agreement": memo.agreement_id,
        "committee": memo.committee_id,
        "date": "07-11-2020",
        "case_officer": "En anden",
        "case_number": memo.case_number,
    }
    for version in (1, 2):
        response = staff.post(f"/notater/{memo.pk}/rediger/", form | {"version": version})
        assert response.status_code in (200, 409)
    memo.refresh_from_db()
    assert memo.case_officer == "Henning Elmelund"


@pytest.mark.parametrize("write", [IssuedMemo.save, IssuedMemo.delete])
def test_the_document_itself_refuses_to_be_written_again(memo, write):
    with pytest.raises(TypeError):
        write(issued(memo))


def test_the_rows_refuse_to_be_written_in_bulk(memo):
    issued(memo)
    with pytest.raises(TypeError):
        IssuedMemo.objects.update(number=7)
    with pytest.raises(TypeError):
        IssuedMemo.objects.all().delete()


def test_who_has_an_older_version_open_does_not_issue(staff, memo):
    Memo.objects.filter(pk=memo.pk).update(version=2)
    response = staff.post(f"/notater/{memo.pk}/udsted/", {"version": 1})
    assertContains(response, "En anden har gemt notatet i mellemtiden. Se på det, og prøv så igen.", status_code=409)
    assert not IssuedMemo.objects.exists()


def test_what_does_not_fit_any_longer_is_not_issued(staff, cast):
    meeting = MeetingFactory()
    memo = MemoFactory(kind="agenda", committee=None, meeting=meeting)
    Meeting.objects.filter(pk=meeting.pk).update(status="cancelled")
    assertContains(staff.post(f"/notater/{memo.pk}/udsted/", {"version": 1}, follow=True), "Mødet er aflyst.")
    assert not IssuedMemo.objects.exists()


def test_a_correction_replaces_the_memo_when_it_is_issued(staff, memo):
    issued(memo)
    response = staff.post(f"/notater/{memo.pk}/ret/")
    correction = Memo.objects.get(replaces=memo)
    assertRedirects(response, f"/notater/{correction.pk}/rediger/")
    assert (correction.closing, correction.is_draft) == ("Med **venlig** hilsen", True)
    assert Memo.objects.issued().get() == memo
    # a second wish for a correction goes on with the first one
    assertRedirects(staff.post(f"/notater/{memo.pk}/ret/"), f"/notater/{correction.pk}/rediger/")
    said = pdf_text.normalised(pdf_text.text(bytes(issued(correction).pdf)))
    assert "Rettelse: Dette notat erstatter notat nr. 1 af 6. november 2020." in said
    assert Memo.objects.issued().get() == correction
    assertContains(staff.get(f"/notater/{memo.pk}/"), "Brug notat nr. 2 i stedet")


def test_a_correction_is_of_the_same_kind_to_the_same_recipient(staff, memo):
    issued(memo)
    correction = correct(memo=memo, today=date(2020, 11, 9))
    page = staff.get(f"/notater/{correction.pk}/rediger/")
    assertContains(page, "Retter notat nr. 1 til Kultur- og Fritidsudvalget")
    send(staff, f"/notater/{correction.pk}/rediger/", committee=str(CommitteeFactory().pk), case_officer="Åse Skov")
    correction.refresh_from_db()
    assert (correction.committee, correction.case_officer) == (memo.committee, "Åse Skov")
    for changes in ({"committee": CommitteeFactory()}, {"kind": "measures"}, {"year": 2021}):
        with pytest.raises(ValidationError, match="En rettelse har samme slags, modtager, møde og år"):
            Memo(
                **{name: getattr(memo, name) for name in COPIED} | {"date": memo.date, "replaces": memo} | changes
            ).clean()


def test_a_correction_that_was_withdrawn_is_corrected_in_turn(staff, cast, memo):
    issued(memo)
    correction = correct(memo=memo, today=date(2020, 11, 9))
    issued(correction)
    refused = staff.post(f"/notater/{memo.pk}/traek-tilbage/", {"version": memo.version, "reason": "Nej."})
    assertContains(refused, "Notatet er rettet. Træk rettelsen tilbage i stedet.", status_code=409)
    assert withdraw(memo=correction, by=cast.staff, version=correction.version, reason="Også forkert.")
    assertContains(staff.get(f"/notater/{memo.pk}/"), "men rettelsen er trukket tilbage")
    page = staff.get(f"/notater/{correction.pk}/")
    assertContains(page, "Et notat, der er trukket tilbage, kan stadig rettes")
    assertNotContains(page, "traek-tilbage/")
    staff.post(f"/notater/{correction.pk}/ret/")
    issued(Memo.objects.get(replaces=correction))
    for each in (memo, correction):
        page = staff.get(f"/notater/{each.pk}/")
        assertContains(page, "Brug notat nr. 3 i stedet")
        assertNotContains(page, "Lav en rettelse")


def test_a_draft_needs_no_correction(staff, memo):
    response = staff.post(f"/notater/{memo.pk}/ret/", follow=True)
    assertContains(response, "Notatet er ikke udsendt endnu. Redigér det i stedet.")
    assert Memo.objects.count() == 1


def test_a_memo_is_withdrawn_with_a_reason_and_keeps_its_file(staff, memo, cast, log_in):
    document = issued(memo)
    empty = staff.post(f"/notater/{memo.pk}/traek-tilbage/", {"version": 2, "reason": " "})
    assertContains(empty, "Dette felt er påkrævet.")
    staff.post(f"/notater/{memo.pk}/traek-tilbage/", {"version": 2, "reason": "Forkert udvalg."})
    memo.refresh_from_db()
    assert (memo.status, memo.status_reason) == ("withdrawn", "Forkert udvalg.")
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.MEMO_WITHDRAWN)
    assert (event.by, event.region, event.about) == (cast.staff, memo.region, str(memo))
    assert (event.details["seal"], event.details["reason"]) == (document.seal, IssuedMemo.hash_of(b"Forkert udvalg."))
    assert verify() == "1 udsendte notater er, som de blev udsendt."
    assert staff.get(f"/notater/{memo.pk}/pdf/").content == bytes(document.pdf)
    chair = log_in(cast.chair)
    assertContains(chair.get(f"/notater/{memo.pk}/"), "Forkert udvalg.")
    for page in ("pdf", "dagsordenspunkt"):
        assertRedirects(chair.get(f"/notater/{memo.pk}/{page}/"), f"/notater/{memo.pk}/")
    assert staff.get(f"/notater/{memo.pk}/dagsordenspunkt/").status_code == 200


def test_only_an_issued_memo_is_withdrawn(staff, memo):
    response = staff.post(f"/notater/{memo.pk}/traek-tilbage/", {"version": 1, "reason": "Nej."})
    assertContains(response, "Kun et udsendt notat kan trækkes tilbage.", status_code=409)
    assertContains(response, "Nej.", status_code=409)


def test_an_issued_memo_is_there_for_its_own_municipality_alone(log_in, cast, memo):
    issued(memo)
    for user in (cast.chair, cast.culture_head):
        client = log_in(user)
        assertContains(client.get("/notater/"), f"/notater/{memo.pk}/")
        assert client.get(f"/notater/{memo.pk}/pdf/").status_code == 200
        assert client.get(f"/notater/{memo.pk}/udsted/").status_code == 403
        assert client.get(f"/notater/{memo.pk}/historik/").status_code == 403
        assertNotContains(client.get(f"/notater/{memo.pk}/"), "historik/")
    for user in (cast.chair_elsewhere, cast.former_chair, cast.guest, cast.outsider, cast.nobody):
        client = log_in(user)
        assert client.get(f"/notater/{memo.pk}/").status_code == 404
        assert client.get(f"/notater/{memo.pk}/pdf/").status_code == 404
    assert log_in(cast.staff).get(f"/notater/{memo.pk}/historik/").status_code == 200


def verify() -> str:
    output = io.StringIO()
    call_command("verify_memos", stdout=output)
    return output.getvalue().strip()


def test_what_is_as_it_was_issued_is_verified(memo):
    issued(memo)
    issued(MemoFactory())
    assert verify() == "2 udsendte notater er, som de blev udsendt."


@pytest.mark.parametrize(
    ("table", "column", "value", "fault"),
    [
        ("outreach_issuedmemo", "pdf", b"%PDF-1.7", "PDF-filen er ikke den, der blev udsendt."),
        ("outreach_issuedmemo", "sha256", "0" * 64, "PDF-filen er ikke den, der blev udsendt."),
        ("outreach_issuedmemo", "payload", '{"members": []}', "seglet er brudt"),
        ("outreach_issuedmemo", "issued_at", "2020-01-01 00:00:00+00:00", "seglet er brudt"),
        ("outreach_issuedmemo", "number", 3, "nummer 1 mangler."),
        ("outreach_memo", "case_officer", "En anden", "seglet er brudt"),
        ("outreach_memo", "closing", "Noget andet", "seglet er brudt"),
        ("outreach_memo", "status", "draft", "notatet kaldes en kladde."),
    ],
)
def test_what_is_changed_behind_the_portals_back_is_found(memo, table, column, value, fault):
    document = issued(memo)
    behind_the_back(table, column, value, document.pk if table == "outreach_issuedmemo" else memo.pk)
    with pytest.raises(CommandError, match=fault):
        verify()


def test_a_file_changed_together_with_its_hash_breaks_the_seal(memo):
    document = issued(memo)
    behind_the_back("outreach_issuedmemo", "pdf", b"%PDF-1.7", document.pk)
    behind_the_back("outreach_issuedmemo", "sha256", IssuedMemo.hash_of(b"%PDF-1.7"), document.pk)
    with pytest.raises(CommandError, match="seglet er brudt"):
        verify()


def test_a_last_row_with_a_new_seal_that_fits_is_found(memo):
    document = issued(memo)
    behind_the_back("outreach_memo", "closing", "Noget andet", memo.pk)
    document.memo.refresh_from_db()
    behind_the_back("outreach_issuedmemo", "seal", document.seal_after(""), document.pk)
    with pytest.raises(CommandError) as fault:
        verify()
    assert str(fault.value) == f"committee-{memo.committee_id} · 1: seglet er ikke det, som hændelsesloggen har."


def test_a_last_row_that_was_deleted_is_found(memo):
    issued(memo)
    last = issued(MemoFactory())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM outreach_issuedmemo WHERE id = %s", [last.pk])
    with pytest.raises(CommandError) as fault:
        verify()
    assert str(fault.value).splitlines() == [
        f"{last.series} · 2: notatet er udsendt og er væk.",
        f"Notat {last.memo_id}: det kaldes udsendt og har intet dokument.",
    ]
    AuditEvent.objects.all().delete_expired()
    with pytest.raises(CommandError, match="1: hændelsesloggen kender ikke notatet"):
        verify()


def test_a_withdrawal_is_the_one_that_was_written_down(cast, memo):
    issued(memo)
    wrong = "hændelsesloggen siger noget andet om, hvorvidt og hvorfor notatet er trukket tilbage."
    behind_the_back("outreach_memo", "status_reason", "Forkert udvalg.", memo.pk)
    behind_the_back("outreach_memo", "status", "withdrawn", memo.pk)
    with pytest.raises(CommandError, match=wrong):
        verify()
    behind_the_back("outreach_memo", "status", "issued", memo.pk)
    withdraw(memo=memo, by=cast.staff, version=memo.version, reason="Forkert udvalg.")
    assert verify() == "1 udsendte notater er, som de blev udsendt."
    for column, value in (("status_reason", "Rigtigt udvalg."), ("status", "issued")):
        behind_the_back("outreach_memo", column, value, memo.pk)
        with pytest.raises(CommandError, match=wrong):
            verify()


def test_a_changed_file_is_not_handed_out(staff, memo):
    document = issued(memo)
    behind_the_back("outreach_issuedmemo", "pdf", b"%PDF-1.7", document.pk)
    response = staff.get(f"/notater/{memo.pk}/pdf/")
    assertContains(response, "Den gemte fil er ikke den, der blev udsendt", status_code=500)
