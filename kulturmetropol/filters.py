"""The base of every list's filters: a search over some columns, a choice of order, and the filter in the address."""

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import OrderBy
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

LONGEST, MOST_WORDS = 200, 8  # of a search: each word is looked for in each field, in each of its spellings
TOO_LONG = ngettext_lazy(
    "The search has %(show_value)d characters; there is room for %(limit_value)d. Shorten it.",
    "The search has %(show_value)d characters; there is room for %(limit_value)d. Shorten it.",
    "limit_value",
)


def falling(label: Any) -> Any:
    """The library would put it into words once, in the language in which the portal starts."""
    return format_lazy(_("{label} (descending)"), label=label)


class Order(django_filters.OrderingFilter):
    """A choice of order: for each name in the address, the query path to sort by and its label."""

    def __init__(self, **columns: tuple[str, Any]) -> None:
        super().__init__(
            label=_("Order by"),
            empty_label=_("Usual order"),
            fields=[(path, name) for name, (path, _label) in columns.items()],
            field_labels=dict(columns.values())
            | {f"-{name}": falling(label) for name, (_path, label) in columns.items()},
        )

    def get_ordering_value(self, param: str) -> OrderBy:
        """Rows that have no value come last, up or down, on every database."""
        column = F(self.param_map[param.removeprefix("-")])
        return column.desc(nulls_last=True) if param.startswith("-") else column.asc(nulls_last=True)


class ListFilter(django_filters.FilterSet):
    """Filters are named in Danish, for their names stand in addresses. `search_fields` are query paths to text."""

    q = django_filters.CharFilter(
        method="search", label=_("Search"), max_length=LONGEST, error_messages={"max_length": TOO_LONG}
    )

    search_fields: tuple[str, ...] = ()

    @classmethod
    def start(cls, request: HttpRequest) -> dict[str, str]:
        """What the address holds before the user has filtered anything."""
        return {}

    @classmethod
    def missing(cls, request: HttpRequest) -> dict[str, str]:
        """What has to be added to the address, so that it says all of what the list shows and can be shared."""
        return {}

    @property
    def is_narrowed(self) -> bool:
        """Whether the user has filtered anything."""
        return self.request.GET.dict() != self.start(self.request)

    def search(self, queryset: models.QuerySet, name: str, value: str) -> models.QuerySet:
        """Rows that hold every word of the search somewhere."""
        for word in list(dict.fromkeys(value.split()))[:MOST_WORDS]:
            queryset = queryset.filter(holding(word, self.search_fields))
        return queryset


def holding(word: str, fields: Iterable[str]) -> Q:
    """Rows where one of the fields holds the word, in capitals or not."""
    # SQLite folds the case of a-z alone, so æ, ø and å are asked for both ways
    spellings = {word, word.lower(), word.upper(), word.capitalize()}
    return reduce(or_, [Q(**{f"{field}__icontains": spelling}) for field in fields for spelling in spellings])


def visible(model: type[models.Model]) -> Callable[[HttpRequest], models.QuerySet]:
    """What a `ModelChoiceFilter` offers: the records that the user may see."""
    return lambda request: model.objects.visible_to(request.user)  # type: ignore[attr-defined]
