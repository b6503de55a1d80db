import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.filters.regional import RegionalFilter, visible
from agreements.models import Agreement, Body, Document, Municipality, Post
from kulturmetropol.filters import Order


class PostFilter(RegionalFilter):
    art = django_filters.ChoiceFilter(field_name="kind", choices=Post.Kind, label=_("Kind"))
    organ = django_filters.ModelChoiceFilter(field_name="body", queryset=visible(Body), label=_("Body"))
    kommune = django_filters.ModelChoiceFilter(
        method="of_municipality", to_field_name="code", queryset=Municipality.objects.all(), label=_("Municipality")
    )
    tid = django_filters.ChoiceFilter(
        method="at_time", choices=[("nu", _("Today")), ("tidligere", _("Ended"))], label=_("When")
    )
    sorter = Order(
        person=("person__name", _("Person")),
        art=("kind", _("Kind")),
        fra=("starts_on", _("From")),
        til=("ends_on", _("To")),
    )
    search_fields = ("person__name", "body__name", "municipality__name", "body__municipality__name")

    class Meta:
        model = Post
        fields: list[str] = []

    def of_municipality(self, queryset, name, value):
        return queryset.filter(Q(municipality=value) | Q(body__municipality=value))

    def at_time(self, queryset, name, value):
        today = timezone.localdate()
        return queryset.filter(access.current(today)) if value == "nu" else queryset.filter(ends_on__lt=today)


class DocumentFilter(RegionalFilter):
    aftale = django_filters.ModelChoiceFilter(field_name="agreement", queryset=visible(Agreement), label=_("Agreement"))
    organ = django_filters.ModelChoiceFilter(field_name="meeting__body", queryset=visible(Body), label=_("Body"))
    gaester = django_filters.ChoiceFilter(
        method="for_guests", choices=[("ja", _("Yes")), ("nej", _("No"))], label=_("Shared with guests")
    )
    sorter = Order(
        titel=("title", _("Title")),
        moede=("meeting__held_on", _("Meeting")),
    )
    search_fields = ("title", "annex", "meeting__body__name", "agreement__name")

    class Meta:
        model = Document
        fields: list[str] = []

    def for_guests(self, queryset, name, value):
        return queryset.filter(shared_with_guests=value == "ja")
