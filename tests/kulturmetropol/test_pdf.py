"""What a PDF may fetch, and what becomes of signs that its font lacks."""

import io
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from pypdf import PdfReader
from weasyprint.urls import FatalURLFetchingError

from kulturmetropol.pdf import printable, unprintable, write_pdf
from tests import verapdf
from tests.pdf_text import elements, text

pytestmark = pytest.mark.once

PAGE = """<!doctype html><html lang="da"><head><title>Prøve</title>
<meta name="dcterms.created" content="2020-11-06"><meta name="dcterms.modified" content="2020-11-06">
{head}</head><body><h1>Prøve</h1>{body}</body></html>"""


def page(body: str = "", head: str = "") -> str:
    return PAGE.format(head=head, body=body)


def reader(html: str) -> PdfReader:
    return PdfReader(io.BytesIO(write_pdf(html)))


# what a PDF may fetch -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/x.png",
        "https://example.com/x.png",
        "//example.com/x.png",
        "ftp://example.com/x.png",
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "data:text/plain,x",
        "data:image/svg+xml,%3Csvg/%3E",
        "https://static.invalid.example.com/css/memo.css",
        "missing.png",
        "../manage.py",
        "%2e%2e/manage.py",
        "..%2f..%2f..%2fetc/passwd",
        "https://static.invalid//etc/passwd",
        "%2fetc%2fpasswd",
        "css/%2e%2e/%2e%2e/manage.py",
        "css",
    ],
)
@pytest.mark.parametrize(
    "reference",
    [
        '<img alt="x" src="{}">',
        '<p style="background: url({})">x</p>',
        '<link rel="stylesheet" href="{}">',
        '<link rel="attachment" href="{}">',
        "<style>@import url({});</style>",
    ],
)
def test_nothing_but_static_files_is_fetched(address, reference):
    element = reference.format(address)
    html = page(head=element) if element.startswith(("<link", "<style")) else page(body=element)
    with pytest.raises(FatalURLFetchingError):
        write_pdf(html)


def test_a_static_file_is_served():
    attachments = reader(page(head='<link rel="attachment" href="fonts/OFL.txt">')).attachments
    assert attachments == {"OFL.txt": [Path(settings.BASE_DIR, "static/fonts/OFL.txt").read_bytes()]}


def test_a_link_is_not_followed():
    links = [
        annotation.get_object()["/A"]["/URI"]
        for annotation in reader(page('<p><a href="https://example.com/">x</a></p>')).pages[0]["/Annots"]
    ]
    assert links == ["https://example.com/"]


# signs ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "printed", "missing"),
    [
        ("Rødovre, Ærø og Ålborg – “ja” 1½ € →", "Rødovre, Ærø og Ålborg – “ja” 1½ € →", set()),
        ("a\u030a og A\u030a", "å og Å", set()),
        ("e\u0301", "é", set()),
        ("你好", "��", {"你", "好"}),
        ("fest 🎉!", "fest �!", {"🎉"}),
        ("❤\ufe0f", "�", {"❤"}),
        ("✓\ufe0f", "✓", set()),
        ("👩\u200d🎤", "�\u200d�", {"👩", "🎤"}),
        ("葛\U000e0100", "�", {"葛"}),
        ("\u202evendt\u202c", "vendt", set()),
        ("\x07ding\x00", "ding", set()),
        ("a\u2028b\u2029c\u3000d\x0be", "a b c d e", set()),
        ("to\nlinjer\tog\r\ntabulator", "to\nlinjer\tog\r\ntabulator", set()),
        ("", "", set()),
    ],
)
def test_a_sign_that_the_font_lacks_has_a_visible_substitute(typed, printed, missing):
    assert (printable(typed), unprintable(typed)) == (printed, missing)


def test_composing_signs_leaves_the_marks_of_html_alone():
    """> and a combining solidus are one sign, ≯, in composed form: the tag would stay open."""
    assert printable("<p>\u0338 class=x</p>") == "<p>� class=x</p>"


@pytest.mark.verapdf
@pytest.mark.parametrize(
    "signs",
    [
        "".join(map(chr, range(0x20, 0x3000))),
        "\x00\x07\x0b\x1c\x7f\x85\u2028\u2029\u202e\u2066\ufeff\ufffe\U000e0061",
        "🎉👩\u200d🎤❤\ufe0f❌✓\ufe0f1\ufe0f\u20e3你好العربية\u0338\u0301",
    ],
)
def test_no_sign_is_left_without_a_glyph(signs):
    pdf = write_pdf(page("<p>" + " ".join(signs).replace("&", "&amp;").replace("<", "&lt;") + "</p>"))
    assert verapdf.failures(pdf, "ua1") == []
    assert verapdf.failures(pdf, "3a") == []


# the file -------------------------------------------------------------------------------------------------------------


def test_a_pdf_is_the_same_in_another_process_at_another_time():
    code = "import django, sys; django.setup(); from kulturmetropol.pdf import write_pdf; " + (
        "sys.stdout.buffer.write(write_pdf(sys.argv[1]))"
    )
    html = page("<p>Æøå <strong>fed</strong> <em>kursiv</em></p>")
    here = write_pdf(html)
    time.sleep(1.1)  # a font's date counts seconds
    elsewhere = subprocess.run([sys.executable, "-c", code, html], cwd=settings.BASE_DIR, capture_output=True)
    assert elsewhere.stdout == here


def test_a_list_inside_an_item_is_heard_where_it_stands():
    item = "<div><p>a</p><ul><li><div>b</div></li></ul><p>c</p></div>"
    assert text(write_pdf(page(f"<ul><li>{item}</li><li><div>d</div></li></ul>"))).split() == [
        *("Prøve", "•", "a", "–", "b", "c", "•", "d")
    ]


@pytest.mark.verapdf
def test_emphasis_in_a_link_is_a_link():
    pdf = write_pdf(page('<p><a href="https://example.com/"><strong>Fed</strong> og <em>kursiv</em></a></p>'))
    assert elements(pdf) == [("H1", "Prøve"), ("P", "Fed og kursiv")]
    assert verapdf.failures(pdf, "ua1") == []
