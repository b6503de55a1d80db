"""Figures that the portal counts for a memo, each with its day, its source, and what is to be known about it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.models import Agreement
from initiatives import charts
from initiatives.models import Activity, KeyFigure
from initiatives.yearly import AreaYear

from .freshness import Figure, figure, portal_records


def counted(key: str, label: str, value: Decimal | int | None, day: date, *notes: str, unit: str = "") -> Figure:
    """A figure counted on the day; None where nobody has registered any of it."""
    said = figure(key=key, label=label, value=value, as_of=day, source=portal_records(), day=day, unit=unit)
    return said | {"note": "; ".join(filter(None, notes))}


def of_area(found: AreaYear, day: date) -> list[Figure]:
    """What an area has done, and the key figures that are written by hand."""
    key = found.area.pk
    return [
        counted(f"area-{key}-activities", _("Activities held"), found.activities, day, latest(found.last_activity_on)),
        counted(f"area-{key}-attendance", _("Attendance"), found.attendance, day, uncounted(found.uncounted)),
        counted(f"area-{key}-municipalities", _("Municipalities involved"), found.municipalities, day),
        counted(f"area-{key}-running", _("Initiatives that ran"), found.running, day),
        *by_hand(found.key_figures),
    ]


def over_time(agreement: Agreement, first: date, last: date) -> dict[str, Any] | None:
    """What each area held, and how many took part, in each month, quarter or year of the period. Two queries."""
    held = Activity.objects.filter(initiative__area__agreement=agreement, held_on__range=(first, last))
    found = charts.counted(held, (first, last))
    return found and {
        "first": first,
        "last": last,
        "periods": [each.name for each in found.periods],
        "areas": [
            {"name": area.name, "activities": activities, "attendance": attendance}
            for area, activities, attendance in zip(found.areas, found.activities, found.attendance, strict=True)
        ],
    }


def by_hand(key_figures: Iterable[KeyFigure]) -> list[Figure]:
    return [
        {
            "key": f"keyfigure-{each.pk}",
            "label": each.name,
            "value": each.value,
            "unit": each.unit,
            "as_of": None,
            "source": each.source,
            "stale": False,
            "months": None,
            "note": _("of %(year)s") % {"year": each.year},
        }
        for each in key_figures
    ]


def latest(day: date | None) -> str:
    return _("the latest on %(day)s") % {"day": date_format(day, "SHORT_DATE_FORMAT")} if day else ""


def uncounted(count: int) -> str:
    if not count:
        return ""
    return ngettext("%(count)d activity without a count", "%(count)d activities without a count", count) % {
        "count": count
    }
