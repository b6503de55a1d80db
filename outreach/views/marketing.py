"""B4: who gets the newsletter and who ought to, and the region's own channels."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from agreements import access
from agreements.models import CultureRegion
from kulturmetropol import spreadsheets
from kulturmetropol.views import CreatePage, DetailPage, ListPage, UpdatePage, in_full_order
from outreach import readership
from outreach.actions import marketing as actions
from outreach.filters import marketing as filters
from outreach.forms.marketing import SocialLinkForm
from outreach.models import SocialLink, Subscription
from outreach.models.marketing import STATES


class SocialLinkList(ListPage):
    model = SocialLink
    filterset_class = filters.SocialLinkFilter
    export_columns = [("kulturregion", "culture_region.name"), ("kanal", "get_channel_display"), ("adresse", "url")]


class SocialLinkDetail(DetailPage):
    model = SocialLink


class SocialLinkCreate(CreatePage):
    model = SocialLink
    form_class = SocialLinkForm


class SocialLinkUpdate(UpdatePage):
    model = SocialLink
    form_class = SocialLinkForm


class SubscriptionList(ListPage):
    """What is exported are the confirmed addresses alone, however the list is filtered."""

    model = Subscription
    filterset_class = filters.SubscriptionFilter

    def export(self, format):
        if format not in spreadsheets.FORMATS:
            raise Http404
        subscribers = in_full_order(self.get_queryset().confirmed())
        self.tell_of_export(_("Newsletter"), subscribers, is_personal=True)
        return spreadsheets.FORMATS[format](
            spreadsheets.file_name(str(_("Newsletter"))),
            ["e-mail", "bekræftet", "afmeldingslink"],
            ([each.email, each.confirmed_at, actions.unsubscribe_url(each)] for each in subscribers.iterator()),
        )

    def get_context_data(self, **kwargs):
        counts = self.get_queryset().aggregate(**{state: Count("pk", filter=which) for state, which in STATES.items()})
        return super().get_context_data(
            counts=counts,
            regions=CultureRegion.objects.editable_by(self.request.user),
            social_links=SocialLink.objects.visible_to(self.request.user),
            missing_count=len(missing(self.request.user)[0]),
            **kwargs,
        )


def missing(user) -> tuple[list[readership.Reader], int]:
    """Those who do not get the newsletter, and how many ought to."""
    readers = readership.readers(user, timezone.localdate())
    return [each for each in readers if each.state != "confirmed"], len(readers)


class SubscriptionMissing(View):
    """Who of KMP and KMK does not get the newsletter, and inviting them."""

    def dispatch(self, request: HttpRequest, *args, **kwargs):
        if not access.may_edit(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        found, of_all = missing(request.user)
        context = {
            "model_name": "subscription",  # the menu shows where one is
            "missing": found,
            "to_invite": sum(each.can_be_invited for each in found),
            "reading": of_all - len(found),
            "of_all": of_all,
        }
        return render(request, "outreach/subscription_missing.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Invites the person named, or everybody whom one can invite."""
        chosen = request.POST.get("person", "")
        invited = 0
        for each in missing(request.user)[0]:
            if each.can_be_invited and chosen in {"", str(each.person.pk)}:
                actions.invite(person=each.person, email=each.email)
                invited += 1
        if invited:
            done = ngettext("%(count)d person is invited.", "%(count)d people are invited.", invited)
            messages.success(request, done % {"count": invited})
        else:
            messages.warning(request, _("Nobody was invited: who has been invited this month is not asked again."))
        return redirect("subscription_missing")
