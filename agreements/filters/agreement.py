import django_filters
from django.utils.translation import gettext_lazy as _

from agreements.filters.regional import RegionalFilter, municipality_filter, visible
from agreements.models import Agreement, Body, Meeting, Membership, Municipality, Person, Purpose
from kulturmetropol.filters import ListFilter, Order


class AgreementFilter(RegionalFilter):
    status = django_filters.ChoiceFilter(choices=Agreement.Status, label=_("Status"))
    sorter = Order(
        navn=("name", _("Name")),
        start=("starts_on", _("Start")),
        status=("status", _("Status")),
    )
    search_fields = ("name", "mission", "vision", "case_number")

    class Meta:
        model = Agreement
        fields: list[str] = []


class PurposeFilter(RegionalFilter):
    sorter = Order(
        raekkefoelge=("position", _("Position")),
        formaal=("text", _("Purpose")),
        aftale=("agreement__name", _("Agreement")),
    )
    search_fields = ("text",)

    class Meta:
        model = Purpose
        fields: list[str] = []


class MembershipFilter(RegionalFilter):
    sorter = Order(
        kommune=("municipality__sort_order", _("Municipality")),
        indbyggere=("municipality__population", _("Inhabitants")),
        fra=("joined_on", _("Member from")),
        beslutning=("council_decided_on", _("Decision")),
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
    sorter = Order(
        navn=("sort_order", _("Name")),
        indbyggere=("population", _("Inhabitants")),
        kode=("code", _("Code")),
    )
    search_fields = ("name", "code")

    class Meta:
        model = Municipality
        fields: list[str] = []


class BodyFilter(RegionalFilter):
    art = django_filters.ChoiceFilter(field_name="kind", choices=Body.Kind, label=_("Kind"))
    kommune = municipality_filter()
    sorter = Order(
        navn=("name", _("Name")),
        art=("kind", _("Kind")),
        kommune=("municipality__sort_order", _("Municipality")),
    )
    search_fields = ("name", "municipality__name")

    class Meta:
        model = Body
        fields: list[str] = []


class MeetingFilter(RegionalFilter):
    organ = django_filters.ModelChoiceFilter(field_name="body", queryset=visible(Body), label=_("Body"))
    status = django_filters.ChoiceFilter(choices=Meeting.Status, label=_("Status"))
    fra = django_filters.DateFilter(field_name="held_on", lookup_expr="gte", label=_("From"))
    til = django_filters.DateFilter(field_name="held_on", lookup_expr="lte", label=_("To"))
    sorter = Order(
        dato=("held_on", _("Date")),
        organ=("body__name", _("Body")),
    )
    search_fields = ("body__name", "place", "announcement")

    class Meta:
        model = Meeting
        fields: list[str] = []


class PersonFilter(RegionalFilter):
    sorter = Order(
        navn=("name", _("Name")),
        mail=("email", _("E-mail")),
    )
    search_fields = ("name", "email")

    class Meta:
        model = Person
        fields: list[str] = []
