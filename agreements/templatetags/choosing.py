from django import template

from agreements.choosing import Choices

register = template.Library()


@register.filter
def elsewhere(record, options: Choices) -> str:
    """The agreement or the region of a record by name, where it is another than the chosen one; else empty."""
    if not options.has_several or options.chosen is None or not hasattr(record, "belongs_to"):
        return ""
    region, agreement = record.belongs_to
    if agreement not in (None, record, options.chosen.agreement):
        return str(agreement)
    return "" if region == options.chosen.region else str(region)
