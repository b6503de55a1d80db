"""What comes in from spreadsheets: people, and the inhabitants of municipalities."""

import re
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.models import CultureRegion, Municipality, Person
from kulturmetropol.importing import (
    BATCH,
    Cells,
    Column,
    Import,
    Row,
    UnreadableFileError,
    clean,
    create_with_history,
)
from kulturmetropol.spreadsheets import Columns

# the same names out and in, so that what was exported can be imported again
PERSON_COLUMNS: Columns = [("kulturregion", "culture_region.name"), ("navn", "name"), ("e-mail", "email")]
MUNICIPALITY_COLUMNS: Columns = [
    ("kommunekode", "code"),
    ("kommune", "name"),
    ("region", "region"),
    ("indbyggere", "population"),
    ("indbyggere_dato", "population_date"),
    ("breddegrad", "latitude"),
    ("længdegrad", "longitude"),
]


class MunicipalityReader:
    """Finds municipalities by code, with or without its first zero, or by name, with or without «Kommune»."""

    def __init__(self) -> None:
        self.known: dict[str, Municipality] = {}
        for each in Municipality.objects.all():
            self.known |= {each.name.casefold(): each, each.code: each, each.code.lstrip("0"): each}

    def find(self, row: Row, column: str, value: str) -> Municipality | None:
        name = re.sub(r"\s+kommune$", "", value, flags=re.IGNORECASE)
        return row.one_of(column, name, self.known, what=gettext("The municipality"))

    def many(self, row: Row) -> list[Municipality]:
        """Those of a row that names them in one cell, by codes or by names."""
        column = "kommunekoder" if row.text("kommunekoder") else "kommuner"
        found = [self.find(row, column, name) for name in row.many(column)]
        if not found:
            row.fault(column, gettext("Name at least one municipality."))
        return list(dict.fromkeys(each for each in found if each))

    def one(self, row: Row) -> Municipality | None:
        """The municipality of a row that names one by code or by name; none where both are empty."""
        for column in ("kommunekode", "kommune"):
            if value := row.text(column):
                return self.find(row, column, value)
        return None


class RegionalImport(Import):
    """Rows of the culture regions that the user may edit."""

    @classmethod
    def is_allowed(cls, user) -> bool:
        return access.may_edit(user)

    @classmethod
    def lock(cls, user) -> None:
        list(CultureRegion.objects.editable_by(user).select_for_update().order_by("pk"))


class PersonImport(RegionalImport):
    slug = "personer"
    title = _("People")
    list_name = "person_list"
    columns = (
        Column("navn", _("The person's name."), required=True),
        Column("e-mail", _("May be empty.")),
        Column("kulturregion", _("Only needed by those who work for several culture regions.")),
    )

    def __init__(self, user) -> None:
        super().__init__(user)
        self.regions = {region.name.casefold(): region for region in CultureRegion.objects.editable_by(user)}
        self.saved = set(Person.objects.editable_by(user).values_list("culture_region_id", "name", "email"))

    def read(self, row: Row) -> Person:
        region = row.text("kulturregion")
        if not region and len(self.regions) > 1:
            row.fault("kulturregion", gettext("Write which culture region."))
        elif region:
            found = row.one_of("kulturregion", region, self.regions, what=gettext("The culture region"))
        else:
            (found,) = self.regions.values()
        person = Person(name=row.text("navn", required=True), email=row.text("e-mail"))
        if not row.faults:
            person.culture_region = found
            clean(person, row, {"name": "navn", "email": "e-mail"})
        return person

    def key(self, person: Person) -> list:
        return [person.culture_region_id, person.name, person.email]

    def is_there(self, person: Person, row: Row) -> bool:
        return (person.culture_region_id, person.name, person.email) in self.saved

    def save(self, people: list[Person]) -> None:
        create_with_history(people, {}, self.user)


QUARTER = re.compile(r"(\d{4})[KQ]([1-4])")


def first_day(quarter: str) -> date:
    """The day that FOLK1A counts on: 2020K3 is 1 July 2020."""
    year, number = QUARTER.fullmatch(quarter).groups()  # type: ignore[union-attr]
    return date(int(year), 3 * int(number) - 2, 1)


