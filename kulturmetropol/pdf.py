"""The one way from a template to a PDF.

The file conforms to PDF/UA-1 (accessible) and PDF/A-3a (archivable) at once, is the same to the byte for the same
input, embeds its font, and is made without fetching anything but the project's own static files.

A template sets `lang`, `<title>`, `<meta name="dcterms.created">` and `dcterms.modified`, and writes nothing of its own
style: `static/css/memo.css` is every memo's.
"""

import datetime
import functools
import io
import re
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pydyf
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.template.loader import render_to_string
from fontTools.ttLib import TTFont
from weasyprint import CSS, HTML, Attachment, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

STATIC = "https://static.invalid/"  # the static files' address inside a PDF; a host of this name can never exist
STYLESHEET = "css/memo.css"
FONTS = ("fonts/IBMPlexSans-Regular.woff", "fonts/IBMPlexSans-SemiBold.woff", "fonts/IBMPlexSans-Italic.woff")
SUBSTITUTE = "\N{REPLACEMENT CHARACTER}"  # the font has it
# signs of the font that are not set in it: two that break lines, and an emoji that any emoji font would draw instead
UNUSABLE = {"\0", "\u2028", "\u2029", "❌"}


@dataclass(frozen=True)
class DataFile:
    """The data of which the PDF is made, to be attached to it: PDF/A-3 takes a file of any kind, and says what it is.

    `day` is when the data were written, as a PDF wants to know of each of its files.
    """

    name: str
    content: str
    description: str
    day: datetime.date


def render_pdf(template: str, context: Mapping[str, Any], data: DataFile | None = None) -> bytes:
    """The PDF of a template. Raises `FatalURLFetchingError` when it refers to anything but static files."""
    return write_pdf(render_to_string(template, dict(context)), data)


def write_pdf(html: str, data: DataFile | None = None) -> bytes:
    """The PDF of finished HTML. One at a time in a process: the fonts are shared, and threads gain nothing."""
    with _lock:
        fonts, stylesheet = _style()
        source = HTML(string=printable(html), url_fetcher=StaticFetcher(), base_url=STATIC)
        return source.write_pdf(
            stylesheets=[stylesheet],
            font_config=fonts,
            pdf_variant="pdf/a-3a",
            attachments=[_attachment(data)] if data else None,
            finisher=_conform_to_both,
        )


def _attachment(data: DataFile) -> Attachment:
    midnight = datetime.datetime.combine(data.day, datetime.time(), datetime.UTC)
    return Attachment(
        string=data.content,
        name=data.name,
        description=data.description,
        created=midnight,
        modified=midnight,
        relationship="Source",
    )


def printable(text: str) -> str:
    """The text or HTML with a visible substitute for every sign that the embedded font lacks."""
    text = _composed(text)
    return text.translate({ord(sign): _printed_as(sign) for sign in set(text) - covered_signs()})


def unprintable(text: str) -> set[str]:
    """The signs of the text or HTML that `printable` puts a substitute for."""
    return {sign for sign in set(_composed(text)) - covered_signs() if _printed_as(sign) == SUBSTITUTE}


@functools.cache
def covered_signs() -> frozenset[str]:
    """The signs that every face of the embedded font has, and line breaks and tabs, which need no glyph."""
    faces = [TTFont(_static_path(name), lazy=True).getBestCmap().keys() for name in FONTS]
    signs = frozenset(map(chr, set.intersection(*map(set, faces))))
    return signs - UNUSABLE | {"\n", "\r", "\t"}


def _composed(text: str) -> str:
    """The text in Unicode's composed form (NFC), where å is one sign. The marks of HTML stay as they are."""
    if unicodedata.is_normalized("NFC", text):
        return text
    return re.sub("[^<>]+", lambda run: unicodedata.normalize("NFC", run[0]), text)


def _printed_as(sign: str) -> str:
    """What stands for a sign that the font lacks. One that only shapes or controls its neighbours leaves no trace."""
    if sign.isspace():
        return " "
    if unicodedata.category(sign) in {"Cc", "Cf"} or "VARIATION SELECTOR" in unicodedata.name(sign, ""):
        return ""
    return SUBSTITUTE


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
        return URLFetcherResponse(url, _unpacked(content) if content.startswith(b"wOFF") else content)


def _unpacked(font: bytes) -> bytes:
    """A WOFF font as TrueType. WeasyPrint unpacks one, too, but writes the time of day into it, and so into the PDF."""
    unpacked = io.BytesIO()
    with TTFont(io.BytesIO(font), recalcTimestamp=False) as woff:
        woff.flavor = woff.flavorData = None
        woff.save(unpacked)
    return unpacked.getvalue()


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


def _conform_to_both(document: Document, pdf: pydyf.PDF) -> None:
    """WeasyPrint writes PDF/A's metadata alone, and tags of which PDF/UA wants some to be others."""
    metadata = _object(pdf, pdf.catalog["Metadata"])
    metadata.stream = [part.replace(b"</rdf:RDF>", PDF_UA + b"</rdf:RDF>") for part in metadata.stream]
    for element in pdf.objects:
        if isinstance(element, pydyf.Dictionary) and element.get("Type") == "/StructElem":
            if element["S"] == "/Div" and _object(pdf, element["P"])["S"] == "/LI":
                element["S"] = "/LBody"
            elif any(_object(pdf, kid).get("Type") == "/OBJR" for kid in element["K"] if isinstance(kid, bytes)):
                element["S"] = "/Link"  # emphasis inside a link is a link of its own on the page


def _object(pdf: pydyf.PDF, reference: bytes) -> pydyf.Object:
    return pdf.objects[int(reference.split()[0])]
