"""A memo in the browser: created, written, seen and downloaded; and every mistake on the way."""

import io

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader
from pytest_django.asserts import assertContains, assertRedirects

from agreements.models import Body
from outreach.models import Memo
from tests.factories import MemoFactory, the_agreement
from tests.pages import errors

SITUATION = "Som følge af forhandlinger med Slots- og Kulturstyrelsen"
EMPTY = "Afsnittet er tomt. Skriv teksten, eller tag afsnittet ud af notatet."


@pytest.fixture
def memo(cast) -> Memo:
    return MemoFactory(situation="Der forhandles.", situation_included=True)


def new_memo(**changes) -> dict:
    committee = Body.objects.get(name="Kultur- og Fritidsudvalget")
    return {
        "agreement": the_agreement().pk,
        "committee": committee.pk,
        "date": "06-11-2020",
        "case_officer": "Henning Elmelund",
        "case_number": "20.20.00-P27-1-20",
    } | changes


def written(memo: Memo, **changes) -> dict:
    return new_memo(version=memo.version, situation_included="on", situation=memo.situation, **changes)


def test_a_new_memo_opens_with_the_state_of_the_negotiations(staff):
    response = staff.post("/notater/opret/", new_memo())
    memo = Memo.objects.get()
    assertRedirects(response, f"/notater/{memo.pk}/rediger/")
    assert memo.situation.startswith(SITUATION)
    assert (memo.opening_included, memo.situation_included, memo.closing_included) == (False, True, False)


def test_a_memo_after_the_start_has_no_word_of_negotiations(staff):
    staff.post("/notater/opret/", new_memo(date="01-02-2021"))
    assert not Memo.objects.get().situation_included


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"case_number": "20.20-P27"},
            "“20.20-P27” er ikke et KLE-journalnummer. "
            "Skriv emne, facet, løbenummer og år, for eksempel 20.20.00-P27-1-20.",
        ),
        (
            {"date": "31-02-2020"},
            "Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020.",
        ),
        (
            {"case_officer": "E" * 151},
            "Teksten er på 151 tegn; der er plads til 150. Gør den kortere.",
        ),
        (
            {"committee": "999999"},
            "Marker en gyldig valgmulighed. Det valg, du har foretaget, er ikke blandt de tilgængelige valgmuligheder.",
        ),
        ({"committee": ""}, "Vælg, hvem notatet er til."),
    ],
)
def test_a_mistake_is_explained_and_nothing_typed_is_lost(staff, wrong, message):
    typed = new_memo(**wrong)
    response = staff.post("/notater/opret/", typed)
    assert message in response.text
    form = response.context["form"]
    assert {name: form[name].value() for name in typed} == {name: str(value) for name, value in typed.items()}
    assert not Memo.objects.exists()


@pytest.mark.once
def test_a_day_in_the_years_that_memos_are_about(staff, memo):
    said = "Datoen skal ligge fra 2000 til 2100."
    for day in ("01-01-0001", "31-12-9999"):
        for url in ("/notater/opret/", f"/notater/{memo.pk}/rediger/", "/notater/udsendelser/opret/"):
            assert errors(staff.post(url, written(memo, kind="status", to="members", date=day))) == [said]
    assert said in staff.post(f"/notater/{memo.pk}/forhaandsvisning/", written(memo, date="31-12-9999")).text


@pytest.mark.parametrize("text", ["", "  \n ", "# ", "- \n- ", "&nbsp;", "\u200b"])
def test_an_empty_section_is_not_part_of_a_memo(staff, memo, text):
    typed = written(memo, opening_included="on", opening=text, closing="Bliver stående.")
    response = staff.post(f"/notater/{memo.pk}/rediger/", typed)
    assertContains(response, EMPTY)
    assert response.context["form"]["closing"].value() == "Bliver stående."
    assert response.context["form"]["opening"].value() == text
    memo.refresh_from_db()
    assert (memo.opening_included, memo.closing) == (False, "")


def test_a_section_that_is_too_long_is_kept_in_the_form(staff, memo):
    typed = written(memo, closing_included="on", closing="x" * 20_001)
    response = staff.post(f"/notater/{memo.pk}/rediger/", typed)
    assertContains(response, "Teksten er på 20001 tegn; der er plads til 20000. Gør den kortere.")
    assert response.context["form"]["closing"].value() == "x" * 20_001
    memo.refresh_from_db()
    assert memo.closing == ""


