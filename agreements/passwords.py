"""Words that anybody tries who knows what the portal is for: they make no password by themselves."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agreements.models import CultureRegion, Municipality

WORDS = [
    "kulturmetropolen", "kulturmetropol", "metropol", "kulturaftale", "kulturregion", "kulturchef", "kultur",
    "aftale", "region", "kommune", "sekretariatet", "sekretariat", "udvalg", "formand", "notat", "indsats",
    "borgmester", "portal", "adgangskode", "kodeord", "password", "login", "velkommen", "danmark", "sommer", "vinter",
    "foraar", "forår", "efteraar", "efterår",
]  # fmt: skip
FEWEST = 8  # signs beside those words; a word of one's own is no password either
LETTERS = re.compile(r"[\W\d_]+")


class LocalWordsValidator:
    """Takes the portal's own words, names of places, digits and signs out, and asks for something to be left."""

    def validate(self, password: str, user: Any = None) -> None:
        left = LETTERS.sub("", password.casefold())
        found = False
        for word in self.words():
            found = found or word in left
            left = left.replace(word, "")
        if found and len(left) < FEWEST:
            raise ValidationError(self.get_help_text(), code="password_of_local_words")

    def words(self) -> list[str]:
        """The longest first, so that a short one takes nothing from them."""
        names = [*Municipality.objects.values_list("name", flat=True)]
        names += CultureRegion.objects.values_list("name", flat=True)
        found = {LETTERS.sub("", name.casefold()) for name in names} | set(WORDS)
        return sorted(found, key=lambda word: (-len(word), word))

    def get_help_text(self) -> str:
        return _(
            "The password is mostly words that others guess here, such as the portal's name or a municipality."
            " Put words of your own in."
        )
