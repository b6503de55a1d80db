"""Kommunens regnskab: the page, and its figures with links to the records behind them."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import DetailView

from agreements import access
from agreements.choosing import choices
from agreements.models import Agreement, Municipality
from initiatives.account import Account, Part, account
from initiatives.forms.account import PeriodForm
from initiatives.progress import is_stale
from kulturmetropol.amounts import kroner
from kulturmetropol.views import RecordPage


@dataclass(frozen=True)
class Figure:
    """A figure in words, what dates it or where it is from, and the address of its records. No value: no figure."""

    label: str
    value: str | None
    note: str
    url: str


@dataclass(frozen=True)
class Share:
    """The municipality's part of something as a bar; `width` is per cent of the longest bar. `kind`: given or got."""

    kind: str
    label: str
    part: Part
    own: str | None
    all: str | None
    width: float | None
    url: str


def agreements_of(user, municipality: Municipality) -> list[Agreement]:
    """The agreements whose account of the municipality the user may see: the chosen one first, then the one that
    work goes on under."""
    found = (
        Agreement.objects.visible_to(user)
        .filter(memberships__municipality=municipality)
        .select_related("culture_region")
        .order_by("-starts_on")
    )
    open_to_user = [each for each in found if access.may_see_account(user, each.culture_region_id, municipality.pk)]
    chosen = choices(user).chosen
    return sorted(
        open_to_user,
        key=lambda each: (not chosen or each != chosen.agreement, each.status == Agreement.Status.ENDED),
    )


def usual_period(agreement: Agreement, today: date) -> tuple[date, date]:
    """The agreement's own period up to today; all of it before it has begun."""
    first, last = agreement.starts_on, agreement.ends_on
    return (first, min(last, today)) if today >= first else (first, last)


def account_url(account: Account) -> str:
    return f"{reverse('municipality_account', args=[account.municipality.code])}?{urlencode(_period(account))}"


def _period(account: Account) -> dict[str, str]:
    return {
        "aftale": str(account.agreement.pk),
        "fra": f"{account.first:%d-%m-%Y}",
        "til": f"{account.last:%d-%m-%Y}",
    }


def _addresses(account: Account) -> dict[str, str]:
    """The list of each kind of record, with the filter that leaves what the figure counts."""
    here = {"kommune": account.municipality.code, **_period(account)}
    years = {
        "aftale": account.agreement.pk,
        "fra_aar": account.first.year,
        "til_aar": account.last.year,
    }

    def to(name: str, **query) -> str:
        return f"{reverse(name)}?{urlencode(query)}"

    return {
        "participations": to("initiative_list", **here),
        "activities": to("activity_list", **here),
        "stories": to("story_list", vises="offentliggjort", **here),
        "targets": f"{account_url(account)}#resultatmaal",
        "measurements": to("measurement_list", **here),
        "contribution": to("contribution_list", kommune=account.municipality.code, **years),
        "contributions": to("contribution_list", betaler="municipality", **years),
        "state": to("contribution_list", betaler="state", **years),
        "municipality": account.municipality.get_absolute_url(),
    }


def _number(value) -> str | None:
    return None if value is None else number_format(value, use_l10n=True, force_grouping=True)


def _kroner(value) -> str | None:
    return None if value is None else kroner(value)


def _latest(day: date | None) -> str:
    return _("latest %(day)s") % {"day": date_format(day)} if day else ""


def _sources(account: Account, sources: list[str]) -> str:
    return ". ".join([account.years, *([_("Source: %s") % ", ".join(sources)] if sources else [])])


