"""The status memo as a PDF: it says what the customer's own document says, and conforms to PDF/UA-1 and PDF/A-3a."""

import io
import re
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from agreements.models import Agreement, Body, Membership
from initiatives.models import InitiativeArea
from outreach.memos import memo_pdf, payload
from outreach.models import Memo
from tests import pdf_text, verapdf
from tests.factories import AgreementFactory, InitiativeAreaFactory, MemoFactory, ResultTargetFactory, municipality

pytestmark = pytest.mark.usefixtures("cast")

SOURCE = Path(__file__).parents[1] / "data" / "notat-2020-11-06.txt"
COMMAND = {
    "--municipality": "0175",
    "--committee": "Kultur- og Fritidsudvalget",
    "--date": "2020-11-06",
    "--case-number": "20.20.00-P27-1-20",
    "--case-officer": "Henning Elmelund",
}


def render(output: Path, kind: str = "status", **changes: str) -> bytes:
    options = COMMAND | {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    call_command("render_memo", kind, *[word for pair in options.items() for word in pair], "--output", str(output))
    return output.read_bytes()


@pytest.fixture
def pdf(tmp_path) -> bytes:
    return render(tmp_path / "notat.pdf")


def customers_sentences() -> list[str]:
    """The customer's document, sentence by sentence, without its layout.

    Its table has its columns' names inside the first row, and the row of Musikindsatsen runs over two pages: the words
    that stand first in its second and third column go on in the next block.
    """
    document = SOURCE.read_text(encoding="utf-8")
    first_half = re.search(r"<i>Musikindsatsen</i>\t(?P<purpose>[^\t]*)\t(?P<targets>.*)\n\n\t<p>", document)
    document = document.replace(first_half[0], f"Musikindsatsen\n<p>{first_half['purpose']} ", 1)
    purpose_end = document.index("</p>", document.index("Kulturmetropolens musikindsats"))
    rest = document[purpose_end:].replace("<p>", f"<p>{first_half['targets']} ", 1)
    document = document[:purpose_end] + rest
    document = document.replace("Indsatsområde: <i>Ungeindsatsen</i>\tFormål: ", "Ungeindsatsen\n")
    document = (
        document.replace("\tResultatmål: ", "\n").replace("\tDato:\t", "\nDato: ").replace("\tJ. nr.:\t", "\nJ. nr.: ")
    )
    document = re.sub(r"</?[pi]>", "\n", document)
    document = re.sub(r"^- ", "", document, flags=re.MULTILINE)
    header = "Indsatsområde\nFormål\nResultatmål\nUngeindsatsen\nAt støtte"
    document = document.replace("Ungeindsatsen\nAt støtte", header)
    return pdf_text.sentences(document)


def test_the_memo_says_what_the_customers_document_says(pdf):
    expected = [sentence.replace("Halsnæs, Herlev", "Halsnæs, Helsingør, Herlev") for sentence in customers_sentences()]
    said = [re.sub(r"^– ", "", sentence) for sentence in pdf_text.sentences(pdf_text.text(pdf))]
    assert len(expected) == 49
    said.remove("Notat nr.: udkast, ikke udsendt")
    said.remove("Medlemmerne er opgjort 6. november 2020 efter de registrerede medlemskaber.")
    assert said == expected


@pytest.mark.verapdf
@pytest.mark.once  # how a file is built does not hang on where its text was read
@pytest.mark.parametrize("profile", ["ua1", "3a"])
def test_the_memo_is_accessible_and_archivable(pdf, profile):
    assert verapdf.failures(pdf, profile) == []


def test_the_file_names_itself_and_carries_its_fonts(pdf):
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.metadata.title == 'Status på kulturaftalen "KulturMetropolen" 2021-2024'
    assert reader.root_object["/Lang"] == "da"
    fonts = {font["/BaseFont"].partition("+")[2]: font for page in reader.pages for font in page_fonts(page)}
    assert sorted(fonts) == ["IBM-Plex-Sans", "IBM-Plex-Sans-Italic", "IBM-Plex-Sans-Semi-Bold"]
    assert all("/FontFile2" in font["/DescendantFonts"][0]["/FontDescriptor"] for font in fonts.values())


def page_fonts(page):
    return [font.get_object() for font in page["/Resources"]["/Font"].values()]


def test_each_page_has_its_number_and_the_tables_header(pdf):
    first, second = pdf_text.page_texts(pdf)
    assert "Side 1 af 2" in first
    assert "Side 2 af 2" in second
    assert [page.count("Indsatsområde Formål Resultatmål") for page in (first, second)] == [1, 1]


def test_no_area_is_split_over_two_pages(pdf):
    first, second = pdf_text.page_texts(pdf)
    for area in InitiativeArea.objects.prefetch_related("targets"):
        last_words = " ".join(area.targets.last().text.split()[-3:])
        pages = [page for page in (first, second) if area.purpose[:40] in page.replace("\n", " ")]
        assert len(pages) == 1, area
        assert last_words in pages[0], area


@pytest.mark.once
def test_two_processes_render_the_same_bytes(tmp_path):
    html = tmp_path / "memo.html"
    dates = "<meta name=dcterms.created content=2020-11-06><meta name=dcterms.modified content=2020-11-06>"
    html.write_text(f"<html lang=da><title>Prøve</title>{dates}<p>Æøå", "utf-8")
    code = (
        "import sys, django; django.setup(); from kulturmetropol.pdf import write_pdf;"
        "sys.stdout.buffer.write(write_pdf(open(sys.argv[1], encoding='utf-8').read()))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, str(html)], cwd=settings.BASE_DIR, capture_output=True, check=True
        ).stdout
        for _ in range(2)
    }
    assert len(outputs) == 1


