"""Whether the database itself holds a rule, past all forms."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction


def constraints(app: str) -> dict[str, tuple[type[models.Model], models.BaseConstraint]]:
    models_of_app = apps.get_app_config(app).get_models()
    return {each.name: (model, each) for model in models_of_app for each in model._meta.constraints}


def again(model: type[models.Model], **fields) -> None:
    """Saves a row of the model once more, as another row."""
    row = model.objects.filter(**fields)[0]
    row.pk, row._state.adding = None, True
    row.save()


def change(model: type[models.Model], where: dict | None = None, **fields) -> None:
    """Changes one row of the model past all forms."""
    rows = model.objects.filter(**where or {}).order_by("pk")
    assert model.objects.filter(pk=rows[0].pk).update(**fields) == 1


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
