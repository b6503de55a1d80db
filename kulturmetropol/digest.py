"""The daily mail: what needs a user today, to those who want it, on days when something does."""

from datetime import date

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import ngettext

from agreements import access, outbox
from agreements.models import CultureRegion, OutgoingMail
from kulturmetropol import today
from kulturmetropol.accounts.models import User
from kulturmetropol.todo import Urgency


def post(user: User, day: date) -> OutgoingMail | None:
    """The user's mail of the day, posted once however often it is asked for; None where nothing is urgent."""
    region = CultureRegion.objects.editable_by(user).first()
    if region is None:
        return None
    with translation.override(user.language):
        return _post(user, day, region)


def _post(user: User, day: date, region: CultureRegion) -> OutgoingMail | None:
    lines = [
        line
        for line in today.lines(today.for_user(today.todos(user, day), user), user, day)
        if line.urgency != Urgency.LATER
    ]
    if not lines:
        return None
    context = {"user": user, "day": day, "groups": today.grouped(lines), "site": settings.SITE_URL, "region": region}
    subject = ngettext("%(count)d thing needs you", "%(count)d things need you", len(lines))
    return outbox.post(
        region=region,
        key=f"digest-{user.pk}-{day}",
        recipient=user.email,
        subject=subject % {"count": len(lines)},
        body=render_to_string("emails/digest.txt", context),
    )


def readers() -> list[User]:
    """Those who want it and still edit something."""
    wanting = User.objects.filter(wants_digest=True, is_active=True)
    return [user for user in wanting if access.may_edit(user)]
