import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.filters.regional import RegionalFilter, municipality_filter
from agreements.models import AccountLine, Contribution, OtherParty
from kulturmetropol.filters import Order


class YearFilter(django_filters.Filter):
    field_class = forms.IntegerField

    def __init__(self, **kwargs):
        super().__init__(**{"field_name": "year", "label": _("Year"), "min_value": 2000, "max_value": 2100, **kwargs})


class OtherPartyFilter(RegionalFilter):
    art = django_filters.ChoiceFilter(field_name="kind", choices=OtherParty.Kind, label=_("Kind"))
    sorter = Order(
        navn=("name", _("Name")),
        art=("kind", _("Kind")),
        aftale=("agreement__name", _("Agreement")),
    )
    search_fields = ("name", "note")

    class Meta:
        model = OtherParty
        fields: list[str] = []


class ContributionFilter(RegionalFilter):
    aar = YearFilter()
    fra_aar = YearFilter(lookup_expr="gte", label=_("From the year"))
    til_aar = YearFilter(lookup_expr="lte", label=_("Up to the year"))
    betaler = django_filters.ChoiceFilter(field_name="payer", choices=Contribution.Payer, label=_("Payer"))
    art = django_filters.ChoiceFilter(field_name="kind", choices=Contribution.Kind, label=_("Kind"))
    kommune = municipality_filter()
    sorter = Order(
        aar=("year", _("Year")),
        kommune=("municipality__sort_order", _("Municipality")),
        beloeb=("amount", _("Amount")),
    )
    search_fields = ("municipality__name", "other_party__name", "source")

    class Meta:
        model = Contribution
        fields: list[str] = []


class AccountLineFilter(RegionalFilter):
    aar = YearFilter()
    kilde = django_filters.ChoiceFilter(field_name="funded_by", choices=Contribution.Payer, label=_("Funded by"))
    sorter = Order(
        aar=("year", _("Year")),
        tekst=("text", _("Text")),
        budget=("budget", _("Budget")),
        forbrug=("used", _("Used")),
    )
    search_fields = ("text",)

    class Meta:
        model = AccountLine
        fields: list[str] = []
