"""Pictures that people upload: looked at by content, kept as pixels alone, and served by views.

What is kept is drawn anew from the pixels, so that nothing hides in it: no position of the camera, no comment, no page
of HTML behind the picture. Name and file type are ours.
"""

import secrets
from io import BytesIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageFile, ImageOps

MEGABYTE = 1_000_000
MAX_BYTES = 8 * MEGABYTE
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 2000  # pixels; more than a page shows
SUFFIXES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
CONTENT_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


class PictureField(forms.FileField):
    """A picture, as `clean` keeps it."""

    widget = forms.FileInput(attrs={"accept": ",".join(CONTENT_TYPES.values())})

    def __init__(self, **kwargs: Any) -> None:
        help_text = gettext_lazy("JPEG, PNG or WebP, at most 8 MB. Where it was taken is not kept.")
        super().__init__(**{"help_text": help_text, **kwargs})

    def to_python(self, data: Any) -> File | None:
        upload = super().to_python(data)
        # one that was kept while its form was mended has been cleaned; drawing it once more would blur it
        return upload if not upload or hasattr(upload, "stored") else clean(upload)


def clean(upload: File) -> ContentFile:
    """The picture as it is kept. Raises `ValidationError`, in words for people, when it is none or too large."""
    if upload.size > MAX_BYTES:
        size = localize(round(upload.size / MEGABYTE, 1))
        raise ValidationError(
            _("The picture takes up %(size)s MB; there is room for 8. Make it smaller and try again.") % {"size": size}
        )
    picture = _opened(upload)
    kind = picture.format or ""
    width, height = picture.size
    if width * height > MAX_PIXELS:
        size = f"{localize(width)} × {localize(height)}"
        raise ValidationError(
            _("The picture is %(size)s pixels; there is room for 40 million. Make it smaller and try again.")
            % {"size": size}
        )
    try:
        pixels = _pixels(picture)
    # a broken file fails inside Pillow's decoders in as many ways as there are to break one
    except (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, EOFError) as error:
        raise ValidationError(_("The picture is damaged and cannot be read. Save it anew and try again.")) from error
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return ContentFile(_encoded(pixels, kind), name=f"{secrets.token_hex(16)}.{SUFFIXES[kind]}")


def smaller(stored: File, side: int) -> bytes:
    """A kept picture with sides of at most `side` pixels, in its own format."""
    picture = _opened(stored)
    kind = picture.format or ""
    picture.thumbnail((side, side))
    return _encoded(picture, kind)


def content_type(name: str) -> str:
    return CONTENT_TYPES[name.rpartition(".")[2]]


def _opened(file: File) -> Image.Image:
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint turns it on: half a picture would pass for a whole one
    try:
        return Image.open(file, formats=list(SUFFIXES))
    except Image.DecompressionBombError as error:
        raise ValidationError(
            _("The picture has too many pixels; there is room for 40 million. Make it smaller and try again.")
        ) from error
    except (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, EOFError) as error:
        raise ValidationError(_("The file is no picture in JPEG, PNG or WebP. Choose another file.")) from error


def _pixels(picture: Image.Image) -> Image.Image:
    """The first frame, turned the right way up, with nothing but its pixels."""
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    plain.info = {}
    return plain


def _encoded(picture: Image.Image, kind: str) -> bytes:
    buffer = BytesIO()
    match kind:
        case "JPEG":
            picture.convert("RGB").save(buffer, "JPEG", quality=85, optimize=True, progressive=True)
        case "PNG":
            picture.save(buffer, "PNG", optimize=True)
        case _:
            picture.save(buffer, "WEBP", quality=85)
    return buffer.getvalue()
