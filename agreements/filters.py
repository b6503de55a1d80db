import django_filters
from django.utils.translation import gettext_lazy as _

from kulturmetropol.filters import ListFilter, visible

from .models import Agreement, Body, Meeting, Membership, Municipality, Person, Purpose


class AgreementFilter(ListFilter):
    status = django_filters.ChoiceFilter(choices=Agreement.Status, label=_("Status"))
    sorter = django_filters.OrderingFilter(
        label=_("Order by"),
        fields=[("name", "navn"), ("starts_on", "start"), ("status", "status")],
        field_labels={"name": _("Name"), "starts_on": _("Start"), "status": _("Status")},
    )
    search_fields = ("name", "mission", "vision", "case_number")

    class Meta:
        model = Agreement
        fields: list[str] = []


class PurposeFilter(ListFilter):
    aftale = django_filters.ModelChoiceFilter(field_name="agreement", queryset=visible(Agreement), label=_("Agreement"))
    search_fields = ("text",)

    class Meta:
        model = Purpose
        fields: list[str] = []


class MembershipFilter(ListFilter):
    aftale = django_filters.ModelChoiceFilter(field_name="agreement", queryset=visible(Agreement), label=_("Agreement"))
    sorter = django_filters.OrderingFilter(
        label=_("Order by"),
        fields=[
            ("municipality__sort_order", "kommune"),
            ("municipality__population", "indbyggere"),
            ("joined_on", "fra"),
            ("council_decided_on", "beslutning"),
        ],
        field_labels={
            "municipality__sort_order": _("Municipality"),
            "municipality__population": _("Inhabitants"),
            "joined_on": _("Member from"),
            "council_decided_on": _("Decision"),
        },
    )
    search_fields = ("municipality__name", "source", "council_case_number")

    class Meta:
        model = Membership
        fields: list[str] = []


class MunicipalityFilter(ListFilter):
    region = django_filters.ChoiceFilter(
        choices=[(name, name) for name in ("Hovedstaden", "Midtjylland", "Nordjylland", "Sjælland", "Syddanmark")],
        label=_("Region"),
    )
    sorter = django_filters.OrderingFilter(
        label=_("Order by"),
        fields=[("sort_order", "navn"), ("population", "indbyggere"), ("code", "kode")],
        field_labels={"sort_order": _("Name"), "population": _("Inhabitants"), "code": _("Code")},
    )
    search_fields = ("name", "code")

    class Meta:
        model = Municipality
        fields: list[str] = []


class BodyFilter(ListFilter):
    art = django_filters.ChoiceFilter(field_name="kind", choices=Body.Kind, label=_("Kind"))
    kommune = django_filters.ModelChoiceFilter(
        field_name="municipality",
        to_field_name="code",
        queryset=Municipality.objects.all(),
        label=_("Municipality"),
    )
    search_fields = ("name", "municipality__name")

    class Meta:
        model = Body
        fields: list[str] = []


class MeetingFilter(ListFilter):
    organ = django_filters.ModelChoiceFilter(field_name="body", queryset=visible(Body), label=_("Body"))
    status = django_filters.ChoiceFilter(choices=Meeting.Status, label=_("Status"))
    fra = django_filters.DateFilter(field_name="held_on", lookup_expr="gte", label=_("From"))
    til = django_filters.DateFilter(field_name="held_on", lookup_expr="lte", label=_("To"))
    sorter = django_filters.OrderingFilter(
        label=_("Order by"),
        fields=[("held_on", "dato"), ("body__name", "organ")],
        field_labels={"held_on": _("Date"), "body__name": _("Body")},
    )
    search_fields = ("body__name", "place", "announcement")

    class Meta:
        model = Meeting
        fields: list[str] = []


class PersonFilter(ListFilter):
    sorter = django_filters.OrderingFilter(
        label=_("Order by"),
        fields=[("name", "navn"), ("email", "mail")],
        field_labels={"name": _("Name"), "email": _("E-mail")},
    )
    search_fields = ("name", "email")

    class Meta:
        model = Person
        fields: list[str] = []
