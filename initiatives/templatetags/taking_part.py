"""What pages of other apps show of the initiatives' records; they cannot ask for it themselves."""

from django import template

from initiatives.models import Participation, Story

register = template.Library()


@register.simple_tag
def participations_of(municipality, user):
    """What the municipality takes part in, as far as the user may see it."""
    rows = Participation.objects.visible_to(user).filter(municipality=municipality)
    return rows.select_related("initiative__area").order_by(*Participation._meta.ordering)


@register.simple_tag
def stories_of(municipality, user):
    return Story.objects.visible_to(user).filter(municipality=municipality).select_related("initiative")[:5]
