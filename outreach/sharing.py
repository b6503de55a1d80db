"""Ready texts about an activity or a story for the channels, each with the line that says who stands behind it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from agreements.danish import in_a_row
from initiatives.models import Activity, Story
from kulturmetropol import richtext
from outreach.models import SocialLink

Channel = SocialLink.Channel
FACEBOOK_SHOWN = 477  # characters before Facebook hides the rest behind “see more”
INSTAGRAM_SHOWN = 125
INSTAGRAM_LIMIT = 2200
STORY_LENGTH = 1200
LANGUAGE = "da"  # what is published is Danish, whoever prepares it


@dataclass(frozen=True)
class Post:
    """A text for one channel, how much of it is shown before the reader asks for more, and how long it may be."""

    channel: SocialLink.Channel
    text: str
    shown: int
    limit: int | None = None

    @property
    def length(self) -> int:
        return len(self.text)


def posts_of_activity(activity: Activity) -> list[Post]:
    places = [each.name for each in activity.municipalities.all()]
    where = f", {activity.place}" if activity.place else ""
    with translation.override(LANGUAGE):
        opening = f"{activity.title}\n{date_format(activity.held_on)}{where}"
        line = stands_behind(str(activity.region), activity.initiative.title, places)
    return _posts(opening, line, _tags(activity, places))


def posts_of_story(story: Story) -> list[Post]:
    text = Truncator(plain(story.text)).chars(STORY_LENGTH, truncate=" …")
    with translation.override(LANGUAGE):
        line = stands_behind(str(story.region), story.initiative.title, [story.municipality.name])
    return _posts(f"{story.title}\n\n{text}", line, _tags(story, [story.municipality.name]))


def stands_behind(region: str, initiative: str, municipalities: list[str]) -> str:
    """«Kulturmetropolen står bag Hun spiller sammen med Køge og Rødovre.»"""
    if not municipalities:
        return _("%(region)s stands behind %(initiative)s.") % {"region": region, "initiative": initiative}
    return _("%(region)s stands behind %(initiative)s together with %(municipalities)s.") % {
        "region": region,
        "initiative": initiative,
        "municipalities": in_a_row(municipalities),
    }


def plain(markdown: str) -> str:
    """A text without its signs of Markdown: channels know paragraphs alone."""
    marked = richtext.to_html(markdown).replace("</p>", "</p>\n").replace("</ul>\n", "</ul>\n\n")
    marked = re.sub(r"<ul>\n", "", re.sub(r"<li[^>]*>\n?", "– ", marked))
    return re.sub(r"\n{3,}", "\n\n", html.unescape(strip_tags(marked))).strip()


def _posts(opening: str, line: str, tags: Iterable[str]) -> list[Post]:
    text = f"{opening}\n\n{line}"
    return [
        Post(Channel.FACEBOOK, text, FACEBOOK_SHOWN),
        Post(Channel.INSTAGRAM, f"{text}\n\n{' '.join(tags)}", INSTAGRAM_SHOWN, INSTAGRAM_LIMIT),
    ]


def _tags(record: Activity | Story, places: list[str]) -> list[str]:
    return [tag(each) for each in (str(record.region), record.initiative.area.name, *places)]


def tag(name: str) -> str:
    """«Kultur og sundhedsindsatsen» as «#KulturOgSundhedsindsatsen»."""
    words = re.findall(r"\w+", name)
    return "#" + "".join(word[:1].upper() + word[1:] for word in words)
