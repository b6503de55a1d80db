"""The base of the lists whose records belong to a culture region: each is about one agreement or says so."""

from collections.abc import Callable
from typing import Any

import django_filters
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements import access
from agreements.choosing import Choice, choices
from agreements.models import Agreement, CultureRegion, Municipality
from kulturmetropol import filters


def named(request: HttpRequest) -> Choice | None:
    """The agreement or the region that the address names."""
    options = choices(request.user)
    agreement, region = request.GET.get("aftale"), request.GET.get("kulturregion")
    for each in options.all:
        if each.agreement and str(each.agreement.pk) == agreement:
            return each
    return next((Choice(each.region) for each in options.all if region and each.region.slug == region), None)


def visible(model: type[models.Model]) -> Callable[[HttpRequest], models.QuerySet]:
    """What a `ModelChoiceFilter` offers: what the user may see of the agreement that the address names."""

    def offered(request: HttpRequest) -> models.QuerySet:
        return model.objects.visible_to(request.user).about(named(request))  # type: ignore[attr-defined]

    return offered


def municipality_filter(field_name: str = "municipality") -> django_filters.ModelChoiceFilter:
    return django_filters.ModelChoiceFilter(
        field_name=field_name,
        to_field_name="code",
        queryset=Municipality.objects.all(),
        label=gettext_lazy("Municipality"),
    )


class AdminFilter(filters.ListFilter):
    """The lists that admins read offer a choice of culture region to who administers several."""

    kulturregion = django_filters.ModelChoiceFilter(
        method="in_region",
        to_field_name="slug",
        queryset=lambda request: CultureRegion.objects.administered_by(request.user),
        label=gettext_lazy("Culture region"),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        if len(access.roles(request.user).administered) < 2:
            del self.filters["kulturregion"]


class RegionalFilter(filters.ListFilter):
    """Filters by agreement and by culture region come with it.

    Where the user can choose among several, the list starts with the chosen one in its address. An empty choice in the
    address shows all of them, and what belongs to an agreement, such as an area, names it as well.
    """

    NARROWER = ("omraade", "maal", "indsats", "indikator", "organ")

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        own = super().get_filters()
        model: Any = cls._meta.model
        if model is None:
            return own
        common: dict[str, django_filters.Filter] = {
            "kulturregion": django_filters.ModelChoiceFilter(
                field_name=model.REGION,
                to_field_name="slug",
                queryset=filters.visible(CultureRegion),
                label=gettext_lazy("Culture region"),
            )
        }
        if path := model.agreement_path():
            common["aftale"] = django_filters.ModelChoiceFilter(
                field_name=path, queryset=filters.visible(Agreement), label=gettext_lazy("Agreement")
            )
        return common | own

    def __init__(self, data: Any = None, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(data, *args, request=request, **kwargs)
        self.choices = choices(request.user)
        if not self.choices.of_several_regions:
            del self.filters["kulturregion"]

    @classmethod
    def start(cls, request: HttpRequest) -> dict[str, str]:
        """What the chosen agreement puts into the address of this list."""
        options = choices(request.user)
        if not options.has_several or options.chosen is None:
            return {}
        if cls._meta.model.agreement_path() and options.chosen.agreement:
            return {"aftale": str(options.chosen.agreement.pk)}
        return {"kulturregion": options.chosen.region.slug} if options.of_several_regions else {}

    @classmethod
    def missing(cls, request: HttpRequest) -> dict[str, str]:
        is_told = {"aftale", "kulturregion"} & request.GET.keys() or any(request.GET.get(each) for each in cls.NARROWER)
        return {} if is_told else cls.start(request)

    @property
    def scope(self) -> str:
        """Which agreement or region the list is about, where it could be another one; empty where it could not."""
        if not self.choices.has_several or not self.form.is_valid():
            return ""
        chosen = self.form.cleaned_data
        agreement, region = chosen.get("aftale"), chosen.get("kulturregion")
        if agreement:
            return f"{agreement} · {agreement.culture_region}" if self.choices.of_several_regions else str(agreement)
        if region or any(chosen.get(each) for each in self.NARROWER):
            return str(region or "")
        if self.choices.of_several_regions:
            regions = ", ".join(str(region) for region, _choices in self.choices.by_region)
            return _("Several culture regions: %s") % regions
        return _("All agreements") if self._meta.model.agreement_path() else ""

    @property
    def is_about_one(self) -> bool:
        """Whether the list could be made to show all of what the user may see."""
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        return self.choices.has_several and bool(chosen.get("aftale") or chosen.get("kulturregion"))
