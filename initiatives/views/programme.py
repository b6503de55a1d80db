from django.db.models import Count
from django.utils import timezone

from agreements.models.papers import in_order
from initiatives import progress
from initiatives.filters import programme as filters
from initiatives.forms import programme as forms
from initiatives.models import Initiative, InitiativeArea, ResultTarget
from kulturmetropol.views import CreatePage, DetailPage, ListPage, UpdatePage


class InitiativeAreaList(ListPage):
    model = InitiativeArea
    filterset_class = filters.InitiativeAreaFilter
    export_columns = [
        ("aftale", "agreement.name"),
        ("nummer", "position"),
        ("navn", "name"),
        ("formål", "purpose"),
        ("resultatmål", "target_count"),
        ("indsatser", "initiative_count"),
    ]

    def get_queryset(self):
        return (
            super()
            .get_queryset()
            .select_related("agreement")
            .annotate(
                target_count=Count("targets", distinct=True), initiative_count=Count("initiatives", distinct=True)
            )
            .order_by(*self.model._meta.ordering)
        )


class InitiativeAreaDetail(DetailPage):
    model = InitiativeArea

    def get_context_data(self, **kwargs):
        targets = list(self.object.targets.annotate(initiative_count=Count("initiatives")).order_by("position"))
        progress.attach_progress(targets, timezone.localdate())
        return super().get_context_data(
            targets=targets,
            initiatives=self.object.initiatives.select_related("manager"),
            **kwargs,
        )


class InitiativeAreaCreate(CreatePage):
    model = InitiativeArea
    form_class = forms.InitiativeAreaForm
    initial_from = {"aftale": "agreement"}


class InitiativeAreaUpdate(UpdatePage):
    model = InitiativeArea
    form_class = forms.InitiativeAreaForm


class ResultTargetList(ListPage):
    model = ResultTarget
    filterset_class = filters.ResultTargetFilter
    export_columns = [
        ("aftale", "area.agreement.name"),
        ("indsatsområde", "area.name"),
        ("nummer", "position"),
        ("resultatmål", "text"),
        ("indsatser", "initiative_count"),
    ]

    def get_queryset(self):
        targets = super().get_queryset().select_related("area").annotate(initiative_count=Count("initiatives"))
        return targets.order_by(*self.model._meta.ordering)


class ResultTargetDetail(DetailPage):
    model = ResultTarget

    def get_context_data(self, **kwargs):
        progress.attach_progress([self.object], timezone.localdate())
        return super().get_context_data(initiatives=self.object.initiatives.select_related("manager"), **kwargs)


class ResultTargetCreate(CreatePage):
    model = ResultTarget
    form_class = forms.ResultTargetForm
    initial_from = {"omraade": "area"}


class ResultTargetUpdate(UpdatePage):
    model = ResultTarget
    form_class = forms.ResultTargetForm


class InitiativeList(ListPage):
    model = Initiative
    filterset_class = filters.InitiativeFilter
    export_columns = [
        ("aftale", "area.agreement.name"),
        ("indsatsområde", "area.name"),
        ("titel", "title"),
        ("resumé", "summary"),
        ("status", "get_status_display"),
        ("begrundelse", "status_reason"),
        ("starter", "starts_on"),
        ("slutter", "ends_on"),
        ("tovholder", "manager.name"),
        ("resultatmål", "targets.text"),
    ]

    def get_queryset(self):
        return super().get_queryset().select_related("area", "manager")


class InitiativeDetail(DetailPage):
    model = Initiative

    def get_queryset(self):
        return super().get_queryset().select_related("area__agreement__culture_region", "manager")

    def get_context_data(self, **kwargs):
        indicators = self.object.indicators.select_related("target__area__agreement")
        return super().get_context_data(
            progress=progress.progress_of(indicators, timezone.localdate()),
            participations=self.object.participations.select_related("municipality").order_by(
                "municipality__sort_order"
            ),
            activities=self.object.activities.all()[:5],
            stories=self.object.stories.visible_to(self.request.user)[:5],
            documents=in_order(self.object.documents.all()),
            **kwargs,
        )


class InitiativeCreate(CreatePage):
    model = Initiative
    form_class = forms.InitiativeForm
    initial_from = {"omraade": "area", "maal": "targets"}


class InitiativeUpdate(UpdatePage):
    model = Initiative
    form_class = forms.InitiativeForm
