"""Whether the database itself holds a rule, past all forms."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, models, transaction


def constraints(*of_models: type[models.Model]) -> dict[str, tuple[type[models.Model], models.BaseConstraint]]:
    return {each.name: (model, each) for model in of_models for each in model._meta.constraints}


def assert_broken(model: type[models.Model], constraint: models.BaseConstraint, write: Callable) -> None:
    """That `write` is refused because of this constraint and no other."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        write()
    assert named_by(model, constraint) in str(error.value)


def named_by(model: type[models.Model], constraint: models.BaseConstraint) -> str:
    """SQLite tells of a unique constraint by its columns."""
    if connection.vendor == "sqlite" and isinstance(constraint, models.UniqueConstraint) and constraint.fields:
        columns = [model._meta.get_field(name).column for name in constraint.fields]
        return ", ".join(f"{model._meta.db_table}.{column}" for column in columns)
    return constraint.name
