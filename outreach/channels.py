"""Where a short text goes, and how much of it is read there. Lengths are in characters, with line breaks."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Channel:
    """`limit` is what the channel takes at all, `folded` what it shows before the reader has to ask for more."""

    key: str
    label: str | Promise
    limit: int
    folded: int | None = None


FACEBOOK = Channel("facebook", "Facebook", 63_206, folded=477)
INSTAGRAM = Channel("instagram", "Instagram", 2200)
X = Channel("x", "X", 280)
AGENDA = Channel("dagsorden", _("Agenda"), 1200)  # half a page of a committee's papers
CHANNELS = {each.key: each for each in (FACEBOOK, INSTAGRAM, X, AGENDA)}


@dataclass(frozen=True)
class Length:
    """How a text of `used` characters fits a channel."""

    channel: Channel
    used: int

    @property
    def room(self) -> int:
        """What is comfortably read: the text should keep below it."""
        return self.channel.folded or self.channel.limit

    @property
    def over(self) -> int:
        return max(0, self.used - self.room)

    @property
    def is_refused(self) -> bool:
        return self.used > self.channel.limit

    @property
    def is_folded(self) -> bool:
        return bool(self.over) and not self.is_refused


def lengths(text: str) -> list[Length]:
    return [Length(channel, len(text)) for channel in CHANNELS.values()]
