"""The matrix of who takes part in what, and the small form behind each of its cells."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from agreements.models import Municipality
from initiatives.filters.doing import MatrixFilter
from initiatives.forms.doing import ParticipationForm
from initiatives.matrix import SIGNS, matrix, table
from initiatives.models import Initiative, Participation
from initiatives.models.doing import cell_id
from kulturmetropol import history, spreadsheets
from kulturmetropol.views import ListPage, UpdatePage


class ParticipationMatrix(ListPage):
    model = Participation
    filterset_class = MatrixFilter
    paginate_by = None
    export_columns = [("indsats", "title")]  # the columns of the file are those of `matrix.table`

    def get_queryset(self):
        return Initiative.objects.visible_to(self.request.user).select_related("area")

    def get_context_data(self, **kwargs):
        shown = self.matrix(kwargs.pop("object_list", self.object_list))
        agreement = self.filterset.agreement
        return super().get_context_data(
            matrix=shown,
            agreement=agreement,
            year=self.filterset.year,
            editable=bool(agreement) and agreement.is_editable_by(self.request.user),
            roles=[(sign, Participation.Role(role).label) for role, sign in SIGNS.items()],
            **kwargs,
        )

    def matrix(self, initiatives):
        return matrix(initiatives, agreement=self.filterset.agreement, year=self.filterset.year)

    def export(self, format):
        if format not in spreadsheets.FORMATS:
            raise Http404
        self.filterset = self.get_filterset(self.get_filterset_class())
        initiatives = self.filterset.qs if self.filterset.is_valid() else self.filterset.queryset.none()
        self.tell_of_export(_("Who is in"), initiatives, is_personal=False)
        name = spreadsheets.file_name(_("Who is in"))
        return spreadsheets.FORMATS[format](name, *table(self.matrix(initiatives)))


class ParticipationCell(UpdatePage):
    """One cell: as a page of its own, or where a script asks for it only the form, which it shows in a dialog."""

    model = Participation
    form_class = ParticipationForm

    def get_template_names(self):
        if self.request.headers.get("X-Dialog"):
            return ["components/participation_form.html"]
        return super().get_template_names()

    @cached_property
    def initiative(self):
        initiatives = Initiative.objects.visible_to(self.request.user).select_related("area__agreement__culture_region")
        initiative = get_object_or_404(initiatives, pk=self.kwargs["initiative"])
        self.require_editor(initiative)
        return initiative

    @cached_property
    def municipality(self):
        of_agreement = Q(memberships__agreement=self.initiative.area.agreement_id)
        known = Municipality.objects.filter(of_agreement | Q(participations__initiative=self.initiative)).distinct()
        return get_object_or_404(known, code=self.kwargs["code"])

    def get_object(self, queryset=None):
        cell = {"initiative": self.initiative, "municipality": self.municipality}
        held = Participation.objects.filter(**cell).first() or Participation()
        held.initiative, held.municipality = self.initiative, self.municipality
        return held

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            initiative=self.initiative, municipality=self.municipality, back_url=self.get_success_url(), **kwargs
        )

    def get_success_url(self):
        """The cell in the matrix, which is filtered as it was."""
        shown = self.request.GET.urlencode() or f"aftale={self.initiative.area.agreement_id}"
        return f"{reverse('participation_list')}?{shown}#{cell_id(self.initiative.pk, self.municipality.pk)}"

    def form_valid(self, form):
        if form.instance.pk:
            return self.clear(form) if form.is_empty else super().form_valid(form)
        if form.opened_on:
            return self.cleared_meanwhile(form)
        return redirect(self.get_success_url()) if form.is_empty else self.fill(form)

    def form_invalid(self, form):
        """Somebody may have filled the cell after it was read, which the check of the form has met."""
        if not form.instance.pk and self.get_object().pk:
            return self.conflict()
        return super().form_invalid(form)

    def fill(self, form):
        try:
            with transaction.atomic():
                self.object = form.save()
        except IntegrityError:  # somebody filled the cell at the same moment
            return self.conflict()
        return self.saved()

    def clear(self, form):
        with transaction.atomic():
            if not history.claim(form.instance, form.opened_on):
                return self.conflict()
            # as it is saved, not as the form has filled it in: it can be brought back
            Participation.objects.get(pk=form.instance.pk).delete()
        what = {"municipality": self.municipality, "initiative": self.initiative}
        messages.success(self.request, _("%(municipality)s no longer takes part in “%(initiative)s”.") % what)
        return redirect(self.get_success_url())

    def conflict(self):
        if self.get_object().pk:
            return super().conflict()
        self.object = self.get_object()
        form = self.get_form()
        form.full_clean()
        return self.cleared_meanwhile(form)

    def cleared_meanwhile(self, form):
        form.add_error(
            None, _("Somebody else has taken the municipality out while you wrote. Save once more to put it in again.")
        )
        form.data = form.data.copy()
        form.data["version"] = "0"
        return self.render_to_response(self.get_context_data(form=form), status=409)
