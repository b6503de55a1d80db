"""The base of every form for a record, and the one crispy helper that lays forms out."""

from dataclasses import dataclass
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.validators import MaxLengthValidator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.formats import localize
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from kulturmetropol.history import Record, snapshots

type Group = tuple[str, list[str | tuple[str, ...]]]

CHOICE = "choose-{}"
THEIRS = "theirs"


def form_helper(*groups: Group) -> FormHelper:
    """A helper for forms inside a `<form>` of the template. A group is a legend and its fields; a tuple is one row."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    if groups:
        helper.layout = Layout(*[Fieldset(legend, *map(_line, fields)) for legend, fields in groups])
    return helper


def _line(field: str | tuple[str, ...]) -> str | Row:
    return field if isinstance(field, str) else Row(*[Column(name, css_class="col-md") for name in field])


@dataclass(frozen=True)
class Conflict:
    """A field that another editor has saved in the meantime with another value than the one in this form."""

    name: str
    label: str
    mine: str
    theirs: str
    keep_mine: bool

    @property
    def choice_name(self) -> str:
        return CHOICE.format(self.name)


class RecordForm(forms.ModelForm):
    """A form for a `Record` that loses nothing: it knows which version of the record it was opened on.

    `groups` lays the fields out. Choices are narrowed to what the user may see. `owner` names the field that puts the
    record into a culture region: it offers what the user may edit, all else must belong to the same region, and once
    the record is made it stays, unless `owner_may_change`.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    groups: list[Group] = []
    owner: str
    owner_may_change = False

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.initial["version"] = self.instance.version
        self._narrow_choices()
        self._speak_plainly()
        if self.is_bound:
            self.data: QueryDict = self._with_choices_made(plain_line_breaks(self.data))
        self.helper = form_helper(*self.groups)
        self.helper.render_hidden_fields = True
        self.conflicts: list[Conflict] = []

    @property
    def opened_on(self) -> int:
        """The version of the record that the user saw; a form that has lost it meets a conflict."""
        return self.cleaned_data["version"] or 0

    def validate_constraints(self) -> None:
        """Checks the constraints that name fields outside the form, too: the user can still mend their fields in it."""
        try:
            self.instance.validate_constraints(exclude=set(self.errors))
        except forms.ValidationError as error:
            self._update_errors(error)

    def _update_errors(self, errors: forms.ValidationError) -> None:
        """A field that could not be read says that alone: the record misses a value that was typed."""
        if hasattr(errors, "error_dict"):
            for name in (self.errors.keys() & errors.error_dict.keys()) - {NON_FIELD_ERRORS}:
                del errors.error_dict[name]
        super()._update_errors(errors)  # type: ignore[misc]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get(self.owner):
            self._stay_in_region(cleaned)
        return cleaned

    def _stay_in_region(self, cleaned: dict[str, Any]) -> None:
        owner = cleaned[self.owner]
        region = getattr(owner, "region", owner)
        for name, field in self.fields.items():
            model: Any = getattr(getattr(field, "queryset", None), "model", None)
            if name == self.owner or not hasattr(model, "REGION") or not cleaned.get(name):
                continue
            chosen = cleaned[name] if isinstance(cleaned[name], QuerySet) else [cleaned[name]]
            if (
                model._base_manager.filter(pk__in=[each.pk for each in chosen])
                .exclude(**{model.REGION: region})
                .exists()
            ):
                self.add_error(name, _("This belongs to another culture region."))

    def keep_uploads(self) -> None:
        """Called before the form is shown once more: what a browser does not send twice has to be put aside."""

    def meet_conflict(self, theirs: Record) -> None:
        """Show both versions field by field; the next submit is on top of `theirs`.

        A field that this user left as it was when the form was opened proposes the other's version.
        """
        opened = snapshots(theirs.history.filter(version=self.opened_on).order_by("-history_id")[:1])
        self.conflicts = [
            Conflict(
                name=name,
                label=str(self.fields[name].label),
                mine=self._in_words(name, self.cleaned_data.get(name)),
                theirs=self._in_words(name, self._clean_initial(name)),
                keep_mine=not opened or self.fields[name].has_changed(opened[0].get(name), self[name].data),
            )
            for name in self.changed_data
            if name != "version"
        ]
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(theirs.version)

    def _clean_initial(self, name: str) -> Any:
        value = self.fields[name].prepare_value(self.initial.get(name))
        return self.fields[name].clean(value) if value not in (None, "", []) else value

    def _in_words(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if isinstance(field, forms.ModelMultipleChoiceField):
            return ", ".join(map(str, value or [])) or "–"
        if isinstance(field, forms.BooleanField):
            return gettext("Yes") if value else gettext("No")
        if isinstance(field, forms.TypedChoiceField):
            return str(dict(cast(list, field.choices)).get(value, value)) or "–"
        return str(localize(value)) if value not in (None, "") else "–"

    def _with_choices_made(self, data: QueryDict) -> QueryDict:
        """The data, with the other editor's value in each field where the user chose it."""
        for name in [name for name in self.fields if data.get(CHOICE.format(name)) == THEIRS]:
            field, key = self.fields[name], self.add_prefix(name)
            value = field.prepare_value(self.initial.get(name))
            if isinstance(field, forms.BooleanField):
                data.setlist(key, ["on"] if value else [])
            elif isinstance(field, forms.ModelMultipleChoiceField):
                data.setlist(key, [str(each) for each in value or []])
            elif value is None:
                data[key] = ""
            else:
                data[key] = field.widget.format_value(value) if isinstance(field, forms.DateField) else value
        return data

    def _narrow_choices(self) -> None:
        self.named_owner = self._named_owner()
        for name, field in self.fields.items():
            if not isinstance(field, forms.ModelChoiceField):
                continue
            queryset: Any = field.queryset
            if name == self.owner:
                queryset = self.owners(queryset)
                field.disabled = not self._takes_owner()
            elif hasattr(queryset, "visible_to"):
                queryset = queryset.visible_to(self.user)
            if hasattr(queryset, "beside"):
                queryset = queryset.beside(self.named_owner, self.user)
            field.queryset = queryset
            # a new record that knows its kind already has an owner of None
            if name == self.owner and self.initial.get(name) is None:
                self.initial[name] = self._proposed_owner(queryset)

    def _takes_owner(self) -> bool:
        return self.instance._state.adding or self.owner_may_change

    def _named_owner(self) -> Any:
        """The owner that the data, the address or the record itself names, among those that the user may choose."""
        queryset: Any = getattr(self.fields.get(self.owner), "queryset", None)
        if queryset is None:
            return None
        typed = self.data.get(self.add_prefix(self.owner)) if self.is_bound and self._takes_owner() else None
        key = typed or self.initial.get(self.owner)
        key = getattr(key, "pk", key)
        return self.owners(queryset).filter(pk=number(str(key))).first() if key else None

    def owners(self, queryset: Any) -> QuerySet:
        """What the user may put a record into."""
        return queryset.editable_by(self.user)

    def _proposed_owner(self, queryset: Any) -> Any:
        only = self._only(queryset)
        return self._only(queryset.proposed_to(self.user)) if not only and hasattr(queryset, "proposed_to") else only

    @staticmethod
    def _only(queryset: QuerySet) -> Any:
        """The one choice there is, which nobody need make."""
        first_two = queryset[:2]
        return first_two[0] if len(first_two) == 1 else None

    def _speak_plainly(self) -> None:
        for field in self.fields.values():
            # a browser would cut pasted text off without a word; the server says how long it is
            limit = field.widget.attrs.pop("maxlength", None)
            if limit and not isinstance(field, forms.EmailField):
                field.widget.attrs["data-limit"] = limit
            if isinstance(field, forms.DateField):
                plain_date(field)
            if limit:
                for validator in field.validators:
                    if isinstance(validator, MaxLengthValidator):
                        validator.message = TOO_LONG


TOO_LONG = ngettext_lazy(
    "The text has %(show_value)d characters; there is room for %(limit_value)d. Shorten it.",
    "The text has %(show_value)d characters; there is room for %(limit_value)d. Shorten it.",
    "limit_value",
)


def begin_writing(form: forms.BaseForm) -> None:
    """Gives the first empty field the focus when the page opens, unless the form has said which."""
    single = [each for each in form.visible_fields() if not isinstance(each.field.widget, forms.RadioSelect)]
    empty = [each for each in single if each.initial in (None, "", []) and not each.field.disabled]
    if empty and not any("autofocus" in each.field.widget.attrs for each in single):
        empty[0].field.widget.attrs["autofocus"] = True


def plain_date(field: forms.DateField) -> None:
    """Dates are typed the Danish way, and the message for a wrong one says how."""
    field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off", "class": "date-input"}
    field.help_text = field.help_text or _("Day-month-year, for example 06-11-2020.")
    field.error_messages["invalid"] = _(
        "This is no date of the calendar. Write day-month-year, for example 06-11-2020."
    )


def number(text: str) -> int:
    """The key or the version that an address or a hidden field holds; 0, which fits nothing, where it is none.

    Nothing that is counted here has more digits, and Python reads no number of thousands of them.
    """
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def plain_line_breaks(data: QueryDict) -> QueryDict:
    """A copy of the data with LF alone, as texts are kept, counted and compared; browsers send CR and LF."""
    data = data.copy()
    for name, values in list(data.lists()):
        data.setlist(name, [value.replace("\r\n", "\n") for value in values])
    return data
