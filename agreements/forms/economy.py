from django.utils.translation import gettext_lazy as _

from agreements.models import AccountLine, Contribution, OtherParty, Submission
from kulturmetropol.amounts import AmountField
from kulturmetropol.forms import RecordForm


class OtherPartyForm(RecordForm):
    owner = "agreement"
    groups = [(_("Party"), ["agreement", "kind", "name", "note"])]

    class Meta:
        model = OtherParty
        fields = ["agreement", "kind", "name", "note"]


class ContributionForm(RecordForm):
    owner = "agreement"
    groups = [
        (_("Who pays"), ["agreement", "payer", ("municipality", "other_party")]),
        (_("What is paid"), [("year", "kind"), "amount", "source"]),
    ]

    class Meta:
        model = Contribution
        fields = ["agreement", "payer", "municipality", "other_party", "year", "kind", "amount", "source"]
        field_classes = {"amount": AmountField}

    def clean(self):
        cleaned = super().clean()
        agreement, party = cleaned.get("agreement"), cleaned.get("other_party")
        if agreement and party and party.agreement_id != agreement.pk and "other_party" not in self.errors:
            self.add_error("other_party", _("This party belongs to another agreement."))
        return cleaned


class AccountLineForm(RecordForm):
    owner = "agreement"
    groups = [(_("Account line"), ["agreement", "text", ("year", "funded_by"), ("budget", "used")])]

    class Meta:
        model = AccountLine
        fields = ["agreement", "text", "year", "funded_by", "budget", "used"]
        field_classes = {"budget": AmountField, "used": AmountField}


class SubmissionForm(RecordForm):
    owner = "agreement"
    groups = [(_("Handed in"), ["agreement", ("kind", "year"), "handed_in_on", "note"])]

    class Meta:
        model = Submission
        fields = ["agreement", "kind", "year", "handed_in_on", "note"]

    def clean(self):
        cleaned = super().clean()
        agreement, year = cleaned.get("agreement"), cleaned.get("year")
        if agreement and year and not agreement.starts_on.year <= year <= agreement.ends_on.year:
            self.add_error(
                "year", _("The agreement runs %(years)s. Choose one of its years.") % {"years": agreement.years}
            )
        elif (
            agreement
            and cleaned.get("kind") == Submission.Kind.EVALUATION
            and year not in (None, agreement.ends_on.year)
        ):
            self.add_error(
                "year", _("The final evaluation belongs to the last year, %(year)d.") % {"year": agreement.ends_on.year}
            )
        return cleaned
