from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements import access, elections, inviting, users
from agreements.models import Body, CultureRegion, Municipality, Person, Post, RoleGrant, UserInvitation
from kulturmetropol.accounts.models import TAKEN, User
from kulturmetropol.forms import form_helper, plain_date

Role = UserInvitation.Role
NO_GUEST = _("Only guests belong to a municipality. Leave it empty, or choose the role of a guest.")
NEEDS_MUNICIPALITY = _("Choose the municipality that the guest belongs to.")
ELSEWHERE = _("This belongs to another culture region.")


class AdminForm(forms.Form):
    """A form of an admin's, about the regions that the admin administers."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.regions = CultureRegion.objects.administered_by(user)
        self.unlinked = Person.objects.filter(user__isnull=True, culture_region__in=self.regions)
        self.helper = form_helper()
        for field in self.fields.values():
            if isinstance(field, forms.DateField):
                plain_date(field)

    def fault(self, name: str, words: Any) -> None:
        if name not in self.errors:
            self.add_error(name, words)

    def clean_guest(self, cleaned: dict[str, Any]) -> None:
        """A guest's role comes with a municipality, and no other does."""
        is_guest = cleaned.get("role") == Role.GUEST
        if is_guest and not cleaned.get("municipality"):
            self.fault("municipality", NEEDS_MUNICIPALITY)
        if not is_guest and cleaned.get("municipality") and "role" not in self.errors:
            self.fault("municipality", NO_GUEST)


