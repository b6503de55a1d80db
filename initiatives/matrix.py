"""Who takes part in what: the municipalities of an agreement by its initiatives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Q
from django.utils.translation import pgettext_lazy

from agreements.models import Agreement, Municipality
from initiatives.models import Initiative, InitiativeArea, Participation
from initiatives.models.doing import cell_id

SIGNS = {
    Participation.Role.LEAD: pgettext_lazy("sign of the role in the matrix", "L"),
    Participation.Role.PARTNER: pgettext_lazy("sign of the role in the matrix", "P"),
    Participation.Role.PARTICIPANT: pgettext_lazy("sign of the role in the matrix", "T"),
}


@dataclass(frozen=True)
class Cell:
    initiative: Initiative
    municipality: Municipality
    participation: Participation | None

    @property
    def id(self) -> str:
        return cell_id(self.initiative.pk, self.municipality.pk)

    @property
    def sign(self) -> str:
        return str(SIGNS[Participation.Role(self.participation.role)]) if self.participation else ""


@dataclass(frozen=True)
class Row:
    municipality: Municipality
    cells: list[Cell]

    @property
    def count(self) -> int:
        return sum(cell.participation is not None for cell in self.cells)


@dataclass(frozen=True)
class Matrix:
    """Columns are initiatives, by area; rows are the members and whoever else takes part."""

    initiatives: list[Initiative]
    rows: list[Row]

    @property
    def areas(self) -> Iterator[tuple[InitiativeArea, int]]:
        """Each area with the number of its columns."""
        for area, initiatives in groupby(self.initiatives, key=lambda each: each.area):
            yield area, len(list(initiatives))

    @property
    def counts(self) -> list[int]:
        """How many take part in each initiative."""
        columns = zip(*[row.cells for row in self.rows], strict=True)
        return [sum(cell.participation is not None for cell in column) for column in columns]

    @property
    def total(self) -> int:
        return sum(row.count for row in self.rows)


def matrix(initiatives: Sequence[Initiative], *, agreement: Agreement | None, year: int | None = None) -> Matrix:
    """The matrix of the initiatives given, with their areas. With a year: who is a member and takes part in it.

    Two queries, however many municipalities and initiatives there are.
    """
    columns = sorted(initiatives, key=lambda each: (each.area.agreement_id, each.area.position, each.title, each.pk))
    participations = Participation.objects.filter(initiative__in=columns)
    members = Q(memberships__agreement=agreement)
    if year:
        first, last = date(year, 1, 1), date(year, 12, 31)
        participations = participations.during(first, last)
        members &= Q(memberships__joined_on__lte=last)
        members &= Q(memberships__left_on__isnull=True) | Q(memberships__left_on__gt=first)
    found = {(each.initiative_id, each.municipality_id): each for each in participations}
    rows = Municipality.objects.filter(members | Q(pk__in={municipality for _initiative, municipality in found}))
    return Matrix(
        columns,
        [
            Row(place, [Cell(each, place, found.get((each.pk, place.pk))) for each in columns])
            for place in rows.distinct().order_by("sort_order")
        ],
    )


def table(shown: Matrix) -> tuple[list[str], Iterator[list[object]]]:
    """The matrix as a list for a spreadsheet, one line for each participation: a header, and its rows."""
    header = ["kommunekode", "kommune", "indsatsområde", "indsats", "rolle", "fra", "til"]
    return header, (
        [
            row.municipality.code,
            row.municipality.name,
            cell.initiative.area.name,
            cell.initiative.title,
            cell.participation.get_role_display(),
            cell.participation.starts_on,
            cell.participation.ends_on,
        ]
        for row in shown.rows
        for cell in row.cells
        if cell.participation
    )
