"""The pages on which admins manage the users of their culture region. To everybody else they are not there."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import DetailView, FormView

from agreements import access, users
from agreements.filters.users import SECOND_FACTOR, PortalUserFilter
from agreements.forms import users as forms
from agreements.models import CultureRegion, Person, PortalUser, Post, RoleGrant
from kulturmetropol.accounts.second_factor import FACTORS
from kulturmetropol.accounts.sessions import places
from kulturmetropol.views import RACED, DetailPage, ListPage, RecordPage


class PortalUserList(ListPage):
    model = PortalUser
    filterset_class = PortalUserFilter

    def get_queryset(self):
        """With the roles and the present posts of the admin's own regions, and of no others."""
        regions = access.roles(self.request.user).administered
        grants = RoleGrant.objects.filter(culture_region__in=regions).select_related("municipality", "culture_region")
        posts = Post.objects.current(timezone.localdate()).filter(
            person__culture_region__in=regions, kind__in=access.READING_POSTS
        )
        return (
            super()
            .get_queryset()
            .select_related("person")
            .annotate(has_second_factor=SECOND_FACTOR)
            .prefetch_related(
                Prefetch("role_grants", grants, to_attr="shown_grants"),
                Prefetch(
                    "person__posts", posts.select_related("body__municipality", "municipality"), to_attr="shown_posts"
                ),
            )
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(several_regions=len(access.roles(self.request.user).administered) > 1, **kwargs)


class PortalUserDetail(DetailPage):
    model = PortalUser

    def get_context_data(self, **kwargs):
        user, admin = self.object, self.request.user
        person = Person.objects.administered_by(admin).filter(user=user).first()
        posts = person.posts.select_related("body__municipality", "municipality") if person else Post.objects.none()
        today = timezone.localdate()
        is_over = {post.pk for post in posts if post.ends_on and post.ends_on < today}
        return super().get_context_data(
            is_self=user.pk == admin.pk,
            whole_account=users.has_whole_account(admin, user),
            roles=self.roles(),
            person=person,
            is_somebody=Person.objects.filter(user=user).exists(),
            posts=[post for post in posts if post.pk not in is_over],
            ended_posts=[post for post in posts if post.pk in is_over],
            has_second_factor=is_mfa_enabled(user, FACTORS),
            has_any_factor=is_mfa_enabled(user),
            places=len(places(user, None)),
            invitations=users.invitations_of(user, admin).select_related("municipality", "invited_by"),
            **kwargs,
        )

    def roles(self) -> list[tuple[CultureRegion, RoleGrant | None]]:
        """The role in each region that the admin administers; a superuser sees those where there is one."""
        grants = {each.culture_region_id: each for each in self.object.role_grants.select_related("municipality")}
        return [(region, grants.get(region.pk)) for region in CultureRegion.objects.administered_by(self.request.user)]


class UserStep(RecordPage, View):
    """Something that an admin does to a user, from the user's page."""

    model = PortalUser
    object: PortalUser

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.require_reader()
        self.object = get_object_or_404(self.get_queryset(), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def do(self, verb: Callable[..., Any], done: str, **values: Any) -> HttpResponse:
        """Back on the user's page, with what was done, or why it was not."""
        try:
            happened = verb(user=self.object, by=self.request.user, **values)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
        else:
            if happened:
                messages.success(self.request, done)
            else:
                messages.warning(self.request, _("Somebody else has just changed this. Look at what stands here now."))
        return self.back()

    def back(self) -> HttpResponse:
        """To the user's page, or to the list where the user is not the admin's any more."""
        still_there = PortalUser.objects.visible_to(self.request.user).filter(pk=self.object.pk).exists()
        return redirect(self.object if still_there else "portaluser_list")


class PortalUserClose(UserStep, DetailView):
    """Asks first. An account that belongs to other regions too stays open, and loses what it had in this one."""

    template_name_suffix = "_close"

    def get_context_data(self, **kwargs):
        whole = users.has_whole_account(self.request.user, self.object)
        return super().get_context_data(whole_account=whole, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if users.has_whole_account(request.user, self.object):
            return self.do(users.close, _("The account of %(user)s is closed.") % {"user": self.object})
        return self.do(users.leave, _("%(user)s has no access here any more.") % {"user": self.object})


class PortalUserOpen(UserStep):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.do(users.reopen, _("The account of %(user)s is open again.") % {"user": self.object})


class PortalUserSessions(UserStep):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        here = request.session.session_key if self.object == request.user else None
        ended = users.end_sessions(user=self.object, by=request.user, but=here)
        words = ngettext("%(user)s is logged out in one place.", "%(user)s is logged out in %(count)s places.", ended)
        if ended:
            messages.success(request, words % {"user": self.object, "count": ended})
        else:
            messages.info(request, _("%(user)s was not logged in anywhere else.") % {"user": self.object})
        return redirect(self.object)


class PortalUserUnlink(UserStep):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = get_object_or_404(Person.objects.administered_by(request.user), user=self.object)
        return self.do(
            users.unlink, _("%(user)s has no rights by posts any more.") % {"user": self.object}, person=person
        )


class UserForm(UserStep, FormView):
    """A form about a user. Where somebody else was first it comes back with 409, on top of what is there by now."""

    template_name_suffix = "_form"
    title: Any = ""
    lead: Any = ""
    button: Any = gettext_lazy("Save")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"title": self.title, "lead": self.lead, "button": self.button}
        return super().get_context_data(object=self.object, **words, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            happened = self.act(form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
            return self.form_invalid(form)
        except IntegrityError:
            form.add_error(None, RACED)
            return self.form_invalid(form)
        if not happened:
            return self.outrun(form)
        messages.success(self.request, self.done())
        return self.back()

    def act(self, values: dict[str, Any]) -> bool:
        raise NotImplementedError

    def done(self) -> str:
        return _("“%(record)s” is saved.") % {"record": self.object}

    def outrun(self, form: Any) -> HttpResponse:
        """What was typed stands; the next submit is on top of what is there now."""
        self.object = get_object_or_404(self.get_queryset(), pk=self.object.pk)
        fresh = self.get_form_class()(**{**self.get_form_kwargs(), "data": None})
        form.data = form.data.copy()
        for name in ("seen", "seen_name", "seen_email"):
            if name in form.fields:
                form.data[name] = fresh.initial[name]
        return self.render_to_response(self.get_context_data(form=form, outrun=self.as_it_is()), status=409)

    def as_it_is(self) -> str:
        return str(self.object)


class PortalUserRole(UserForm):
    form_class = forms.RoleForm

    title = gettext_lazy("The role of the user")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.region = get_object_or_404(CultureRegion.objects.administered_by(request.user), pk=kwargs["region"])
        self.lead = str(self.region)
        return super().dispatch(request, *args, **kwargs)

    def grant(self) -> RoleGrant | None:
        return users.grant_of(self.object, self.region)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "grant": self.grant()}

    def act(self, values: dict[str, Any]) -> bool:
        role, municipality, seen = values["role"], values["municipality"], values["seen"]
        return users.set_role(
            user=self.object, region=self.region, role=role, municipality=municipality, seen=seen, by=self.request.user
        )

    def as_it_is(self) -> str:
        return users.in_words(grant) if (grant := self.grant()) else _("No role")


class PortalUserUpdate(UserForm):
    form_class = forms.AddressForm

    title = gettext_lazy("Name and e-mail")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "about": self.object}

    def act(self, values: dict[str, Any]) -> bool:
        seen = (values["seen_name"], values["seen_email"])
        return users.change_address(
            user=self.object, name=values["name"], email=values["email"], seen=seen, by=self.request.user
        )

    def as_it_is(self) -> str:
        return f"{self.object.name}, {self.object.email}"


class PortalUserFactor(UserForm):
    form_class = forms.ReasonForm

    title = gettext_lazy("Reset the two-step login")
    lead = gettext_lazy(
        "For somebody who has lost phone, passkey and recovery codes. Make sure who it is first: ring the person up on "
        "a number that you know. All logins end, and the user gets a mail."
    )
    button = gettext_lazy("Reset it")

    def act(self, values: dict[str, Any]) -> bool:
        return users.reset_second_factor(user=self.object, reason=values["reason"], by=self.request.user)

    def done(self) -> str:
        return _("The two-step login of %(user)s is reset.") % {"user": self.object}

    def as_it_is(self) -> str:
        return _("No second step is set up.")


class PortalUserLink(UserForm):
    form_class = forms.PersonLinkForm

    title = gettext_lazy("Link the user to a person")

    def act(self, values: dict[str, Any]) -> bool:
        return users.link(person=values["person"], user=self.object, by=self.request.user)

    def done(self) -> str:
        return _("%(user)s has the rights of the person's posts.") % {"user": self.object}
