"""The one way from a template to a PDF.

The file conforms to PDF/UA-1 (accessible) and PDF/A-3a (archivable) at once, is the same to the byte for the same
input, embeds its font, and is made without fetching anything but the project's own static files.

A template sets `lang`, `<title>`, `<meta name="dcterms.created">` and `dcterms.modified`, and writes nothing of its own
style: `static/css/memo.css` is every memo's.
"""

import functools
import threading
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pydyf
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.template.loader import render_to_string
from fontTools.ttLib import TTFont
from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

STATIC = "https://static.invalid/"  # the static files' address inside a PDF; a host of this name can never exist
STYLESHEET = "css/memo.css"
FONTS = ("fonts/IBMPlexSans-Regular.woff", "fonts/IBMPlexSans-SemiBold.woff", "fonts/IBMPlexSans-Italic.woff")
SUBSTITUTE = "□"
# joiners and variation selectors only shape the sign before them, which is substituted itself
INVISIBLE = {"\u200b", "\u200c", "\u200d", "\ufeff", *map(chr, range(0xFE00, 0xFE10))}


def render_pdf(template: str, context: Mapping[str, Any]) -> bytes:
    """The PDF of a template. Raises `FatalURLFetchingError` when it refers to anything but static files."""
    return write_pdf(render_to_string(template, dict(context)))


def write_pdf(html: str) -> bytes:
    """The PDF of finished HTML. One at a time in a process: the fonts are shared, and threads gain nothing."""
    with _lock:
        fonts, stylesheet = _style()
        source = HTML(string=printable(html), url_fetcher=StaticFetcher(), base_url=STATIC)
        return source.write_pdf(
            stylesheets=[stylesheet],
            font_config=fonts,
            pdf_variant="pdf/a-3a",
            finisher=_declare_pdf_ua,
        )


def printable(text: str) -> str:
    """The text with a visible substitute for every sign that the embedded font lacks."""
    text = unicodedata.normalize("NFC", text)
    missing = unprintable(text)
    if not missing:
        return text
    return text.translate({ord(sign): "" if sign in INVISIBLE else SUBSTITUTE for sign in missing})


def unprintable(text: str) -> set[str]:
    """The signs of the text that the embedded font lacks; white space and control characters aside."""
    signs = set(unicodedata.normalize("NFC", text)) - covered_signs()
    return {sign for sign in signs if not sign.isspace()}


@functools.cache
def covered_signs() -> frozenset[str]:
    """The signs that every face of the embedded font has."""
    faces = [TTFont(_static_path(name), lazy=True).getBestCmap().keys() for name in FONTS]
    return frozenset(map(chr, set.intersection(*map(set, faces))))


class StaticFetcher(URLFetcher):
    """Serves the project's static files under `STATIC` and refuses every other address."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=set(), allow_redirects=False)

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        if not url.startswith(STATIC):
            raise FatalURLFetchingError(f"A PDF may use static files only, not {url}")
        try:
            content = _static_path(unquote(url.removeprefix(STATIC))).read_bytes()
        except (LookupError, OSError, SuspiciousFileOperation) as error:
            raise FatalURLFetchingError(f"There is no static file {url}") from error
        return URLFetcherResponse(url, content)


_lock = threading.Lock()


@functools.cache
def _style() -> tuple[FontConfiguration, CSS]:
    """Parsed once in a process: reading the fonts and the style sheet costs as much as a page."""
    fonts = FontConfiguration()
    return fonts, CSS(url=STATIC + STYLESHEET, font_config=fonts, url_fetcher=StaticFetcher())


def _static_path(name: str) -> Path:
    """The file of a static name. The finders refuse names that lead out of their folders (SuspiciousFileOperation)."""
    found = finders.find(name)
    if not found:
        raise LookupError(name)
    return Path(found)


PDF_UA = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1" />
<rdf:Description rdf:about=""
  xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
  xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
  <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
  <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
  <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
  <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
    <pdfaProperty:name>part</pdfaProperty:name>
    <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
    <pdfaProperty:category>internal</pdfaProperty:category>
    <pdfaProperty:description>Part of ISO 14289 to which the file conforms</pdfaProperty:description>
  </rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


def _declare_pdf_ua(document: Document, pdf: pydyf.PDF) -> None:
    """WeasyPrint writes the metadata of one standard; the file conforms to both, so the second is added to its XMP."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.stream = [part.replace(b"</rdf:RDF>", PDF_UA + b"</rdf:RDF>") for part in metadata.stream]
