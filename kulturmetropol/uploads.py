"""Documents that people upload: looked at by content, size and name. On disk they have a name of ours.

They are never shown in the portal's own pages, only handed out as attachments.
"""

import re
import secrets
import zipfile
from os.path import splitext
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image

from kulturmetropol.packed import is_too_large

MAX_BYTES = 20 * 1024 * 1024
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "png": "image/png",
    "jpg": "image/jpeg",
    "csv": "text/csv",
    "txt": "text/plain",
}
_OFFICE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
_PICTURES = {"png": "PNG", "jpg": "JPEG"}


class DocumentField(forms.FileField):
    """A document, with the name under which it is kept."""

    widget = forms.FileInput(attrs={"accept": ",".join(f".{each}" for each in [*CONTENT_TYPES, "jpeg"])})
    default_error_messages = {"empty": gettext_lazy("The file is empty.")}

    def __init__(self, **kwargs: Any) -> None:
        help_text = gettext_lazy("PDF, Word, Excel, PowerPoint, OpenDocument, PNG, JPEG, CSV or text; at most 20 MB.")
        super().__init__(**{"help_text": help_text, **kwargs})

    def to_python(self, data: Any) -> File | None:
        upload = super().to_python(data)
        if upload:
            upload.shown = getattr(upload, "shown", upload.name)
            upload.name = f"{secrets.token_hex(16)}.{kind_of(upload)}"
        return upload


def kind_of(upload: File) -> str:
    """The kind of document as its usual ending: what its name says, if its content is of that kind.

    Raises `ValidationError`, in words for people.
    """
    if upload.size > MAX_BYTES:
        raise ValidationError(_("The file is larger than 20 MB. Make it smaller, or split it."))
    ending = splitext(upload.name or "")[1].removeprefix(".").lower()
    kind = "jpg" if ending == "jpeg" else ending
    if kind not in CONTENT_TYPES:
        raise ValidationError(_("Files of this kind cannot be uploaded. Save it as PDF, for example."))
    upload.seek(0)
    is_right = _has_content_of(kind, upload)
    upload.seek(0)
    if not is_right:
        message = _("The file's content is not what its name says (.%s). Save it anew in the right kind.")
        raise ValidationError(message % ending)
    return kind


def _has_content_of(kind: str, upload: File) -> bool:
    if kind == "pdf":
        # readers look for the mark in the first kilobyte; a page of HTML in front of it is none of a document
        return upload.read(1024).lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"%PDF-")
    if kind in _PICTURES:
        return _is_picture(upload, _PICTURES[kind])
    if kind in ("csv", "txt"):
        return not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", upload.read())
    return _is_office(upload, kind)


def _is_picture(upload: File, kind: str) -> bool:
    try:
        Image.open(upload, formats=[kind]).verify()
    # a broken file fails inside Pillow in as many ways as there are to break one
    except (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, Image.DecompressionBombError):
        return False
    return True


def _is_office(upload: File, kind: str) -> bool:
    """By the names of the packed parts alone; nothing is unpacked but a line. Documents with macros are refused.

    zipfile passes over what stands in front of the first part, which could be a page of HTML.
    """
    if upload.read(4) != b"PK\x03\x04":
        return False
    try:
        with zipfile.ZipFile(upload) as packed:
            if is_too_large(packed):
                return False
            names = set(packed.namelist())
            if kind in _OFFICE:
                has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
                return "[Content_Types].xml" in names and _OFFICE[kind] in names and not has_macros
            with packed.open("mimetype") as told:
                return told.read(100) == CONTENT_TYPES[kind].encode()
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, OSError, EOFError):
        return False
