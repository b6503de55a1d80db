"""Invitations to the portal on the pages of admins."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView

from agreements import inviting, outbox, users
from agreements.filters.users import UserInvitationFilter
from agreements.forms.users import InvitationForm
from agreements.models import OutgoingMail, Person, UserInvitation
from kulturmetropol.forms import number
from kulturmetropol.views import RACED, DetailPage, ListPage, RecordPage


class UserInvitationList(ListPage):
    model = UserInvitation
    filterset_class = UserInvitationFilter

    def get_queryset(self):
        return super().get_queryset().select_related("culture_region", "municipality", "person", "invited_by")

    def get_context_data(self, **kwargs):
        return super().get_context_data(days=settings.INVITATION_DAYS, **kwargs)


class UserInvitationDetail(DetailPage):
    model = UserInvitation

    def get_queryset(self):
        related = ("culture_region", "municipality", "person", "invited_by", "accepted_by")
        return super().get_queryset().select_related(*related)

    def get_context_data(self, **kwargs):
        key = f"user-invitation-{self.object.pk}-{self.object.times_sent}"
        return super().get_context_data(
            what=inviting.in_words(self.object),
            mail=OutgoingMail.objects.filter(key=key).defer("body").first(),
            has_server=outbox.has_server(),
            **kwargs,
        )


class UserInvitationCreate(RecordPage, FormView):
    """`kommune`, `rolle` and `person` in the address fill the form in."""

    model = UserInvitation
    template_name_suffix = "_form"
    form_class = InvitationForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.require_reader()
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(days=settings.INVITATION_DAYS, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        given = self.request.GET
        initial = {"role": given.get("rolle", "")}
        for name, field in {"kommune": "municipality", "kulturregion": "culture_region"}.items():
            if given.get(name, "").isdecimal():
                initial[field] = given[name]
        people = Person.objects.administered_by(self.request.user)
        return initial | self._of_person(people.filter(pk=number(given.get("person", ""))).first())

    def _of_person(self, person: Person | None) -> dict[str, Any]:
        if person is None:
            return {}
        return {
            "role": UserInvitation.Role.POST,
            "person": person.pk,
            "name": person.name,
            "email": person.email,
            "culture_region": person.culture_region_id,
        }

    def form_valid(self, form: InvitationForm) -> HttpResponse:
        try:
            invitation, _link = inviting.invite(by=self.request.user, **form.values())
        except ValidationError as error:
            form.add_error(None, error.messages)
            return self.form_invalid(form)
        except IntegrityError:
            form.add_error(None, RACED)
            return self.form_invalid(form)
        messages.success(self.request, _("The invitation to %(name)s is on its way.") % {"name": invitation.name})
        return redirect(invitation)


class InvitationStep(RecordPage, View):
    model = UserInvitation

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.require_reader()
        invitation = get_object_or_404(self.get_queryset(), pk=pk)
        happened, words = self.act(invitation)
        if happened:
            messages.success(request, words)
        else:
            messages.warning(
                request, _("Somebody else was first, or it is accepted by now. Look at what has become of it.")
            )
        return redirect(invitation)

    def act(self, invitation: UserInvitation) -> tuple[bool, str]:
        raise NotImplementedError


class UserInvitationSend(InvitationStep):
    def act(self, invitation: UserInvitation) -> tuple[bool, str]:
        seen = number(self.request.POST.get("times_sent", ""))
        happened = inviting.send_again(invitation=invitation, seen=seen, by=self.request.user)
        return happened, _("The invitation is sent again. The link of the mail before has ended.")


class UserInvitationWithdraw(InvitationStep):
    def act(self, invitation: UserInvitation) -> tuple[bool, str]:
        happened = users.withdraw(invitation=invitation, by=self.request.user)
        return happened, _("The invitation is withdrawn. Its link lets nobody in.")
