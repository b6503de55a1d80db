"""Queries that are asked at every request, with their SQL made once.

Django makes the SQL of a query anew each time it is asked, which takes ten times as long as a small answer of the
database. What is asked stays written as a queryset; its SQL is made for values that stand in for the real ones, and
kept for each number of values.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

type Value = int | date | tuple[Value, ...]


class Compiled:
    """`Compiled(build)(*values)` gives the rows of `build(*values)`, a queryset of `values_list`.

    Values are numbers, dates, and tuples of them. `build` hands each of them on as it is: it neither looks at them nor
    reckons with them, but for how many a tuple holds.
    """

    def __init__(self, build: Callable[..., QuerySet]) -> None:
        self.build = build
        self.made: dict[Any, tuple[str, list[Any], Callable]] = {}

    def __call__(self, *values: Value) -> list[tuple]:
        key = connection.vendor, _shape(values)
        if key not in self.made:
            self.made[key] = self._make(values)
        sql, slots, read = self.made[key]
        if not sql:
            return []
        given = [_adapted(each) for each in _leaves(values)]
        with connection.cursor() as cursor:
            try:
                cursor.execute(sql, [given[slot.place] if isinstance(slot, Slot) else slot for slot in slots])
            except OverflowError:  # SQLite takes no number that is too large for its columns, so no row has it
                return []
            return read(cursor.fetchall())

    def _make(self, values: tuple) -> tuple[str, list[Any], Callable]:
        stand_ins: list[Any] = []
        numbers = count()
        queryset = self.build(*_standing_in(values, stand_ins, numbers))
        compiler = queryset.query.get_compiler(connection=connection)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return "", [], list
        known = {_adapted(each): Slot(place) for place, each in enumerate(stand_ins)}
        slots = [known.get(each, each) if isinstance(each, int | date | str) else each for each in params]
        if {slot.place for slot in slots if isinstance(slot, Slot)} != set(range(len(stand_ins))):
            raise ValueError("The query does not hand on each value as it is.")
        return sql, slots, _reader(compiler.get_converters([each[0] for each in compiler.select]))


def _reader(converters: dict[int, tuple[list[Callable], Any]]) -> Callable[[list], list[tuple]]:
    """What turns the rows as the database gives them into those of Django."""

    def convert(row: tuple) -> tuple:
        values = list(row)
        for place, (steps, expression) in converters.items():
            for step in steps:
                values[place] = step(values[place], expression, connection)
        return tuple(values)

    return (lambda rows: list(map(convert, rows))) if converters else list


class Slot:
    """Where in the SQL one of the values goes."""

    def __init__(self, place: int) -> None:
        self.place = place


def _shape(value: Any) -> Any:
    return tuple(map(_shape, value)) if isinstance(value, tuple) else type(value)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for each in value:
            yield from _leaves(each)
    else:
        yield value


def _standing_in(value: Any, made: list, numbers: Iterator[int]) -> Any:
    """Values of the same shape that occur nowhere else; they are added to `made` in their order."""
    if isinstance(value, tuple):
        return tuple(_standing_in(each, made, numbers) for each in value)
    number = next(numbers)
    made.append(date(1234, 5, 6) + timedelta(days=number) if isinstance(value, date) else -7_000_000 - number)
    return made[-1]


def _adapted(value: Any) -> Any:
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
