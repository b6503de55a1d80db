"""Files that wait for their user in the storage, for a day at most: a spreadsheet between its check and its import, and
an upload whose form has to be mended, for browsers do not send a file twice.
"""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.core import signing
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kulturmetropol import pictures
from kulturmetropol.forms import RecordForm

KEPT_FOR = timedelta(days=1)
FOLDER = "kept"
SALT = "kulturmetropol.keeping"
DROP = "drop_kept"


def clear_old(folder: str) -> None:
    """Deletes what nobody came back for. In `folder` each user has a folder of their own."""
    if not default_storage.exists(folder):
        return
    for user in default_storage.listdir(folder)[0]:
        for file in default_storage.listdir(f"{folder}/{user}")[1]:
            name = f"{folder}/{user}/{file}"
            if default_storage.get_modified_time(name) < timezone.now() - KEPT_FOR:
                default_storage.delete(name)


class KeptFile(File):
    """A file that has been looked at, as its field cleans it. `shown` is the name that it had with the user."""

    def __init__(self, stored: str, shown: str, token: str) -> None:
        super().__init__(default_storage.open(stored), name=stored.rpartition("/")[2])
        self.stored, self.shown, self.token = stored, shown, token

    @property
    def is_picture(self) -> bool:
        return str(self.name).rpartition(".")[2] in pictures.CONTENT_TYPES

    @property
    def url(self) -> str:
        return reverse("kept_file", args=[self.token])

    def delete(self) -> None:
        self.close()
        default_storage.delete(self.stored)


def keep(user: Any, file: File, shown: str) -> KeptFile:
    """`file` has been cleaned and has a name of ours. The token is worth something to this user alone, for a day."""
    clear_old(FOLDER)
    stored = default_storage.save(f"{FOLDER}/{user.pk}/{file.name}", file)
    token = signing.dumps({"user": user.pk, "stored": stored, "shown": shown}, salt=SALT)
    return KeptFile(stored, shown, token)


def find(user: Any, token: str) -> KeptFile | None:
    """The file of a token; None where it is another user's, forged, too old or gone."""
    try:
        held = signing.loads(token, salt=SALT, max_age=KEPT_FOR)
        if held["user"] == user.pk:
            return KeptFile(held["stored"], held["shown"], token)
    except (signing.BadSignature, OSError):  # no such file, or no file
        pass
    return None


class KeepsFile(RecordForm):
    """A form with a file in `file_field`, which stays chosen when something else has to be mended."""

    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    file_field: str

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept_file: Any = None
        self.is_kept_lost = False
        if self.is_bound and (token := self.data.get(self.add_prefix("kept"))):
            self._take_up(find(self.user, token))

    def _take_up(self, kept: KeptFile | None) -> None:
        name = self.add_prefix(self.file_field)
        is_replaced = bool(self.files.get(name)) or DROP in self.data
        if kept and not is_replaced:
            self.kept_file = kept
            self.files = self.files.copy()
            self.files[name] = cast(Any, kept)
            return
        self.is_kept_lost = not is_replaced
        self._name_kept("")
        if kept:
            kept.delete()

    def _name_kept(self, token: str) -> None:
        self.data = self.data.copy()
        self.data[self.add_prefix("kept")] = token

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.is_kept_lost and self.file_field not in self.errors:
            self.add_error(self.file_field, _("The file that you chose is no longer here. Choose it once more."))
        return cleaned

    @property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name != "kept"]

    def keep_uploads(self) -> None:
        """Puts a good file aside before the form is shown once more."""
        upload = self.files.get(self.add_prefix(self.file_field))
        file = getattr(self, "cleaned_data", {}).get(self.file_field)
        if upload and file and not self.kept_file:
            self.kept_file = keep(self.user, file, getattr(upload, "shown", str(upload.name)))
            self._name_kept(self.kept_file.token)

    def save(self, commit: bool = True) -> Any:
        record = super().save(commit)
        if self.kept_file:
            transaction.on_commit(self.kept_file.delete)
        return record


@require_safe
def kept_picture(request: HttpRequest, token: str) -> HttpResponseBase:
    """The picture that waits, to the user who sent it."""
    kept = find(request.user, token)
    if kept is None or not kept.is_picture:
        raise Http404
    response = FileResponse(kept.file, content_type=pictures.content_type(str(kept.name)), filename=str(kept.name))
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