def test_a_section_taken_out_keeps_its_words(staff, memo):
    staff.post(f"/notater/{memo.pk}/rediger/", written(memo, closing="Til næste gang."))
    memo.refresh_from_db()
    assert (memo.closing_included, memo.closing) == (False, "Til næste gang.")
    assert "Til næste gang." not in staff.get(f"/notater/{memo.pk}/forhaandsvisning/").text


def test_the_database_holds_no_empty_section(memo):
    with pytest.raises(IntegrityError, match="memo_closing_not_empty"), transaction.atomic():
        Memo.objects.filter(pk=memo.pk).update(closing_included=True)


def test_the_preview_shows_what_is_typed_and_saves_nothing(staff, memo):
    typed = written(memo, closing_included="on", closing="Med **venlig** hilsen")
    response = staff.post(f"/notater/{memo.pk}/forhaandsvisning/", typed)
    assertContains(response, "<p>Med <strong>venlig</strong> hilsen</p>", html=True)
    assertContains(response, "følgende 9 kommuner har tilsluttet sig aftalen")
    memo.refresh_from_db()
    assert (memo.closing, memo.version) == ("", 1)


def test_the_preview_says_what_is_missing(staff, memo):
    response = staff.post(f"/notater/{memo.pk}/forhaandsvisning/", written(memo, date="", closing_included="on"))
    assertContains(response, "Notatet kan ikke vises endnu")
    assertContains(response, EMPTY)


def test_the_preview_is_framed_by_the_portal_alone(staff, memo):
    preview = staff.get(f"/notater/{memo.pk}/forhaandsvisning/")
    assert preview["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]
    assert "script-src" not in preview["Content-Security-Policy"]
    assert "unsafe-inline" not in preview["Content-Security-Policy"]
    page = staff.get(f"/notater/{memo.pk}/")
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert "unsafe-inline" not in page["Content-Security-Policy"]


def test_the_pdf_is_named_after_day_and_committee(staff, memo):
    response = staff.get(f"/notater/{memo.pk}/pdf/?hent")
    assert response["Content-Type"] == "application/pdf"
    name = "notat-2020-11-06-roedovre-kultur-og-fritidsudvalget.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert staff.get(f"/notater/{memo.pk}/pdf/")["Content-Disposition"] == f'inline; filename="{name}"'
    assert "Der forhandles." in PdfReader(io.BytesIO(response.content)).pages[0].extract_text()


def test_the_author_is_told_of_signs_that_cannot_be_printed(staff, memo):
    staff.post(f"/notater/{memo.pk}/rediger/", written(memo, opening_included="on", opening="Musik 😀 og 音楽"))
    warning = "Notatets skrift mangler disse tegn, så de trykkes som �: 楽 音 😀. Skriv dem på en anden måde."
    assertContains(staff.get(f"/notater/{memo.pk}/"), warning)
    assertContains(staff.get(f"/notater/{memo.pk}/forhaandsvisning/"), "Musik � og ��")


def test_hostile_text_is_text_in_the_preview(staff, memo):
    text = "<script>alert(1)</script> <img src=x onerror=alert(1)> [a](javascript:alert(1)) ![x](file:///etc/passwd)"
    preview = staff.post(f"/notater/{memo.pk}/forhaandsvisning/", written(memo, opening_included="on", opening=text))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror=alert(1)&gt;" in preview.text
    assert "<script" not in preview.text
    assert "<img" not in preview.text
    assert 'href="javascript' not in preview.text


def test_a_draft_is_the_secretariats_alone(log_in, cast, memo):
    for user in (cast.chair, cast.culture_head, cast.guest, cast.outsider):
        client = log_in(user)
        for page in ("", "pdf/", "forhaandsvisning/", "rediger/", "historik/"):
            assert client.get(f"/notater/{memo.pk}/{page}").status_code == 404


def test_the_only_agreement_is_chosen_already(staff):
    form = staff.get("/notater/opret/?slags=status").context["form"]
    assert form["agreement"].value() == the_agreement().pk
