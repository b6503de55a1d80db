"""Case numbers by KL's subject and facet system (KLE): subject, facet, serial and year, as in 20.20.00-P27-1-20."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

CASE_NUMBER = re.compile(r"\d{2}\.\d{2}\.\d{2}-[A-ZÆØÅ]\d{2}-[1-9]\d{0,4}-\d{2}", re.ASCII)


def validate_case_number(value: str) -> None:
    if not CASE_NUMBER.fullmatch(value):
        raise ValidationError(
            _(
                "“%(value)s” is no KLE case number. Write subject, facet, serial and year, "
                "for example 20.20.00-P27-1-20."
            ),
            code="case_number",
            params={"value": value},
        )
