"""The tags and filters that every template may use."""

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.safestring import SafeString

from kulturmetropol import amounts, glossary, richtext
from kulturmetropol.staticfiles import JOINED, STYLESHEETS, PortalStorage

register = template.Library()


@register.filter
def markdown(text: str, heading: int = 3) -> SafeString:
    """Markdown as HTML, with headings of the level given: `{{ text|markdown:2 }}`."""
    return richtext.to_html(text, heading=heading)


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context, name: str, label: str):
    """A column's heading that sorts the list by it, and the other way round when it already does."""
    now = context["filter"].form.cleaned_data.get("sorter") if context["filter"].form.is_valid() else None
    now = (now or [""])[0]
    return {
        "request": context["request"],
        "label": label,
        "ascending": now == name,
        "descending": now == f"-{name}",
        "next": f"-{name}" if now == name else name,
    }


@register.inclusion_tag("components/foot.html", takes_context=True)
def foot_links(context):
    """What stands at the foot of every page; a tag, for the page of a failure has no context."""
    return {
        "has_statement": bool(settings.ACCESSIBILITY_STATEMENT_URL),
        "request": context.get("request"),
        "user": context.get("user"),
    }


@register.inclusion_tag("components/help_link.html")
def help_link(kind: str):
    """A question mark that leads to what the word for this kind of record means; nothing where everybody knows."""
    return {"term": glossary.WORDS.get(glossary.ASKED.get(kind, ""))}


@register.simple_tag
def is_editable(record, user) -> bool:
    """Whether the user may edit the record: `{% is_editable record user as editable %}`."""
    return record.is_editable_by(user)


@register.filter
def is_creatable_by(model, user) -> bool:
    return model.is_creatable_by(user)


register.filter("kr", amounts.kroner)
register.filter(amounts.number)


@register.filter
def svg_percent(share) -> str:
    """A number from 0 to 100 as an SVG attribute writes it, whatever the language: 37.25%."""
    return f"{share:.2f}%"


@register.simple_tag
def stylesheets() -> list[str]:
    """Names of the static files: one where they are collected, each by itself where they are not."""
    return [JOINED] if isinstance(staticfiles_storage, PortalStorage) else STYLESHEETS
