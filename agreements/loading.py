"""Loading records from data files, once each.

Every row of a data file has a key. `LoadedRecord` remembers what a key became, so a row that has been loaded is never
loaded again: what people have edited, moved or deleted since then stands.
"""

import csv
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from .danish import sort_key
from .models import LoadedRecord, Municipality

POPULATION_DATE = date(2020, 7, 1)  # FOLK1A, third quarter of 2020


class LoadingError(Exception):
    """A row that cannot be loaded; the message names the row and says what is wrong."""


class ParentGoneError(Exception):
    """The record that the row belongs to has been deleted since it was loaded."""


def read(path: Path) -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


class Loader:
    """Makes records from rows; counts in `created` what it made."""

    def __init__(self) -> None:
        self.known = dict(LoadedRecord.objects.values_list("key", "object_id"))
        self.created: Counter[type[models.Model]] = Counter()

    @transaction.atomic
    def load(self, model: type[models.Model], rows: list[dict[str, Any]]) -> None:
        for row in rows:
            if row["key"] not in self.known:
                self._load_row(model, **row)

    def find(self, model: type[models.Model], key: str, *, row: str) -> models.Model:
        if key not in self.known:
            raise LoadingError(_("%(row)s: there is no row with the key “%(key)s”.") % {"row": row, "key": key})
        record = model._base_manager.filter(pk=self.known[key]).first()
        if record is None:
            raise ParentGoneError(key)
        return record

    def _load_row(self, model: type[models.Model], *, key: str, **values: Any) -> None:
        columns = {field.name for field in model._meta.get_fields()}
        for name in values.keys() - columns:
            raise LoadingError(_("%(row)s: there is no column called “%(name)s”.") % {"row": key, "name": name})
        many = {name: values.pop(name) for name in list(values) if model._meta.get_field(name).many_to_many}
        try:
            related = {name: self._related(model, name, value, row=key) for name, value in values.items()}
            record = model(**related)
            record.full_clean()
        except ParentGoneError:
            return
        except ValidationError as error:
            raise LoadingError(f"{key}: {_in_words(error)}") from error
        record.save()
        for name, related_records in many.items():
            getattr(record, name).set(related_records)
        LoadedRecord.objects.create(key=key, model=model._meta.label, object_id=record.pk)
        self.known[key] = record.pk
        self.created[model] += 1

    def _related(self, model: type[models.Model], name: str, value: Any, *, row: str) -> Any:
        related_model = model._meta.get_field(name).related_model
        if related_model is None:
            return value.strip() if isinstance(value, str) else value
        return (
            municipality(value, row=row) if related_model is Municipality else self.find(related_model, value, row=row)
        )


def _in_words(error: ValidationError) -> str:
    """The messages, each with the name of its column when it is about one."""
    return " ".join(
        message if column == NON_FIELD_ERRORS else f"{column}: {message}"
        for column, messages in error.message_dict.items()
        for message in messages
    )


def municipality(code: str, *, row: str) -> Municipality:
    try:
        return Municipality.objects.get(code=code)
    except Municipality.DoesNotExist:
        raise LoadingError(
            _("%(row)s: there is no municipality with the code %(code)s.") % {"row": row, "code": code}
        ) from None


def load_municipalities(folder: Path) -> None:
    """The register of the 98 municipalities. It is nobody's to edit, so each loading brings it up to date.

    Only inhabitants are imported by admins as well: figures that are newer than the file's stand.
    """
    newer = {
        code: figures
        for code, *figures in Municipality.objects.filter(population_date__gt=POPULATION_DATE).values_list(
            "code", "population", "population_date"
        )
    }
    register = _csv_rows(folder / "municipalities.csv")
    tiles = {row["code"]: row for row in _csv_rows(folder / "tile-map.csv")}
    register.sort(key=lambda row: sort_key(row["name"]))
    fields = [field.name for field in Municipality._meta.concrete_fields if field.name not in {"id", "code"}]
    Municipality.objects.bulk_create(
        [
            Municipality(
                code=row["code"],
                name=row["name"],
                region=row["region"],
                population=population,
                population_date=population_date,
                latitude=row["latitude"],
                longitude=row["longitude"],
                tile_label=tiles[row["code"]]["label"],
                tile_column=tiles[row["code"]]["column"],
                tile_row=tiles[row["code"]]["row"],
                sort_order=place,
            )
            for place, row in enumerate(register, start=1)
            for population, population_date in [newer.get(row["code"], (row["population_2020q3"], POPULATION_DATE))]
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=fields,
    )


def _csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
