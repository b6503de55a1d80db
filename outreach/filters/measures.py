import django_filters
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from agreements.filters.regional import RegionalFilter, visible
from agreements.models import Agreement, Person
from outreach.models import Measure, MeasureList, OpenQuestion


class MeasureFilter(RegionalFilter):
    """About the measures of one agreement: unless the address names one, of the newest that has a list."""

    retning = django_filters.ChoiceFilter(
        field_name="direction", choices=Measure.Direction.choices, label=_("Direction")
    )
    status = django_filters.ChoiceFilter(choices=Measure.Status.choices, label=_("Status"))
    ansvarlig = django_filters.ModelChoiceFilter(
        field_name="responsible", queryset=visible(Person), label=_("Responsible")
    )
    spoergsmaal = django_filters.ChoiceFilter(
        choices=[("aabne", _("With open questions")), ("ingen", _("Without open questions"))],
        method="by_questions",
        label=_("Questions"),
    )
    search_fields = ("title", "introduction", "points", "status_reason", "questions__text", "questions__answer")

    class Meta:
        model = Measure
        fields: list[str] = []

    def __init__(self, data=None, *args, request, **kwargs):
        named = data and data.get("aftale")
        if not named and (newest := MeasureList.objects.visible_to(request.user).first()):
            data = {**(data.dict() if data else {}), "aftale": str(newest.agreement_id)}
        super().__init__(data, *args, request=request, **kwargs)

    def search(self, queryset, name, value):
        return super().search(queryset, name, value).distinct()

    def by_questions(self, queryset, name, value):
        is_open = Exists(OpenQuestion.objects.filter(measure=OuterRef("pk"), answer=""))
        return queryset.filter(is_open if value == "aabne" else ~is_open)

    @property
    def agreement(self) -> Agreement | None:
        """The agreement that it is about; None where there is no list, or where the filter makes no sense."""
        return self.form.cleaned_data["aftale"] if self.is_bound and self.is_valid() else None
