from django import forms
from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.models import Body, Membership, Municipality, Person, Post
from agreements.outbox import SUBJECT_LENGTH
from kulturmetropol.forms import RecordForm, form_helper, plain_date, plain_line_breaks
from outreach import invitations
from outreach.models import Ambassador, FollowUp, Visit

TEXT_LENGTH = 10_000


class VisitForm(RecordForm):
    owner = "culture_region"
    groups = [
        (_("The visit"), ["culture_region", "host", "body", ("held_on", "starts_at"), "place", "secretariat_supports"]),
        (_("What is said"), ["talking_points"]),
        (_("Afterwards"), ["outcome"]),
    ]

    class Meta:
        model = Visit
        fields = [
            "culture_region",
            "host",
            "body",
            "held_on",
            "starts_at",
            "place",
            "secretariat_supports",
            "talking_points",
            "outcome",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        body = self.fields["body"]
        body.queryset = body.queryset.filter(kind__in=Body.OF_MUNICIPALITY)


class PersonWithPosts(forms.ModelChoiceField):
    """Says of each person what they are."""

    def label_from_instance(self, obj):
        posts = ", ".join(f"{post.get_kind_display()}, {post.body}" for post in obj.current_posts)
        return f"{obj} ({posts})" if posts else str(obj)


class AmbassadorCreateForm(RecordForm):
    owner = "visit"
    groups = [(_("Ambassador"), ["visit", "municipality"])]

    class Meta:
        model = Ambassador
        fields = ["visit", "municipality"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["visit"].queryset = self.fields["visit"].queryset.select_related("host")
        regions = access.roles(self.user).edited
        members = Membership.objects.filter(agreement__culture_region__in=regions).on(timezone.localdate())
        self.fields["municipality"].queryset = Municipality.objects.filter(pk__in=members.values("municipality"))


class AmbassadorForm(RecordForm):
    """Whom the municipality sends: a politician of today, or whoever was said before."""

    person = PersonWithPosts(queryset=Person.objects.all(), required=False, label=_("Person"))

    owner = "visit"
    groups = [(_("Ambassador"), ["visit", "municipality", "person"])]

    class Meta:
        model = Ambassador
        fields = ["visit", "municipality", "person"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["visit"].queryset = self.fields["visit"].queryset.select_related("host")
        self.fields["municipality"].disabled = True
        self.fields["person"].help_text = Ambassador._meta.get_field("person").help_text
        self.fields["person"].queryset = politicians(self.fields["person"].queryset, self.instance)


def politicians(people, ambassador: Ambassador):
    """The chairs and members of the municipality's bodies, and those of the region's own who sit for no other one."""
    in_office = Post.objects.current(timezone.localdate()).filter(kind__in=Post.OF_POLITICIANS)
    here = in_office.filter(body__municipality=ambassador.municipality_id)
    elsewhere = in_office.filter(body__municipality__isnull=False).exclude(body__in=here.values("body"))
    of_region = in_office.filter(body__municipality__isnull=True).exclude(person__in=elsewhere.values("person"))
    offered = Q(pk__in=here.values("person")) | Q(pk__in=of_region.values("person")) | Q(pk=ambassador.person_id)
    shown = in_office.select_related("body__municipality").order_by("-starts_on")
    return people.filter(offered).prefetch_related(Prefetch("posts", shown, to_attr="current_posts"))


class PlainForm(forms.Form):
    """A form that no record is saved by; `version` is the one of the visit that the user saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, **kwargs):
        super().__init__(plain_line_breaks(data) if data is not None else None, **kwargs)
        self.helper = form_helper()


class CancelForm(PlainForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea, help_text=_("Stands in the mail that cancels it.")
    )


class PromiseForm(forms.ModelForm):
    """What the region promised: it becomes a follow-up."""

    class Meta:
        model = FollowUp
        fields = ["text", "due_on", "owner"]
        labels = {"text": _("What was promised")}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        plain_date(self.fields["due_on"])
        self.fields["owner"].queryset = access.colleagues(user)
        self.helper = form_helper()


class InvitationForm(PlainForm):
    """Who gets the mail, and what it says. `revision` is that of the visit as the text was proposed for it."""

    people = forms.MultipleChoiceField(label=_("Recipients"), widget=forms.CheckboxSelectMultiple)
    subject = forms.CharField(label=_("Subject"), max_length=SUBJECT_LENGTH)
    text = forms.CharField(label=_("Text"), max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 16}))

    def __init__(self, *args, recipients: list[invitations.Recipient], **kwargs):
        super().__init__(*args, **kwargs)
        self.reachable = {str(each.person.pk): each.person for each in recipients if each.person.email}
        self.fields["people"].choices = [
            (str(each.person.pk), f"{each}, {each.person.email}") for each in recipients if each.person.email
        ]

    def clean_people(self):
        return [self.reachable[key] for key in self.cleaned_data["people"]]