# what counts ----------------------------------------------------------------------------------------------------------


def text_of(**memo) -> str:
    return pdf_text.normalised(pdf_text.text(memo_pdf(payload(MemoFactory(**memo)))))


def test_those_who_left_and_those_who_come_later_are_not_counted():
    Membership.objects.filter(municipality__name="Ishøj").update(left_on=date(2021, 6, 1))
    Membership.objects.filter(municipality__name="Køge").update(joined_on=date(2022, 1, 1))
    text = text_of(date=date(2021, 8, 1))
    members = "Albertslund, Furesø, Halsnæs, Helsingør, Herlev, Roskilde og Rødovre"
    assert f"følgende 7 kommuner har tilsluttet sig aftalen: {members}." in text


def test_one_member_is_one_municipality():
    Membership.objects.exclude(municipality__name="Rødovre").delete()
    assert "følgende kommune har tilsluttet sig aftalen: Rødovre." in text_of()


@pytest.mark.parametrize(
    ("council", "meeting"),
    [
        ("Byrådet", "På Byrådsmøde den 23. juni 2020"),
        ("Borgerrepræsentationen", "På Borgerrepræsentationsmøde den 23. juni 2020"),
    ],
)
def test_the_council_is_called_by_its_own_name(council, meeting):
    Body.objects.filter(kind="council").update(name=council)
    assert meeting in text_of()


def test_a_municipality_with_a_name_of_its_own():
    Membership.objects.filter(municipality__name="Rødovre").update(municipality=municipality("København"))
    Body.objects.filter(name="Kultur- og Fritidsudvalget").update(municipality=municipality("København"))
    assert "at Københavns Kommune skal fortsætte som partner" in text_of()


def test_after_the_agreement_has_started_it_is_not_coming_and_negotiations_are_over(tmp_path):
    Membership.objects.filter(municipality__name="Rødovre").update(council_decided_on=date(2021, 3, 1), continues=False)
    text = pdf_text.text(render(tmp_path / "notat.pdf", date="2021-05-01"))
    assert "skal være partner i kulturaftalen Kulturmetropolen 2021-2024" in pdf_text.normalised(text)
    assert "Som følge af forhandlinger" not in text


# what people write, and what they should not --------------------------------------------------------------------------

EVERYTHING = """# Overskrift

Fed **skrift**, *kursiv* og et [link](https://slks.dk).

## Under

- et
- to
  - indrykket

1. første
2. anden

> et citat"""
HOSTILE = """<script>alert(1)</script> ![x](file:///etc/passwd) [fil](file:///etc/passwd) [js](javascript:alert(1))
<img src="http://example.com/x.png"> &#x202e; <link rel=attachment href="file:///etc/passwd">"""


def hostile_memo() -> Memo:
    return MemoFactory(opening=HOSTILE, opening_included=True, case_officer="<b>Nu & da</b>")


def empty_memo() -> Memo:
    return MemoFactory(agreement=AgreementFactory())


def long_table_memo() -> Memo:
    agreement = AgreementFactory()
    for number in range(40):
        area = InitiativeAreaFactory(agreement=agreement, position=number + 1, purpose="At prøve en lang tabel. " * 6)
        ResultTargetFactory(area=area)
    return MemoFactory(agreement=agreement)


def long_words_memo() -> Memo:
    InitiativeArea.objects.filter(position=1).update(name="Kulturaftaleudviklingskoordinator" * 3, purpose="Æ" * 300)
    return MemoFactory(opening="kulturmetropolaftaleforhandling" * 12, opening_included=True)


