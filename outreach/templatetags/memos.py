"""What the templates of memos use: figures in words, and what the pictures are drawn of."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext as _

from kulturmetropol.amounts import kroner, number
from outreach.memos import pictures

register = template.Library()

register.simple_tag(pictures.progress_bar)
register.simple_tag(pictures.progress_line)
register.simple_tag(pictures.member_map)
register.simple_tag(pictures.over_time)
register.simple_tag(pictures.income_bars)
register.simple_tag(pictures.share_bars)


@register.simple_tag
def month_columns(months: list[dict[str, Any]]) -> list[pictures.Column]:
    return pictures.columns([each["count"] for each in months])


@register.simple_tag
def has_bars(targets: list[dict[str, Any]]) -> bool:
    """Whether the progress of any of the result targets is drawn."""
    return any(figure["value"] is not None for target in targets for figure in target["indicators"])


@register.filter
def in_figures(value: Decimal | int | None) -> str:
    """1.204, and of what nobody has registered that there is no figure."""
    return _("no figure") if value is None else number(Decimal(value))


@register.filter
def with_unit(value: Decimal | int | None, unit: str) -> str:
    """18 projects, 1.234,50 kr., no figure. A number and its unit stay on one line."""
    if value is None:
        return _("no figure")
    return kroner(Decimal(value)) if unit == "kr." else f"{number(Decimal(value))}\u00a0{unit}".rstrip("\u00a0")
