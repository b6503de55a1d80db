"""What public forms hold against floods and robots, without a third party and without keeping anybody's address.

A form is signed with the moment it was shown: nobody reads and fills one in within two seconds, and nobody sends one
that is days old. A field that people do not see stays empty. And of each sender, and of all together, so many are taken
in an hour: a sender is a hash of the address it came from, with the day in it, and is deleted after the hour.
"""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from outreach.models import PublicRequest

HOUR = timedelta(hours=1)
PER_SENDER, PER_FORM = 5, 200
QUICKEST, OLDEST = timedelta(seconds=2), timedelta(days=1)


def admit(*, form: str, request: HttpRequest) -> bool:
    """Whether one more is taken; if so it is counted. What is not taken is not counted, so the hour ends."""
    now = timezone.now()
    sender = sender_of(request, now)
    recent = PublicRequest.objects.filter(form=form, made_at__gt=now - HOUR)
    taken = recent.aggregate(of_all=Count("pk"), of_sender=Count("pk", filter=Q(sender=sender)))
    if taken["of_sender"] >= PER_SENDER or taken["of_all"] >= PER_FORM:
        return False
    over(now).delete()
    PublicRequest.objects.create(form=form, sender=sender, made_at=now)
    return True


def over(now: datetime) -> QuerySet[PublicRequest]:
    """What counts no more."""
    return PublicRequest.objects.filter(made_at__lte=now - HOUR)


def sender_of(request: HttpRequest, now: datetime) -> str:
    salt = f"outreach.floods.{timezone.localdate(now)}"
    return salted_hmac(salt, address_of(request), algorithm="sha256").hexdigest()


def address_of(request: HttpRequest) -> str:
    """The address that the request came from, as the nearest proxy saw it where there is one.

    Of an IPv6 address the network: whoever has one has all of it.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUST_PROXY_HEADERS:
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or address
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and not parsed.ipv4_mapped:
        return str(ip_network((parsed, 64), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


_signer = Signer(salt="outreach.floods")


def stamp(now: datetime | None = None) -> str:
    """The moment a form is shown, signed."""
    return _signer.sign(str(int((now or timezone.now()).timestamp() * 1000)))


class PublicForm(forms.Form):
    """A form that anybody may send. Whatever it refuses, it is shown again with all that was typed, and a new stamp."""

    website = forms.CharField(
        required=False,
        label=_("Leave this field empty"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["stamp"] = stamp()
        if self.is_bound:
            self.typed_stamp = self.data.get(self.add_prefix("stamp"), "")
            self.data = self.data.copy()
            self.data[self.add_prefix("stamp")] = self.initial["stamp"]

    def clean_website(self):
        if self.cleaned_data["website"]:
            raise ValidationError(_("Leave this field empty; it is a trap for robots."))
        return ""

    def clean(self):
        cleaned = super().clean()
        shown = self._shown_at()
        age = timezone.now() - shown if shown else OLDEST
        if age < QUICKEST:
            raise ValidationError(_("That was quick. Look at what you typed, and send it again."))
        if age >= OLDEST:
            raise ValidationError(_("The page had been open for long. Nothing is lost: send it again."))
        return cleaned

    def _shown_at(self) -> datetime | None:
        try:
            milliseconds = int(_signer.unsign(self.typed_stamp))
        except (BadSignature, ValueError):
            return None
        return datetime.fromtimestamp(milliseconds / 1000, tz=timezone.get_current_timezone())
