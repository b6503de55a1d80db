"""No text makes the server ask for anything: not a memo with its PDF, not a list of measures, not a page.

Sources: OWASP Server Side Request Forgery Prevention Cheat Sheet, OWASP WSTG-INPV-19 (see `payloads`).
"""

import io
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pypdf import PdfReader
from weasyprint.urls import FatalURLFetchingError

from kulturmetropol.pdf import write_pdf
from tests.factories import MemoFactory
from tests.factories.outreach import MeasureFactory, MeasureListFactory
from tests.kulturmetropol.test_pdf import page
from tests.pages import send

from .payloads import FETCHES


@pytest.fixture(scope="module")
def server():
    """A server on this machine, and what it has been asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_HEAD = do_POST = do_GET  # noqa: N815

        def log_message(self, *arguments):
            pass

    listening = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}", asked
    listening.shutdown()
    thread.join()


def attachments(pdf: bytes) -> list[str]:
    return [name for name in PdfReader(io.BytesIO(pdf)).attachments if not name.endswith(".json")]


def test_nothing_is_fetched_for_a_memo(staff, server):
    where, asked = server
    text = "\n\n".join(FETCHES).replace("{site}", where).replace("{{", "{").replace("}}", "}")
    memo = MemoFactory()
    included = dict.fromkeys(["opening_included", "situation_included", "closing_included"], "on")
    response = send(staff, f"/notater/{memo.pk}/rediger/", opening=text, situation=text, closing=text, **included)
    assert response.status_code == 302
    pdf = staff.get(f"/notater/{memo.pk}/pdf/")
    content = b"".join(pdf.streaming_content) if pdf.streaming else pdf.content
    assert content.startswith(b"%PDF-")
    assert attachments(content) == []
    words = "".join(each.extract_text() for each in PdfReader(io.BytesIO(content)).pages)
    assert words.count(f"{where}/plain") == 3
    assert "root:x:0" not in words
    for url in (f"/notater/{memo.pk}/", f"/notater/{memo.pk}/rediger/"):
        staff.get(url)
    staff.post(f"/notater/{memo.pk}/forhaandsvisning/", {"opening": text, "closing": text})
    assert asked == []


def test_nothing_is_fetched_for_a_list_of_measures(staff, server):
    where, asked = server
    text = "\n\n".join(FETCHES).replace("{site}", where)
    measures = MeasureListFactory(introduction=text, title=text[:200])
    MeasureFactory(list=measures, introduction=text[:2000], points=text, status_reason=text[:2000], title=text[:200])
    pdf = staff.get(f"/tiltag/liste/{measures.pk}/pdf/")
    content = b"".join(pdf.streaming_content) if pdf.streaming else pdf.content
    assert content.startswith(b"%PDF-")
    assert attachments(content) == []
    assert asked == []


@pytest.mark.once
@pytest.mark.parametrize("markup", [each for each in FETCHES if each.startswith(("<img", "<style", "<p", "<link"))])
def test_even_markup_of_ours_would_fetch_nothing(server, markup):
    """The last defence: where text became markup after all, the PDF is refused or made without it."""
    where, asked = server
    with suppress(FatalURLFetchingError):
        write_pdf(page(markup.replace("{site}", where).replace("{{", "{").replace("}}", "}")))
    assert asked == []
