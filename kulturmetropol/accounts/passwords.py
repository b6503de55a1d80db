"""Passwords that everybody tries first."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 256  # signs: looking for what was typed twice takes the square of them
SIGNS_FOR_LETTERS = str.maketrans("013457@$!", "oieastasi")
REPEATED = re.compile(r"(.+?)\1+")
NO_LETTERS = re.compile(r"[\W\d_]+")


class CommonPasswordValidator(password_validation.CommonPasswordValidator):
    """Refuses Django's 20,000 most common passwords also where they were stretched to the length that is asked for.

    Few of them have twelve signs. People get there with digits and signs around a word, with 0 for o, or by typing it
    twice, and so do those who guess.
    """

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LONGEST:
            said = {"most": LONGEST}
            raise ValidationError(_("The password is too long. It may have %(most)d signs at most.") % said)
        for core in cores(password.casefold().strip()):
            super().validate(core, user)


def cores(password: str) -> Iterator[str]:
    """What is left of a password when it is taken back to the word it may have been made from."""
    for spelled in (password, password.translate(SIGNS_FOR_LETTERS)):
        yield spelled
        for core in (spelled.strip("".join(set(NO_LETTERS.findall(spelled)))), NO_LETTERS.sub("", spelled)):
            yield core
            if repeated := REPEATED.fullmatch(core):
                yield repeated[1]
    if repeated := REPEATED.fullmatch(password):
        yield repeated[1]