class MunicipalityImport(Import):
    """Inhabitants: the portal's own export, or table FOLK1A of Statistics Denmark as its bank of figures gives it."""

    slug = "kommuner"
    title = _("Inhabitants of municipalities")
    explanation = _(
        "Statistics Denmark's table FOLK1A, downloaded as CSV with semicolons, can be taken as it is; its newest "
        "quarter is read, and areas that are no municipalities are passed over."
    )
    list_name = "municipality_list"
    columns = (
        Column("kommunekode", _("The municipality's code, such as 0175; or its name in the column “kommune”.")),
        Column("kommune", _("The municipality's name, where there is no code.")),
        Column("indbyggere", _("A whole number."), required=True),
        Column("indbyggere_dato", _("The day they were counted, such as 01-07-2020."), required=True),
    )
    passed_over = frozenset({"region", "breddegrad", "længdegrad"})

    def __init__(self, user) -> None:
        super().__init__(user)
        self.municipalities = MunicipalityReader()

    @classmethod
    def is_allowed(cls, user) -> bool:
        return bool(access.roles(user).administered)

    def table(self, rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, Cells]]:
        before: list[tuple[int, list[str]]] = []
        for number, cells in rows:
            upper = [cell.upper() for cell in cells]
            if {"OMRÅDE", "TID", "INDHOLD"} <= set(upper):
                return _folk1a_list(upper, list(rows))
            if any(QUARTER.fullmatch(cell) for cell in upper):
                return _folk1a_grid(upper, rows)
            before.append((number, cells))
            if len(before) == 4 or "INDBYGGERE" in upper:
                break

        def again() -> Iterator[tuple[int, list[str]]]:
            yield from before
            yield from rows

        return super().table(again())

    def read(self, row: Row) -> Municipality:
        municipality = self.municipalities.one(row)
        if municipality is None and not row.faults:
            row.fault("kommune", gettext("The cell is empty."))
        population = row.count("indbyggere", required=True)
        day = row.day("indbyggere_dato", required=True)
        if population == 0:
            row.fault("indbyggere", gettext("A municipality has inhabitants."))
        if row.faults:
            return municipality
        if day < municipality.population_date:
            message = gettext("The portal has a newer figure, of %s.") % f"{municipality.population_date:%d-%m-%Y}"
            row.fault("indbyggere_dato", message)
        municipality.read = (population, day)
        return municipality

    def key(self, municipality: Municipality) -> list:
        return [municipality.code]

    def is_there(self, municipality: Municipality, row: Row) -> bool:
        return municipality.read == (municipality.population, municipality.population_date)

    @classmethod
    def lock(cls, user) -> None:
        list(Municipality.objects.select_for_update())

    def save(self, municipalities: list[Municipality]) -> None:
        for municipality in municipalities:
            municipality.population, municipality.population_date = municipality.read
        Municipality.objects.bulk_update(municipalities, ["population", "population_date"], batch_size=BATCH)


def _is_no_municipality(area: str) -> bool:
    """Areas of FOLK1A above the municipalities, and Christiansø, which belongs to none."""
    return area.casefold() in {"hele landet", "christiansø", "000", "411"} or area.casefold().startswith(
        ("region ", "landsdel ", "08")
    )


def _folk1a_list(header: list[str], rows: list[tuple[int, list[str]]]) -> Iterator[tuple[int, Cells]]:
    """OMRÅDE;TID;INDHOLD: one row for each area and quarter."""
    area, quarter, figure = (header.index(name) for name in ("OMRÅDE", "TID", "INDHOLD"))
    whole = [(number, cells) for number, cells in rows if len(cells) > max(area, quarter, figure)]
    quarters = {cells[quarter].upper() for _number, cells in whole}
    if not quarters or not all(QUARTER.fullmatch(each) for each in quarters):
        raise UnreadableFileError(gettext("The column TID must hold quarters, such as 2020K3."))
    newest = max(quarters)
    for number, cells in whole:
        if cells[quarter].upper() == newest and not _is_no_municipality(cells[area]):
            yield number, _cells(cells[area], cells[figure], newest)


def _folk1a_grid(header: list[str], rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, Cells]]:
    """One row for each area, its name first, and one column for each quarter."""
    quarters = [cell for cell in header if QUARTER.fullmatch(cell)]
    first, place = header.index(quarters[0]), header.index(max(quarters))
    newest = header[place]
    for number, cells in rows:
        names = [cell for cell in cells[:first] if cell]
        if names and len(cells) > place and not _is_no_municipality(names[-1]):
            yield number, _cells(names[-1], cells[place], newest)


def _cells(area: str, figure: str, quarter: str) -> Cells:
    return {"kommune": area, "indbyggere": figure, "indbyggere_dato": f"{first_day(quarter):%d-%m-%Y}"}
