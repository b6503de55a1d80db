"""Amounts of money, always Decimal: as people type them, as pages write them, and their sum in a list."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.db.models import Sum
from django.utils.formats import get_format, number_format
from django.utils.translation import gettext_lazy as _

ØRE = Decimal("0.01")
# what people write around a number, which says nothing: spaces, and the currency
AROUND = re.compile(r"\s|^(dkk|kr\.?)|(dkk|kr\.?|,-)$", re.IGNORECASE)


def amount(value: Decimal | None) -> str:
    """The amount as the page's language writes it, in Danish 1.234,50; without a value nothing."""
    return (
        "" if value is None else number_format(value.quantize(ØRE), decimal_pos=2, use_l10n=True, force_grouping=True)
    )


def kroner(value: Decimal | None) -> str:
    """The amount with its currency, on one line: in Danish 1.234,50 kr."""
    return "" if value is None else (_("DKK %(amount)s") % {"amount": amount(value)}).replace(" ", "\u00a0")


def number(value: Decimal | None) -> str:
    """A figure as the page's language writes it, without decimals that say nothing: 18, and in Danish 1.234,5."""
    if value is None:
        return ""
    plain = value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
    return number_format(plain, use_l10n=True, force_grouping=True)


def total(rows: models.QuerySet, field: str) -> Decimal | None:
    """The sum of a field over all rows; None where no row has a value.

    SQLite adds decimals as floats, exact to 15 digits: rounded to øre the sum is exact below ten trillion kroner.
    """
    found = rows.order_by().aggregate(total=Sum(field))["total"]
    return None if found is None else Decimal(found).quantize(ØRE)


class AmountField(forms.DecimalField):
    """An amount typed as the page's language writes it, in Danish 1.234,50 or 1234,5.

    A separator that stands where it separates no thousands is asked about.
    """

    widget = forms.TextInput

    default_error_messages = {
        "invalid": _("This is no amount. Write for example 1,234.50."),
        "separator": _("Write the amount with a point before the øre and commas between thousands: 1,234.50."),
        "max_decimal_places": _("Write at most two digits after the point."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.help_text = self.help_text or _("In DKK, for example 1,234.50.")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off", "class": "amount-input"}

    def prepare_value(self, value: Any) -> Any:
        return amount(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, Decimal) or value in self.empty_values:
            return super().to_python(value)
        text = AROUND.sub("", str(value).strip())
        comma, point = get_format("DECIMAL_SEPARATOR"), get_format("THOUSAND_SEPARATOR")
        digits = text.lstrip("+-−")
        if not re.fullmatch(rf"[0-9{re.escape(comma + point)}]*[0-9][0-9{re.escape(comma + point)}]*", digits):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        grouped = rf"([0-9]+|[0-9]{{1,3}}({re.escape(point)}[0-9]{{3}})+)({re.escape(comma)}[0-9]*)?"
        if not re.fullmatch(grouped, digits):
            raise forms.ValidationError(self.error_messages["separator"], code="separator")
        plain = digits.replace(point, "").replace(comma, ".")
        return super().to_python(f"-{plain}" if text[0] in "-−" else plain)