class InvitationForm(AdminForm):
    culture_region = forms.ModelChoiceField(queryset=CultureRegion.objects.none(), label=_("Culture region"))
    name = forms.CharField(max_length=150, label=_("Name"))
    email = forms.EmailField(max_length=254, label=_("E-mail"), help_text=_("The invitation goes here."))
    role = forms.ChoiceField(choices=[("", "---------"), *Role.choices], label=_("Role"))
    municipality = forms.ModelChoiceField(
        queryset=Municipality.objects.all(), required=False, label=_("The guest's municipality")
    )
    person = forms.ModelChoiceField(
        queryset=Person.objects.none(),
        required=False,
        label=_("Person"),
        help_text=_("Who is chair or culture head already. Empty: a new person in the post below."),
    )
    post_kind = forms.ChoiceField(
        choices=[("", "---------"), *[(kind, Post.Kind(kind).label) for kind in access.READING_POSTS]],
        required=False,
        label=_("New post"),
    )
    body = forms.ModelChoiceField(queryset=Body.objects.none(), required=False, label=_("Committee"))
    post_municipality = forms.ModelChoiceField(
        queryset=Municipality.objects.all(), required=False, label=_("The culture head's municipality")
    )
    starts_on = forms.DateField(required=False, label=_("From"))
    ends_on = forms.DateField(required=False, label=_("To"), help_text=_("Empty for chairs: to the end of the term."))

    groups = [
        (_("Who is invited"), ["culture_region", ("name", "email"), "role"]),
        (_("For guests"), ["municipality"]),
        (
            _("For chairs and culture heads"),
            ["person", "post_kind", ("body", "post_municipality"), ("starts_on", "ends_on")],
        ),
    ]
    of_post = ("person", "post_kind", "body", "post_municipality", "starts_on", "ends_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["culture_region"].queryset = self.regions
        self.fields["person"].queryset = self.unlinked
        self.fields["body"].queryset = Body.objects.filter(kind=Body.Kind.COMMITTEE, culture_region__in=self.regions)
        groups = self.groups
        if len(self.regions) == 1:
            del self.fields["culture_region"]
            groups = [(groups[0][0], groups[0][1][1:]), *groups[1:]]
        self.helper = form_helper(*groups)

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "culture_region" not in self.fields:
            cleaned["culture_region"] = self.regions[0]
        region, role = cleaned.get("culture_region"), cleaned.get("role")
        self.clean_guest(cleaned)
        for name in ("person", "body"):
            if region and cleaned.get(name) and cleaned[name].culture_region_id != region.pk:
                self.fault(name, ELSEWHERE)
        if role == Role.POST:
            self._clean_post(cleaned)
        elif role and any(cleaned.get(name) for name in self.of_post):
            self.fault("role", _("A person or a post is chosen below. Choose “Chair or culture head”, or empty them."))
        if region and role and cleaned.get("email") and (known := inviting.why_not(region, cleaned["email"], role)):
            self.fault("email", known)
        return cleaned

    def _clean_post(self, cleaned: dict[str, Any]) -> None:
        """Either a person who has a post, or a new post with what it needs."""
        person, kind = cleaned.get("person"), cleaned.get("post_kind")
        if kind:
            self._clean_new_post(cleaned, kind)
        elif any(cleaned.get(name) for name in ("body", "post_municipality", "starts_on", "ends_on")):
            self.fault("post_kind", _("Choose whether the new post is as chair or as culture head."))
        elif person is None:
            self.fault("person", _("Choose the person, or write the new post below."))
        elif not UserInvitation(person=person).posts().exists():
            self.fault(
                "person", _("%(person)s holds no post as chair or culture head. Write it below.") % {"person": person}
            )
        if person is None and kind and cleaned.get("culture_region") and cleaned.get("email"):
            known = Person.objects.filter(culture_region=cleaned["culture_region"], email__iexact=cleaned["email"])
            if found := known.first():
                self.fault("person", _("%(person)s has this address already. Choose the person.") % {"person": found})

    def _clean_new_post(self, cleaned: dict[str, Any], kind: str) -> None:
        chair = kind == Post.Kind.CHAIR
        wanted, other = ("body", "post_municipality") if chair else ("post_municipality", "body")
        if not cleaned.get(wanted):
            self.fault(wanted, _("Choose the committee.") if chair else _("Choose the municipality."))
        if cleaned.get(other):
            self.fault(other, _("Chairs have a committee, culture heads a municipality. Empty this one."))
        if not cleaned.get("starts_on"):
            self.fault("starts_on", _("Write from when the post is held."))
        elif chair and not cleaned.get("ends_on") and "ends_on" not in self.errors:
            cleaned["ends_on"] = elections.term_of(cleaned["starts_on"]).ends_on
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.fault("ends_on", _("The period ends before it starts. Check the two dates."))
        elif ends_on and ends_on < timezone.localdate():
            self.fault("ends_on", _("The post has ended, so it would show nothing of the portal."))

    def values(self) -> dict[str, Any]:
        """What `inviting.invite` takes."""
        cleaned, role = self.cleaned_data, self.cleaned_data["role"]
        found = {"region": cleaned["culture_region"], "role": role, "name": cleaned["name"], "email": cleaned["email"]}
        if role == Role.GUEST:
            found["municipality"] = cleaned["municipality"]
        if role == Role.POST:
            found["person"] = cleaned["person"]
            if kind := cleaned["post_kind"]:
                place = cleaned["body"] if kind == Post.Kind.CHAIR else cleaned["post_municipality"]
                found["post"] = inviting.new_post(kind, place, cleaned["starts_on"], cleaned["ends_on"])
        return found


class RoleForm(AdminForm):
    """The role of a user in one region. `seen` is what the form was opened on."""

    role = forms.ChoiceField(
        choices=[("", _("No role")), *RoleGrant.Role.choices],
        required=False,
        label=_("Role"),
        help_text=_("Chairs and culture heads need none: their rights come from their post."),
    )
    municipality = forms.ModelChoiceField(
        queryset=Municipality.objects.all(), required=False, label=_("The guest's municipality")
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, grant: RoleGrant | None, **kwargs: Any) -> None:
        now = {"role": grant.role, "municipality": grant.municipality_id} if grant else {}
        super().__init__(*args, **kwargs | {"initial": {**now, "seen": users.mark_of(grant)}})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.clean_guest(cleaned)
        return cleaned


class AddressForm(AdminForm):
    """Name and address of a user, and what they were when the form was opened."""

    name = forms.CharField(max_length=150, label=_("Name"))
    email = forms.EmailField(
        max_length=254,
        label=_("E-mail"),
        help_text=_("The user logs in with it. Both the old and the new address get a mail about a change."),
    )
    seen_name = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    seen_email = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, about: User, **kwargs: Any) -> None:
        now = {"name": about.name, "email": about.email, "seen_name": about.name, "seen_email": about.email}
        super().__init__(*args, **kwargs | {"initial": now})
        self.about = about

    def clean_email(self) -> str:
        email = User.objects.normalize_email(self.cleaned_data["email"])
        if User.objects.filter(email__iexact=email).exclude(pk=self.about.pk).exists():
            raise forms.ValidationError(TAKEN)
        return email


class ReasonForm(AdminForm):
    reason = forms.CharField(
        max_length=200,
        label=_("Reason"),
        help_text=_("For the record: how you made sure who asks, such as by ringing the person up."),
    )


class PersonLinkForm(AdminForm):
    person = forms.ModelChoiceField(
        queryset=Person.objects.none(),
        label=_("Person"),
        help_text=_("The user gets the rights of this person's posts."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = self.unlinked


class WelcomeForm(forms.Form):
    """What somebody writes who comes in for the first time. A password may be left out: a code by mail does as well."""

    error_title = _("It did not work")

    name = forms.CharField(max_length=150, label=_("Name"), widget=forms.TextInput({"autocomplete": "name"}))
    password1 = forms.CharField(
        required=False,
        strip=False,
        label=_("Password"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        required=False,
        strip=False,
        label=_("Password again"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        rule = " ".join(password_validators_help_texts()[1:2])
        self.fields["password1"].help_text = (
            gettext("Leave it empty to log in with a code by mail instead.") + f" {rule}"
        )
        self.helper = form_helper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        password = cleaned.get("password1", "")
        if password != cleaned.get("password2", ""):
            self.add_error("password2", _("The two passwords are not alike."))
        elif password:
            try:
                validate_password(password, User(email=self.email, name=cleaned.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return cleaned
