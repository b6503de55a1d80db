from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements import elections
from agreements.models import AgendaItem, Document, Meeting, Post
from kulturmetropol.forms import RecordForm, plain_date
from kulturmetropol.keeping import KeepsFile
from kulturmetropol.uploads import DocumentField


class AgendaItemForm(RecordForm):
    owner = "meeting"
    groups = [
        (_("Agenda item"), ["meeting", "title", "presentation", "recommendation"]),
        (_("What was decided"), ["decision"]),
    ]

    class Meta:
        model = AgendaItem
        fields = ["meeting", "title", "presentation", "recommendation", "decision"]


class DocumentUpdateForm(RecordForm):
    """All but the file: another file is another document, so that what once was downloaded can be found again."""

    owner = "culture_region"
    groups = [
        (_("Document"), ["culture_region", "title"]),
        (_("Where it belongs"), ["meeting", "annex", "agreement"]),
        (_("Who may read it"), ["shared_with_guests"]),
    ]

    class Meta:
        model = Document
        fields = ["culture_region", "title", "meeting", "annex", "agreement", "shared_with_guests"]


class DocumentForm(KeepsFile, DocumentUpdateForm):
    file_field = "file"

    file = DocumentField(label=_("File"))

    groups = [(_("Document"), ["culture_region", "file", "title"]), *DocumentUpdateForm.groups[1:]]

    class Meta(DocumentUpdateForm.Meta):
        fields = [*DocumentUpdateForm.Meta.fields, "file"]


class PostForm(RecordForm):
    owner = "person"
    groups = [(_("Post"), ["person", "kind", ("body", "municipality"), ("starts_on", "ends_on")])]

    class Meta:
        model = Post
        fields = ["person", "kind", "body", "municipality", "starts_on", "ends_on"]
        help_texts = {
            "body": _("For chairs and members."),
            "municipality": _("For culture heads and others who work for a whole municipality."),
            "ends_on": _("Empty for chairs and members: to the end of the term."),
        }

    def clean(self):
        """A politician's post ends with the term, whatever nobody thought of writing."""
        cleaned = super().clean()
        is_politician = cleaned.get("kind") in Post.OF_POLITICIANS
        if is_politician and not cleaned.get("body") and "body" not in self.errors:
            self.add_error("body", gettext("Choose the body that the person is chair or member of."))
        if is_politician and cleaned.get("starts_on") and not cleaned.get("ends_on") and "ends_on" not in self.errors:
            cleaned["ends_on"] = elections.term_of(cleaned["starts_on"]).ends_on
        return cleaned


class PlanRowForm(forms.Form):
    """One meeting of next year, proposed after one of this year."""

    include = forms.BooleanField(required=False, initial=True, label=_("Make it"))
    held_on = forms.DateField(label=_("Date"))

    def __init__(self, *args, model: Meeting, taken: bool, year: int, **kwargs):
        super().__init__(*args, prefix=str(model.pk), **kwargs)
        self.model, self.taken, self.year = model, taken, year
        plain_date(self.fields["held_on"])
        self.fields["held_on"].help_text = ""
        if taken:
            self.fields["include"].initial = False
        for field in self.fields.values():
            css = "form-check-input" if isinstance(field, forms.BooleanField) else "form-control date-input"
            field.widget.attrs["class"] = css
        if self.is_bound and self["held_on"].errors:
            self.fields["held_on"].widget.attrs["class"] += " is-invalid"

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("include"):
            self.errors.pop("held_on", None)
            return cleaned
        day = cleaned.get("held_on")
        if day and day.year != self.year:
            self.add_error("held_on", gettext("The plan is for %d.") % self.year)
        return cleaned