def figures(account: Account) -> dict[str, Figure]:
    """What the municipality gives and gets, by name."""
    urls = _addresses(account)
    population = {
        "count": _number(account.municipality.population),
        "day": date_format(account.municipality.population_date),
    }
    uncounted = ngettext(
        "%(count)d activity without a count", "%(count)d activities without a count", account.uncounted
    )
    leads = ngettext("lead of %(count)d", "lead of %(count)d", account.leads)
    targets = None
    if account.touched is not None:
        targets = _("%(count)d of %(total)d") % {"count": account.touched, "total": len(account.targets)}
    measured_on = max((each.measured_on for each in account.measurements), default=None)
    return {
        "contribution": Figure(
            _("contribution"),
            _kroner(account.contribution.own),
            _sources(account, account.contribution_sources),
            urls["contribution"],
        ),
        "per_inhabitant": Figure(
            _("per inhabitant"),
            _kroner(account.per_inhabitant),
            _("%(count)s inhabitants on %(day)s, Statistics Denmark, FOLK1A") % population,
            urls["municipality"],
        ),
        "participations": Figure(
            _("initiatives taken part in"),
            _number(account.participations.own),
            leads % {"count": account.leads} if account.leads else "",
            urls["participations"],
        ),
        "activities": Figure(
            _("activities"), _number(account.activities.own), _latest(account.last_activity_on), urls["activities"]
        ),
        "attendance": Figure(
            _("took part"),
            _number(account.attendance.own),
            uncounted % {"count": account.uncounted} if account.uncounted else "",
            urls["activities"],
        ),
        "stories": Figure(
            _("good stories"), _number(account.stories.own), _latest(account.last_story_on), urls["stories"]
        ),
        "targets": Figure(_("result targets worked towards"), targets, "", urls["targets"]),
        "measurements": Figure(
            _("measurements"), _number(account.measurement_count or None), _latest(measured_on), urls["measurements"]
        ),
        "state": Figure(
            _("from the state to the agreement"),
            _kroner(account.state_money),
            _sources(account, account.state_sources),
            urls["state"],
        ),
    }


def shares(account: Account) -> list[Share]:
    """What the municipality gives and gets, as its part of what all members give and get."""
    urls = _addresses(account)
    rows = [
        ("given", _("Contribution"), account.contribution, _kroner, urls["contributions"]),
        ("got", _("Initiatives taken part in"), account.participations, _number, urls["participations"]),
        ("got", _("Activities"), account.activities, _number, urls["activities"]),
        ("got", _("Attendance"), account.attendance, _number, urls["activities"]),
        ("got", _("Good stories"), account.stories, _number, urls["stories"]),
        ("compare", _("Inhabitants"), account.inhabitants, _number, urls["municipality"]),
    ]
    longest = max((part.per_cent for _kind, _label, part, _words, _url in rows if part.per_cent), default=None)
    return [
        Share(
            kind,
            label,
            part,
            words(part.own),
            words(part.all),
            None if part.per_cent is None else float(part.per_cent * 100 / longest) if longest else 0.0,
            url,
        )
        for kind, label, part, words, url in rows
    ]


class MunicipalityAccount(RecordPage, DetailView):
    """Editors see every member's, a chair or culture head that of the own municipality; all else is not there."""

    model = Municipality
    slug_field = slug_url_kwarg = "code"
    template_name_suffix = "_account"

    def get_template_names(self):
        return ["initiatives/municipality_account.html"]

    def get_agreement(self) -> Agreement:
        self.agreements = agreements_of(self.request.user, self.object)
        wanted = self.request.GET.get("aftale", "")
        chosen = [each for each in self.agreements if wanted in ("", str(each.pk))]
        if not chosen:
            raise Http404
        return chosen[0]

    def get_period(self, agreement: Agreement, form: PeriodForm, today: date) -> tuple[date, date]:
        first, last = usual_period(agreement, today)
        if not form.is_valid():
            return first, last
        if year := form.cleaned_data["aar"]:
            return date(year, 1, 1), date(year, 12, 31)
        first = form.cleaned_data["fra"] or first
        return first, max(first, form.cleaned_data["til"] or last)

    def get_context_data(self, **kwargs):
        agreement, today = self.get_agreement(), timezone.localdate()
        years = range(agreement.starts_on.year, agreement.ends_on.year + 1)
        form = PeriodForm(self.request.GET, years=years)
        first, last = self.get_period(agreement, form, today)
        found = account(agreement=agreement, municipality=self.object, first=first, last=last, today=today)
        if form.is_valid():
            form = PeriodForm(initial={"fra": first, "til": last}, years=years)
        by_name = figures(found)
        return super().get_context_data(
            account=found,
            agreement=agreement,
            form=form,
            years=years,
            whole=(first, last) == usual_period(agreement, today),
            year=first.year if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)) else None,
            given=[by_name["contribution"], by_name["per_inhabitant"]],
            got=[by_name[name] for name in GOT],
            state=by_name["state"],
            shares=shares(found),
            measurements=[
                (each, is_stale(each.measured_on, each.indicator.interval_months, today)) for each in found.measurements
            ],
            **kwargs,
        )


GOT = ["participations", "activities", "attendance", "stories", "targets", "measurements"]
