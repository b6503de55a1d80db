import django_filters
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Person
from kulturmetropol.filters import ListFilter, Order, visible

from .models import Initiative, InitiativeArea, ResultTarget


class InitiativeAreaFilter(ListFilter):
    aftale = django_filters.ModelChoiceFilter(field_name="agreement", queryset=visible(Agreement), label=_("Agreement"))
    sorter = Order(
        plads=("position", _("Position")),
        navn=("name", _("Name")),
    )
    search_fields = ("name", "purpose")

    class Meta:
        model = InitiativeArea
        fields: list[str] = []


class ResultTargetFilter(ListFilter):
    omraade = django_filters.ModelChoiceFilter(field_name="area", queryset=visible(InitiativeArea), label=_("Area"))
    sorter = Order(
        maal=("text", _("Result target")),
        omraade=("area__position", _("Area")),
        indsatser=("initiative_count", _("Initiatives")),
    )
    search_fields = ("text", "area__name")

    class Meta:
        model = ResultTarget
        fields: list[str] = []


class InitiativeFilter(ListFilter):
    omraade = django_filters.ModelChoiceFilter(field_name="area", queryset=visible(InitiativeArea), label=_("Area"))
    status = django_filters.ChoiceFilter(choices=Initiative.Status, label=_("Status"))
    tovholder = django_filters.ModelChoiceFilter(field_name="manager", queryset=visible(Person), label=_("Manager"))
    sorter = Order(
        titel=("title", _("Title")),
        omraade=("area__position", _("Area")),
        status=("status", _("Status")),
        start=("starts_on", _("Start")),
    )
    search_fields = ("title", "summary", "description", "manager__name")

    class Meta:
        model = Initiative
        fields: list[str] = []
