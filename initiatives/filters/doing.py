import django_filters
from django.db.models import Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.choosing import choices
from agreements.filters.regional import RegionalFilter, municipality_filter, named, visible
from agreements.models import Agreement
from initiatives.models import Activity, Initiative, InitiativeArea, Milestone, Story, TargetGroup
from kulturmetropol.filters import Order


class YearFilter(django_filters.ChoiceFilter):
    """Offers the years of the agreement that the address names, or of all that the user may see."""

    @property
    def field(self):
        if not hasattr(self, "_field"):
            request = self.parent.request
            choice = named(request)
            agreements = Agreement.objects.visible_to(request.user).about(choice)
            if choice and choice.agreement:
                agreements = agreements.filter(pk=choice.agreement.pk)
            period = agreements.aggregate(first=Min("starts_on"), last=Max("ends_on"))
            years = range(period["first"].year, period["last"].year + 1) if period["first"] else []
            self.extra["choices"] = [(str(year), str(year)) for year in years]
        return super().field


class OneAgreementFilter(RegionalFilter):
    """About one agreement: unless the address names one, or an area of one, the chosen one."""

    omraade = django_filters.ModelChoiceFilter(field_name="area", queryset=visible(InitiativeArea), label=_("Area"))

    def __init__(self, data=None, *args, request, **kwargs):
        if not data or not (data.get("aftale") or data.get("omraade")):
            data = {**(data.dict() if data else {}), **self.usual(request)}
        super().__init__(data, *args, request=request, **kwargs)

    @staticmethod
    def usual(request) -> dict[str, str]:
        """The chosen agreement, or the first one of the region that the address names."""
        choice, options = named(request), choices(request.user)
        of_region = [each for each in options.all if choice and each.region == choice.region]
        usual = of_region[0] if of_region else options.chosen
        if usual is None:
            return {}
        return {"aftale": str(usual.agreement.pk)} if usual.agreement else {"kulturregion": usual.region.slug}

    @property
    def agreement(self) -> Agreement | None:
        """The agreement it is about; None where nothing tells, or where the filter makes no sense."""
        if not self.is_bound or not self.is_valid():
            return None
        chosen = self.form.cleaned_data
        return chosen["aftale"] or (chosen["omraade"].agreement if chosen["omraade"] else None)


class ActivityFilter(RegionalFilter):
    indsats = django_filters.ModelChoiceFilter(
        field_name="initiative", queryset=visible(Initiative), label=_("Initiative")
    )
    omraade = django_filters.ModelChoiceFilter(
        field_name="initiative__area", queryset=visible(InitiativeArea), label=_("Area")
    )
    kommune = municipality_filter("municipalities")
    maalgruppe = django_filters.ModelChoiceFilter(
        field_name="target_groups", queryset=visible(TargetGroup), label=_("Target group")
    )
    aar = YearFilter(field_name="held_on", lookup_expr="year", label=_("Year"))
    fra = django_filters.DateFilter(field_name="held_on", lookup_expr="gte", label=_("From"))
    til = django_filters.DateFilter(field_name="held_on", lookup_expr="lte", label=_("To"))
    sorter = Order(
        dato=("held_on", _("Date")),
        titel=("title", _("Title")),
        indsats=("initiative__title", _("Initiative")),
        deltagere=("attendance", _("Attendance")),
    )
    search_fields = ("title", "place", "note", "initiative__title")

    class Meta:
        model = Activity
        fields: list[str] = []


class TargetGroupFilter(RegionalFilter):
    sorter = Order(
        navn=("name", _("Name")),
        aktiviteter=("activity_count", _("Activities")),
    )
    search_fields = ("name",)

    class Meta:
        model = TargetGroup
        fields: list[str] = []


class StoryFilter(RegionalFilter):
    indsats = django_filters.ModelChoiceFilter(
        field_name="initiative", queryset=visible(Initiative), label=_("Initiative")
    )
    omraade = django_filters.ModelChoiceFilter(
        field_name="initiative__area", queryset=visible(InitiativeArea), label=_("Area")
    )
    kommune = municipality_filter("municipality")
    vises = django_filters.ChoiceFilter(
        choices=[("offentliggjort", _("Published")), ("kladde", _("Not published"))],
        method="by_publishing",
        label=_("Published"),
    )
    fra = django_filters.DateFilter(field_name="published_on", lookup_expr="gte", label=_("From"))
    til = django_filters.DateFilter(field_name="published_on", lookup_expr="lte", label=_("To"))
    sorter = Order(
        offentliggjort=("published_on", _("Published")),
        titel=("title", _("Title")),
        kommune=("municipality__sort_order", _("Municipality")),
    )
    search_fields = ("title", "text", "initiative__title", "municipality__name")

    class Meta:
        model = Story
        fields: list[str] = []

    def by_publishing(self, queryset, name, value):
        published = Q(published_on__lte=timezone.localdate())
        # not `~published`: a story without a date is neither published nor, to SQL, not published
        return queryset.filter(published) if value == "offentliggjort" else queryset.exclude(published)


class MilestoneFilter(OneAgreementFilter):
    aar = YearFilter(field_name="due_on", lookup_expr="year", label=_("Year"))
    sorter = Order(
        frist=("due_on", _("Due on")),
        titel=("title", _("Title")),
        omraade=("area__position", _("Area")),
    )
    search_fields = ("title", "note", "area__name")

    class Meta:
        model = Milestone
        fields: list[str] = []


class MatrixFilter(OneAgreementFilter):
    """Which initiatives are the columns, and of which year the cells tell."""

    aar = YearFilter(method="in_year", label=_("Year"))
    search_fields = ("title", "summary", "area__name")

    class Meta:
        model = Initiative
        fields: list[str] = []

    def in_year(self, queryset, name, value):
        return queryset.exclude(ends_on__lt=f"{value}-01-01").exclude(starts_on__gt=f"{value}-12-31")

    @property
    def year(self) -> int | None:
        return int(self.form.cleaned_data.get("aar") or 0) or None if self.is_bound and self.is_valid() else None
