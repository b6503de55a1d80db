from django.utils import timezone
from django.views.generic import DetailView

from agreements import economy
from agreements.deadlines import deadlines
from agreements.filters import economy as filters
from agreements.forms import economy as forms
from agreements.models import AccountLine, Agreement, Contribution, OtherParty, Submission
from kulturmetropol.amounts import total
from kulturmetropol.views import CreatePage, DetailPage, ListPage, RecordPage, UpdatePage


class OtherPartyList(ListPage):
    model = OtherParty
    filterset_class = filters.OtherPartyFilter
    export_columns = [
        ("aftale", "agreement.name"),
        ("art", "get_kind_display"),
        ("navn", "name"),
        ("note", "note"),
    ]

    def get_queryset(self):
        return super().get_queryset().select_related("agreement")


class OtherPartyDetail(DetailPage):
    model = OtherParty

    def get_queryset(self):
        return super().get_queryset().select_related("agreement__culture_region")

    def get_context_data(self, **kwargs):
        contributions = self.object.contributions.all()
        return super().get_context_data(contributions=contributions, total=total(contributions, "amount"), **kwargs)


class OtherPartyCreate(CreatePage):
    model = OtherParty
    form_class = forms.OtherPartyForm
    initial_from = {"aftale": "agreement"}


class OtherPartyUpdate(UpdatePage):
    model = OtherParty
    form_class = forms.OtherPartyForm


class ContributionList(ListPage):
    """The sum under the list is of all rows that fit the filter, on whatever page they are."""

    model = Contribution
    filterset_class = filters.ContributionFilter
    export_columns = [
        ("aftale", "agreement.name"),
        ("år", "year"),
        ("betaler", "get_payer_display"),
        ("kommunekode", "municipality.code"),
        ("kommune", "municipality.name"),
        ("anden_part", "other_party.name"),
        ("art", "get_kind_display"),
        ("beløb", "amount"),
        ("kilde", "source"),
    ]

    def get_queryset(self):
        return super().get_queryset().select_related("municipality", "other_party", "agreement")

    def get_context_data(self, **kwargs):
        return super().get_context_data(total=total(self.object_list, "amount"), **kwargs)


class ContributionDetail(DetailPage):
    model = Contribution

    def get_queryset(self):
        return super().get_queryset().select_related("municipality", "other_party", "agreement__culture_region")


class ContributionCreate(CreatePage):
    model = Contribution
    form_class = forms.ContributionForm
    initial_from = {"aftale": "agreement", "aar": "year"}


class ContributionUpdate(UpdatePage):
    model = Contribution
    form_class = forms.ContributionForm


class AccountLineList(ListPage):
    model = AccountLine
    filterset_class = filters.AccountLineFilter
    export_columns = [
        ("aftale", "agreement.name"),
        ("år", "year"),
        ("tekst", "text"),
        ("finansieret_af", "get_funded_by_display"),
        ("budget", "budget"),
        ("forbrug", "used"),
    ]

    def get_queryset(self):
        return super().get_queryset().select_related("agreement")

    def get_context_data(self, **kwargs):
        return super().get_context_data(total=economy.of_lines(self.object_list), **kwargs)


class AccountLineDetail(DetailPage):
    model = AccountLine

    def get_queryset(self):
        return super().get_queryset().select_related("agreement__culture_region")


class AccountLineCreate(CreatePage):
    model = AccountLine
    form_class = forms.AccountLineForm
    initial_from = {"aftale": "agreement", "aar": "year"}


class AccountLineUpdate(UpdatePage):
    model = AccountLine
    form_class = forms.AccountLineForm


class SubmissionCreate(CreatePage):
    model = Submission
    form_class = forms.SubmissionForm
    initial_from = {"aftale": "agreement", "aar": "year"}

    def get_initial(self):
        return super().get_initial() | {"kind": self.request.GET.get("art"), "handed_in_on": timezone.localdate()}


class SubmissionUpdate(UpdatePage):
    model = Submission
    form_class = forms.SubmissionForm


class AgreementPage(RecordPage, DetailView):
    """A page about an agreement that is no record of its own."""

    model = Agreement

    def get_queryset(self):
        return super().get_queryset().select_related("culture_region")

    def get_context_data(self, **kwargs):
        return super().get_context_data(editable=self.object.is_editable_by(self.request.user), **kwargs)


class AgreementEconomy(AgreementPage):
    template_name_suffix = "_economy"

    def get_context_data(self, **kwargs):
        years = economy.accounts_by_year(self.object)
        income = economy.income(self.object)
        return super().get_context_data(
            income=income,
            income_total=sum(each.total for each in income) if income else None,
            payers=economy.WORDS.items(),
            accounts=years,
            used_bars=economy.used_bars(years),
            accounts_total=economy.together([used for _year, used in years]),
            **kwargs,
        )


class AgreementDeadlines(AgreementPage):
    template_name_suffix = "_deadlines"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        return super().get_context_data(
            deadlines=[
                (each, each.is_overdue(today), abs(each.days_left(today)))
                for each in deadlines(self.object, self.object.submissions.all())
            ],
            **kwargs,
        )
