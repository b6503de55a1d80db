"""Papers of an initiative: a document that is added here is made and attached in one go."""

from django.db import transaction
from django.shortcuts import get_object_or_404

from agreements.views.governance import DocumentCreate
from initiatives.models import Initiative


class InitiativeDocumentCreate(DocumentCreate):
    initial_from = {}

    def dispatch(self, request, *args, pk, **kwargs):
        self.require_reader()
        self.initiative = get_object_or_404(Initiative.objects.visible_to(request.user), pk=pk)
        self.require_editor(self.initiative)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self):
        return {**super().get_initial(), "culture_region": self.initiative.region.pk}

    def get_form(self, form_class=None):
        """The document belongs to the initiative's own culture region."""
        form = super().get_form(form_class)
        form.fields["culture_region"].disabled = True
        return form

    def form_valid(self, form):
        with transaction.atomic():
            response = super().form_valid(form)
            if form.instance.pk:
                self.initiative.documents.add(form.instance)
        return response

    def get_success_url(self):
        return self.initiative.get_absolute_url()