def foreign_memo() -> Memo:
    return MemoFactory(opening="Musik 😀👩‍🎤 音楽 ❤️ og æøåÆØÅ", opening_included=True)


def written_memo() -> Memo:
    return MemoFactory(opening=EVERYTHING, opening_included=True, closing=EVERYTHING, closing_included=True)


@pytest.mark.verapdf
@pytest.mark.once  # how a file is built does not hang on where its text was read
@pytest.mark.parametrize(
    "make", [hostile_memo, empty_memo, long_table_memo, long_words_memo, foreign_memo, written_memo]
)
def test_every_memo_is_accessible_and_archivable(make):
    pdf = memo_pdf(payload(make()))
    assert verapdf.failures(pdf, "ua1") == []
    assert verapdf.failures(pdf, "3a") == []


def test_hostile_text_is_text():
    pdf = memo_pdf(payload(hostile_memo()))
    text = pdf_text.normalised(pdf_text.text(pdf))
    assert (
        "<script>alert(1)</script> ![x](file:///etc/passwd) [fil](file:///etc/passwd) [js](javascript:alert(1))" in text
    )
    assert "Sagsbehandler: <b>Nu & da</b>" in text
    assert b"/URI" not in pdf
    assert [*PdfReader(io.BytesIO(pdf)).attachments] == ["notat.json"]


def test_a_row_never_runs_over_two_pages_and_the_header_is_on_each():
    pages = pdf_text.page_texts(memo_pdf(payload(long_table_memo())))
    assert len(pages) > 3
    assert sum(page.count("At prøve en lang tabel.") for page in pages) == 240
    table_pages = [page for page in pages if "At prøve en lang tabel." in page]
    assert all("Indsatsområde Formål Resultatmål" in page for page in table_pages)
    assert all(page.count("At prøve en lang tabel.") % 6 == 0 for page in table_pages)


def test_an_area_longer_than_a_page_keeps_the_header():
    """Laid out by its letters' widths, such a table takes minutes."""
    InitiativeArea.objects.filter(position=2).update(purpose="Meget lang tekst om formål. " * 400)
    start = time.process_time()
    pages = pdf_text.page_texts(memo_pdf(payload(MemoFactory())))
    assert time.process_time() - start < 10
    assert len(pages) > 5
    assert " ".join(pages).count("formål.") == 400
    assert all("Indsatsområde Formål Resultatmål" in page for page in pages)


def test_signs_that_the_font_lacks_are_seen_as_squares():
    assert "Musik ��� �� � og æøåÆØÅ" in pdf_text.normalised(pdf_text.text(memo_pdf(payload(foreign_memo()))))


# the command's faults -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"municipality": "9999"}, "Der er ingen kommune med koden 9999."),
        (
            {"committee": "Teknisk Udvalg"},
            "Rødovre har intet udvalg, der hedder “Teknisk Udvalg”. Kendte: Kultur- og Fritidsudvalget.",
        ),
        ({"agreement": "Aftalen 1999"}, "Der er ingen sådan aftale. Kendte: Kulturmetropolen 2021-2024."),
        (
            {"case_number": "P27-1-20"},
            "“P27-1-20” er ikke et KLE-journalnummer. "
            "Skriv emne, facet, løbenummer og år, for eksempel 20.20.00-P27-1-20.",
        ),
        ({"date": "9999-12-31"}, "Datoen skal ligge fra 2000 til 2100."),
        (
            {"kind": "onboarding"},
            "Rødovre har ingen åben indslusningssag i Kulturmetropolen 2021-2024. Opret sagen først.",
        ),
        ({"date": "2020-02-31"}, "“2020-02-31” er ikke en dato. Skriv år-måned-dag, for eksempel 2020-11-06."),
    ],
)
def test_what_is_wrong_with_a_command_is_said_in_danish(tmp_path, wrong, message):
    with pytest.raises(CommandError) as error:
        render(tmp_path / "notat.pdf", **wrong)
    assert str(error.value) == message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.once
def test_the_command_makes_memos_to_a_committee_alone(tmp_path):
    with pytest.raises(CommandError, match=r"choice: 'annual' .*'status'"):
        render(tmp_path / "notat.pdf", "annual")


def test_a_file_that_cannot_be_written(tmp_path):
    path = tmp_path / "mangler" / "notat.pdf"
    with pytest.raises(CommandError) as error:
        render(path)
    assert str(error.value) == f"Filen kan ikke skrives: [Errno 2] No such file or directory: '{path}'."


def test_the_command_saves_nothing(pdf):
    assert not Memo.objects.exists()
    assert Agreement.objects.get().version == 1
