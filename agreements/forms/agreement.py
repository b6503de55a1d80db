from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Body, Meeting, MeetingDelegate, Membership, Person, Purpose
from kulturmetropol.forms import RecordForm


class AgreementForm(RecordForm):
    owner = "culture_region"
    groups = [
        (_("The agreement"), ["culture_region", "name", ("starts_on", "ends_on"), ("status", "stated_member_count")]),
        (_("Foundation"), ["mission", "vision", "environment_analysis"]),
        (_("Formalities"), ["negotiation_note", ("case_number", "legal_basis"), "figures_locked_until"]),
    ]

    class Meta:
        model = Agreement
        fields = [
            "culture_region",
            "name",
            "starts_on",
            "ends_on",
            "status",
            "stated_member_count",
            "mission",
            "vision",
            "environment_analysis",
            "negotiation_note",
            "case_number",
            "legal_basis",
            "figures_locked_until",
        ]


class PurposeForm(RecordForm):
    owner = "agreement"
    groups = [(_("Purpose"), ["agreement", "text"])]

    class Meta:
        model = Purpose
        fields = ["agreement", "text"]


class MembershipForm(RecordForm):
    owner = "agreement"
    groups = [
        (_("Membership"), ["agreement", "municipality", ("joined_on", "left_on"), "continues"]),
        (_("Decision"), [("council_decided_on", "council_case_number"), "source"]),
    ]

    class Meta:
        model = Membership
        fields = [
            "agreement",
            "municipality",
            "joined_on",
            "left_on",
            "continues",
            "council_decided_on",
            "council_case_number",
            "source",
        ]


class BodyForm(RecordForm):
    owner = "culture_region"
    groups = [
        (_("Body"), ["culture_region", "kind", "name", "municipality"]),
        (_("Committees"), [("status_interval_months", "papers_days_before")]),
    ]

    class Meta:
        model = Body
        fields = ["culture_region", "kind", "name", "municipality", "status_interval_months", "papers_days_before"]


class MeetingForm(RecordForm):
    owner = "body"
    groups = [
        (_("Meeting"), ["body", ("held_on", "starts_at"), "place", "status", "region_on_agenda", "announcement"]),
        (_("After the meeting"), ["minutes"]),
    ]

    class Meta:
        model = Meeting
        fields = ["body", "held_on", "starts_at", "place", "status", "region_on_agenda", "announcement", "minutes"]


class MeetingDelegateForm(RecordForm):
    owner = "meeting"
    groups = [(_("Who takes part"), ["meeting", "committee", "office"])]

    class Meta:
        model = MeetingDelegate
        fields = ["meeting", "committee", "office"]


class PersonForm(RecordForm):
    owner = "culture_region"
    groups = [(_("Person"), ["culture_region", "name", "email"])]

    class Meta:
        model = Person
        fields = ["culture_region", "name", "email"]
