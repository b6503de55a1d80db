import django_filters
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.filters.regional import AdminFilter, municipality_filter
from agreements.models import Municipality, PortalUser, Post, RoleGrant, UserInvitation
from kulturmetropol.accounts.second_factor import FACTORS
from kulturmetropol.filters import Order

YES_NO = [("ja", _("Yes")), ("nej", _("No"))]
SECOND_FACTOR = Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS))


class PortalUserFilter(AdminFilter):
    rolle = django_filters.ChoiceFilter(method="with_role", choices=UserInvitation.Role, label=_("Role"))
    kommune = django_filters.ModelChoiceFilter(
        method="of_municipality", to_field_name="code", queryset=Municipality.objects.all(), label=_("Municipality")
    )
    aktiv = django_filters.ChoiceFilter(method="is_open", choices=YES_NO, label=_("Account open"))
    totrin = django_filters.ChoiceFilter(method="with_factor", choices=YES_NO, label=_("Two-step login"))
    sorter = Order(navn=("name", _("Name")), mail=("email", _("E-mail")), sidst=("last_login", _("Last login")))
    search_fields = ("name", "email")

    class Meta:
        model = PortalUser
        fields: list[str] = []

    def _regions(self) -> set[int]:
        """Where a role or a post has to be: what is asked for beside a culture region is meant there."""
        chosen = self.form.cleaned_data.get("kulturregion")
        return {chosen.pk} if chosen else access.roles(self.request.user).administered

    def in_region(self, queryset, name, value):
        return queryset.of_regions({value.pk})

    def with_role(self, queryset, name, value):
        if value == UserInvitation.Role.POST:
            posts = Post.objects.current(timezone.localdate()).filter(
                kind__in=access.READING_POSTS, person__user=OuterRef("pk"), person__culture_region__in=self._regions()
            )
            return queryset.filter(Exists(posts))
        grants = RoleGrant.objects.filter(user=OuterRef("pk"), role=value, culture_region__in=self._regions())
        return queryset.filter(Exists(grants))

    def of_municipality(self, queryset, name, value):
        """Guests of it, and those who hold a post in it or in a body of it today."""
        grants = RoleGrant.objects.filter(user=OuterRef("pk"), municipality=value, culture_region__in=self._regions())
        posts = Post.objects.current(timezone.localdate()).filter(
            Q(municipality=value) | Q(body__municipality=value),
            person__user=OuterRef("pk"),
            person__culture_region__in=self._regions(),
        )
        return queryset.filter(Exists(grants) | Exists(posts))

    def is_open(self, queryset, name, value):
        return queryset.filter(is_active=value == "ja")

    def with_factor(self, queryset, name, value):
        return queryset.filter(SECOND_FACTOR if value == "ja" else ~SECOND_FACTOR)


class UserInvitationFilter(AdminFilter):
    tilstand = django_filters.ChoiceFilter(method="in_state", choices=UserInvitation.State, label=_("State"))
    rolle = django_filters.ChoiceFilter(field_name="role", choices=UserInvitation.Role, label=_("Role"))
    kommune = municipality_filter()
    sorter = Order(
        navn=("name", _("Name")),
        mail=("email", _("E-mail")),
        sendt=("sent_at", _("Sent")),
        slut=("expires_at", _("Ends")),
    )
    search_fields = ("name", "email")

    class Meta:
        model = UserInvitation
        fields: list[str] = []

    def in_region(self, queryset, name, value):
        return queryset.filter(culture_region=value)

    def in_state(self, queryset, name, value):
        return queryset.in_state(value, timezone.now())
