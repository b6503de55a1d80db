"""Pages about an agreement that need what the initiatives hold: the year's status, and the next agreement."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic.edit import FormMixin

from agreements import economy
from agreements.deadlines import deadlines
from agreements.views.economy import AgreementPage
from initiatives.actions import copy_agreement
from initiatives.forms.agreement import CopyAgreementForm
from initiatives.yearly import year_status
from kulturmetropol.views import RACED, short


class AgreementYear(AgreementPage):
    def get_template_names(self):
        return ["initiatives/agreement_year.html"]

    def get_context_data(self, **kwargs):
        agreement, year = self.object, self.kwargs["year"]
        years = range(agreement.starts_on.year, agreement.ends_on.year + 1)
        if year not in years:
            raise Http404
        sources = economy.accounts_by_source(agreement, year)
        return super().get_context_data(
            year=year,
            years=years,
            first=date(year, 1, 1),
            last=date(year, 12, 31),
            areas=year_status(agreement, year),
            sources=sources,
            accounts=economy.together([used for _payer, _word, used in sources]),
            deadlines=[each for each in deadlines(agreement, agreement.submissions.all()) if each.year == year],
            **kwargs,
        )


class AgreementCopy(FormMixin, AgreementPage):
    form_class = CopyAgreementForm

    def get_template_names(self):
        return ["initiatives/agreement_copy.html"]

    def get_object(self, queryset=None):
        agreement = super().get_object(queryset)
        self.require_editor(agreement)
        return agreement

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"agreement": self.object, "initial": None}

    def post(self, request, *args, **kwargs):
        self.object = self.get_object()
        form = self.get_form()
        if form.is_valid():
            try:
                new = copy_agreement(agreement=self.object, user=request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            except IntegrityError:
                form.add_error(None, RACED)
            else:
                messages.success(
                    request, _("“%(record)s” is begun. Look through what it has taken over.") % {"record": short(new)}
                )
                return redirect(new)
        return self.render_to_response(self.get_context_data(form=form))
