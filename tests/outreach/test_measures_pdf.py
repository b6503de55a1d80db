"""The list of measures as a PDF: it reads as the customer's document does, and conforms to PDF/UA-1 and PDF/A-3a."""

import io
import re
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from agreements.models import Meeting
from outreach.measures import measures_pdf
from outreach.models import Measure, MeasureList, OpenQuestion
from tests import pdf_text, verapdf
from tests.factories import PersonFactory
from tests.factories.outreach import MeasureFactory, MeasureListFactory, OpenQuestionFactory

pytestmark = pytest.mark.usefixtures("cast")

SOURCE = Path(__file__).parents[1] / "data" / "tiltag-2020.txt"


def the_list() -> MeasureList:
    return MeasureList.objects.get(title="Mulige tiltag i processen mod 2021-24")


def lines(pdf: bytes) -> list[str]:
    """What is heard, line by line: a measure's heading and the introduction beside it stand on one line."""
    said: list[str] = []
    beside = False
    for tag, words in pdf_text.elements(pdf):
        if beside and tag == "P":
            said[-1] += f" {words}"
        else:
            said.append(re.sub(r"^– ", "", words))
        beside = tag == "H3"
    return said


def customers_lines() -> list[str]:
    """The customer's document, line by line, without the marks of its bullets and of bold print."""
    document = SOURCE.read_text(encoding="utf-8").replace("**", "")
    return [re.sub(r"^- ", "", line) for line in document.splitlines() if line]


def test_the_list_reads_as_the_customers_document_does():
    expected = pdf_text.sentences("\n".join(customers_lines()))
    said = pdf_text.sentences("\n".join(lines(measures_pdf(the_list()))))
    assert len(expected) == 55
    assert said == expected


def test_lines_are_those_of_the_customers_document():
    assert lines(measures_pdf(the_list())) == customers_lines()


def test_headings_are_in_order_and_each_measure_has_one():
    headings = [(tag, words) for tag, words in pdf_text.elements(measures_pdf(the_list())) if tag.startswith("H")]
    assert headings == [
        ("H1", "MULIGE TILTAG I PROCESSEN MOD 2021-24"),
        ("H2", "A) Udadrettede tiltag"),
        ("H3", "1. Indslusningsmodel"),
        ("H3", "2. Tour-de-Kommune"),
        ("H3", "3. Netværk og KL's Landsforening"),
        ("H2", "B) Indadrettede tiltag"),
        ("H3", "1. Citatboks/Facebook-opslag"),
        ("H3", "2. Udvalgsmøder"),
        ("H3", "3. Kontakt ml. kulturchefer og politikere"),
        ("H3", "4. Markedsføring"),
    ]


@pytest.mark.verapdf
@pytest.mark.once  # how a file is built does not hang on where its text was read
@pytest.mark.parametrize("profile", ["ua1", "3a"])
def test_the_list_is_accessible_and_archivable(profile):
    assert verapdf.failures(measures_pdf(the_list()), profile) == []


def test_the_file_names_itself_and_numbers_its_pages():
    pdf = measures_pdf(the_list())
    reader = PdfReader(io.BytesIO(pdf))
    assert (reader.metadata.title, reader.metadata.author) == (
        "Mulige tiltag i processen mod 2021-24",
        "Kulturmetropolen",
    )
    assert reader.root_object["/Lang"] == "da"
    first, second = pdf_text.page_texts(pdf)
    assert ("Side 1 af 2" in first, "Side 2 af 2" in second) == (True, True)


def test_the_same_list_is_the_same_file_until_it_changes():
    before = measures_pdf(the_list())
    assert measures_pdf(the_list()) == before
    question = OpenQuestion.objects.get(text="Hvordan skaber vi det?")
    question.answer, question.answered_on = "Sammen.", date(2020, 2, 6)
    question.save()
    assert measures_pdf(the_list()) != before


# what the list becomes as it lives -----------------------------------------------------------------------------------


def after(pdf: bytes, line: str, count: int) -> list[str]:
    said = lines(pdf)
    place = said.index(line) + 1
    return said[place : place + count]


def test_an_answer_stands_under_its_question_with_its_date_and_meeting():
    meeting = Meeting.objects.get(held_on=date(2019, 12, 12))
    OpenQuestion.objects.filter(text__startswith="Skal de betale").update(
        answer="Nej, ikke det første år.\n\nDerefter ses der på det.", answered_on=date(2020, 2, 6), meeting=meeting
    )
    OpenQuestion.objects.filter(text__startswith="Hvem skal invitere").update(
        answer="Sekretariatet.", answered_on=date(2020, 2, 7)
    )
    assert after(measures_pdf(the_list()), "Invitationerne skal sendes ud hurtigst muligt.", 8) == [
        "Skal de betale for deltagelse i aktiviteter?",
        "Svar af 6. februar 2020 (Politisk styregruppe, 12. december 2019):",
        "Nej, ikke det første år.",
        "Derefter ses der på det.",
        "Hvem skal invitere interesserede kommuner ind? Sekretariatet, KMK eller KMP?",
        "Svar af 7. februar 2020:",
        "Sekretariatet.",
        "2. Tour-de-Kommune – Kulturmetropolens politikere kan tage ud til et udvalgsmøde eller lign. og præsentere "
        "Kulturmetropolens.",
    ]


