"""Measures on pages: where they are carried out, and on which agenda their list stands."""

from django import template
from django.db.models import QuerySet

from outreach.measures import where_it_runs

register = template.Library()

register.filter(where_it_runs)


@register.simple_tag
def with_measure_lists(agenda_items: QuerySet) -> QuerySet:
    """The items of an agenda, each with the lists of measures that it takes up, in one query more."""
    return agenda_items.prefetch_related("measure_lists")
