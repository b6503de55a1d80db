"""The base of every list's filters: a search over some columns, a choice of order, and the filter in the address."""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class Order(django_filters.OrderingFilter):
    """A choice of order: for each name in the address, the query path to sort by and its label."""

    def __init__(self, **columns: tuple[str, Any]) -> None:
        super().__init__(
            label=_("Order by"),
            empty_label=_("Usual order"),
            fields=[(path, name) for name, (path, _label) in columns.items()],
            field_labels=dict(columns.values()),
        )


class ListFilter(django_filters.FilterSet):
    """Filters are named in Danish, for their names stand in addresses. `search_fields` are query paths to text."""

    q = django_filters.CharFilter(method="search", label=_("Search"))

    search_fields: tuple[str, ...] = ()

    def search(self, queryset: models.QuerySet, name: str, value: str) -> models.QuerySet:
        """Rows that hold every word of the search somewhere."""
        for word in value.split():
            queryset = queryset.filter(reduce(or_, self._holding(word)))
        return queryset

    def _holding(self, word: str) -> list[Q]:
        # SQLite folds the case of a-z alone, so æ, ø and å are asked for both ways
        spellings = {word, word.lower(), word.upper(), word.capitalize()}
        return [Q(**{f"{field}__icontains": spelling}) for field in self.search_fields for spelling in spellings]


def visible(model: type[models.Model]) -> Callable[[HttpRequest], models.QuerySet]:
    """What a `ModelChoiceFilter` offers: the records that the user may see."""
    return lambda request: model.objects.visible_to(request.user)  # type: ignore[attr-defined]