def test_a_question_that_the_points_do_not_ask_is_asked():
    OpenQuestionFactory(measure=Measure.objects.get(title="Markedsføring"), text="Hvem skriver?")
    assert lines(measures_pdf(the_list()))[-1] == "Åbent spørgsmål: Hvem skriver?"


def test_who_is_responsible_and_how_far_a_measure_is_are_told_once_there_is_something_to_tell():
    Measure.objects.filter(title="Markedsføring").update(
        status="rejected", status_reason="For dyrt.", responsible=PersonFactory(name="Åse Skov")
    )
    Measure.objects.filter(title="Tour-de-Kommune").update(status="running")
    pdf = measures_pdf(the_list())
    assert lines(pdf)[-1] == "Status: Afvist. For dyrt. Ansvarlig: Åse Skov."
    assert after(pdf, "Sekretariatet kan tage med som støtte.", 1) == ["Status: I gang."]


HOSTILE = (
    '<script>alert(1)</script> ![x](file:///etc/passwd) [js](javascript:alert(1)) <img src="http://example.com/x">'
)


def hostile_list() -> MeasureList:
    measures = MeasureListFactory(title=HOSTILE, introduction=HOSTILE)
    each = MeasureFactory(
        list=measures, title=HOSTILE, introduction=HOSTILE, points=HOSTILE, status="agreed", status_reason=HOSTILE
    )
    OpenQuestionFactory(measure=each, text=HOSTILE, answer=HOSTILE, answered_on=date(2020, 2, 6))
    return measures


def empty_list() -> MeasureList:
    return MeasureListFactory()


def bare_list() -> MeasureList:
    """Measures with a title and nothing else; one title takes more than a line."""
    measures = MeasureListFactory()
    MeasureFactory(list=measures, title="Kulturbus")
    MeasureFactory(list=measures, title="Kulturaftaleudviklingsarbejde " * 6)
    MeasureFactory(list=measures, title="Kulturaftaleudviklingsarbejde " * 6, introduction="Lang titel. " * 20)
    return measures


def long_list() -> MeasureList:
    measures = MeasureListFactory()
    for number in range(1, 61):
        direction = "outward" if number <= 30 else "inward"
        points = "\n".join(f"- Punkt {point} om tiltag {number}." for point in range(6))
        MeasureFactory(list=measures, direction=direction, number=number, introduction="En prøve.", points=points)
    return measures


def written_list() -> MeasureList:
    points = "# Overskrift\n\n**Fed** og et [link](https://slks.dk).\n\n1. første\n   - indrykket\n2. anden\n\n> citat"
    foreign = MeasureFactory(points=points, introduction="Musik 😀👩‍🎤 音楽 ❤️\u202e og æøå")
    OpenQuestionFactory(measure=foreign)
    return foreign.list


@pytest.mark.verapdf
@pytest.mark.once  # how a file is built does not hang on where its text was read
@pytest.mark.parametrize("make", [hostile_list, empty_list, bare_list, long_list, written_list])
def test_every_list_is_accessible_and_archivable(make):
    pdf = measures_pdf(make())
    assert verapdf.failures(pdf, "ua1") == []
    assert verapdf.failures(pdf, "3a") == []


def test_hostile_text_is_text():
    pdf = measures_pdf(hostile_list())
    said = [line.replace(" ", "") for line in lines(pdf)]  # where a long address breaks, a space is heard
    assert said.count(HOSTILE.replace(" ", "")) == 4  # the introduction, the points, the question and its answer
    assert b"/URI" not in pdf
    assert PdfReader(io.BytesIO(pdf)).attachments == {}


def test_an_empty_list_is_its_title():
    measures = empty_list()
    assert pdf_text.elements(measures_pdf(measures)) == [("H1", measures.title.upper())]


def test_sixty_measures_stand_in_order_and_no_heading_ends_a_page():
    pdf = measures_pdf(long_list())
    numbers = [int(words.split(".")[0]) for tag, words in pdf_text.elements(pdf) if tag == "H3"]
    assert numbers == list(range(1, 61))
    pages = pdf_text.page_texts(pdf)
    assert len(pages) > 5
    assert not [page for page in pages if re.search(r"(En prøve\.|tiltag) Side \d+ af \d+$", page)]


def test_the_page_hands_the_file_out(staff):
    response = staff.get(f"/tiltag/liste/{the_list().pk}/pdf/?hent")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="mulige-tiltag-i-processen-mod-2021-24.pdf"'
    assert response.content == measures_pdf(the_list())
    assert staff.get(f"/tiltag/liste/{the_list().pk}/pdf/")["Content-Disposition"].startswith("inline; ")
    nameless = MeasureListFactory(title="音楽")
    assert 'filename="tiltag.pdf"' in staff.get(f"/tiltag/liste/{nameless.pk}/pdf/")["Content-Disposition"]
