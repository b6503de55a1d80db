from django.db.models import Count

from kulturmetropol.views import CreatePage, DetailPage, ListPage, UpdatePage

from . import filters, forms
from .models import Initiative, InitiativeArea, ResultTarget


class InitiativeAreaList(ListPage):
    model = InitiativeArea
    filterset_class = filters.InitiativeAreaFilter

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
        return super().get_context_data(
            targets=self.object.targets.annotate(initiative_count=Count("initiatives")).order_by("position"),
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

    def get_queryset(self):
        targets = super().get_queryset().select_related("area").annotate(initiative_count=Count("initiatives"))
        return targets.order_by(*self.model._meta.ordering)


class ResultTargetDetail(DetailPage):
    model = ResultTarget

    def get_context_data(self, **kwargs):
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

    def get_queryset(self):
        return super().get_queryset().select_related("area", "manager")


class InitiativeDetail(DetailPage):
    model = Initiative

    def get_queryset(self):
        return super().get_queryset().select_related("area__agreement__culture_region", "manager")


class InitiativeCreate(CreatePage):
    model = Initiative
    form_class = forms.InitiativeForm
    initial_from = {"omraade": "area", "maal": "targets"}


class InitiativeUpdate(UpdatePage):
    model = Initiative
    form_class = forms.InitiativeForm
