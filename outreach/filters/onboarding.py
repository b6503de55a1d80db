import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.filters.regional import RegionalFilter, municipality_filter
from kulturmetropol.filters import Order
from outreach.models import OnboardingCase


class OnboardingCaseFilter(RegionalFilter):
    kommune = municipality_filter("municipality")
    trin = django_filters.ChoiceFilter(field_name="stage", choices=OnboardingCase.Stage, label=_("Stage"))
    ansvarlig = django_filters.ModelChoiceFilter(
        field_name="owner", queryset=lambda request: access.colleagues(request.user), label=_("Owner")
    )
    invitation = django_filters.ChoiceFilter(
        choices=[("mangler", _("Not sent")), ("over", _("Not sent in time"))],
        method="by_invitation",
        label=_("Invitation"),
    )
    sorter = Order(
        kommune=("municipality__sort_order", _("Municipality")),
        indbyggere=("municipality__population", _("Inhabitants")),
        interesseret=("interested_on", _("Interested since")),
        naeste=("next_step_on", _("Next step")),
        frist=("decision_deadline", _("Decides by")),
    )
    search_fields = ("municipality__name", "next_step", "note", "stage_reason", "council_case_number")

    class Meta:
        model = OnboardingCase
        fields: list[str] = []

    def by_invitation(self, queryset, name, value):
        if value == "over":
            return queryset.invitation_overdue(timezone.localdate())
        return queryset.without_invitation()
