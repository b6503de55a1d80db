"""The release before has no place for issued memos, so nothing is taken back by migrations while there are any.

Asked before the first migration is taken back: the ones after `MEMOS` would take runs and headings with them.
"""

from typing import Any

from django.apps.registry import Apps
from django.conf import settings
from django.core.management.base import CommandError
from django.utils import translation
from django.utils.translation import gettext as _

MEMOS = ("outreach", "0003_memos")


def refuse_to_lose_memos(*, plan: list, apps: Apps, using: str, **more: Any) -> None:
    """Raises `CommandError` for issued memos, and for drafts of kinds or to recipients that the release before lacks.

    `apps` are as the database is.
    """
    if not any(backwards and (each.app_label, each.name) == MEMOS for each, backwards in plan):
        return
    issued = apps.get_model("outreach", "IssuedMemo").objects.using(using).count()
    drafts = apps.get_model("outreach", "Memo").objects.using(using).filter(status="draft")
    unknown = drafts.exclude(kind="status", committee__isnull=False).count()
    if issued or unknown:
        with translation.override(settings.LANGUAGE_CODE):  # `migrate` speaks English
            raise CommandError(
                _(
                    "The version before has no place for %(issued)d issued memos and %(drafts)d drafts of the new "
                    "kinds, so nothing is taken back. Drafts can be deleted on their pages. With issued memos the "
                    "backup is the only way back: see docs/operation.md."
                )
                % {"issued": issued, "drafts": unknown}
            )
