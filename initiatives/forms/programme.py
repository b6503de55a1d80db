from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.models import Document
from initiatives.models import Initiative, InitiativeArea, ResultTarget
from kulturmetropol.forms import RecordForm


class InitiativeAreaForm(RecordForm):
    owner = "agreement"
    groups = [(_("Initiative area"), ["agreement", ("position", "name"), "purpose"])]

    class Meta:
        model = InitiativeArea
        fields = ["agreement", "position", "name", "purpose"]


class ResultTargetForm(RecordForm):
    owner = "area"
    groups = [(_("Result target"), ["area", "text"])]

    class Meta:
        model = ResultTarget
        fields = ["area", "text"]


class TargetsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, target):
        return f"{target.area}: {target}"


class InitiativeForm(RecordForm):
    targets = TargetsField(
        queryset=ResultTarget.objects.select_related("area"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Result targets"),
        help_text=_("Choose among the targets of the initiative's own area."),
    )

    documents = forms.ModelMultipleChoiceField(
        queryset=Document.objects.order_by("title"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Documents"),
        help_text=_("Documents that are in the portal already. A new one is added on the initiative's page."),
    )

    owner = "area"
    owner_may_change = True
    groups = [
        (_("The initiative"), ["title", "summary", "description"]),
        (_("Its place in the agreement"), ["area", "targets"]),
        (_("How it goes"), [("status", "status_reason"), ("starts_on", "ends_on"), "manager"]),
        (_("Papers"), ["documents"]),
    ]

    class Meta:
        model = Initiative
        fields = [
            "title",
            "summary",
            "description",
            "area",
            "targets",
            "status",
            "status_reason",
            "starts_on",
            "ends_on",
            "manager",
            "documents",
        ]

    def clean(self):
        cleaned = super().clean()
        area = cleaned.get("area")
        if area and any(target.area_id != area.pk for target in cleaned.get("targets", [])):
            self.add_error("targets", _("Some of the targets belong to another area. Choose targets of “%s”.") % area)
        return cleaned
