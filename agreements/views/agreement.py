from django.utils import timezone

from kulturmetropol.views import CreatePage, DetailPage, ListPage, UpdatePage

from . import filters, forms, tilemap
from .models import Agreement, Body, Meeting, MeetingDelegate, Membership, Municipality, Person, Purpose


class AgreementList(ListPage):
    model = Agreement
    filterset_class = filters.AgreementFilter


class AgreementDetail(DetailPage):
    model = Agreement

    def get_context_data(self, **kwargs):
        members = self.object.memberships.on(max(timezone.localdate(), self.object.starts_on))
        return super().get_context_data(
            members=members.select_related("municipality"),
            purposes=self.object.purposes.all(),
            areas=self.object.areas.prefetch_related("targets"),
            **kwargs,
        )


class AgreementCreate(CreatePage):
    model = Agreement
    form_class = forms.AgreementForm


class AgreementUpdate(UpdatePage):
    model = Agreement
    form_class = forms.AgreementForm


class PurposeList(ListPage):
    model = Purpose
    filterset_class = filters.PurposeFilter

    def get_queryset(self):
        return super().get_queryset().select_related("agreement__culture_region")


class PurposeDetail(DetailPage):
    model = Purpose


class PurposeCreate(CreatePage):
    model = Purpose
    form_class = forms.PurposeForm
    initial_from = {"aftale": "agreement"}


class PurposeUpdate(UpdatePage):
    model = Purpose
    form_class = forms.PurposeForm


class MembershipList(ListPage):
    model = Membership
    filterset_class = filters.MembershipFilter

    def get_queryset(self):
        return super().get_queryset().select_related("municipality", "agreement")


class MembershipDetail(DetailPage):
    model = Membership


class MembershipCreate(CreatePage):
    model = Membership
    form_class = forms.MembershipForm
    initial_from = {"aftale": "agreement"}


class MembershipUpdate(UpdatePage):
    model = Membership
    form_class = forms.MembershipForm


class MunicipalityList(ListPage):
    model = Municipality
    filterset_class = filters.MunicipalityFilter
    paginate_by = 98  # the whole register: it never grows

    def get_context_data(self, **kwargs):
        members = tilemap.members(self.request.user)
        return super().get_context_data(tiles=tilemap.tiles(members), members=members, **kwargs)


class MunicipalityDetail(DetailPage):
    model = Municipality
    slug_field = slug_url_kwarg = "code"

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(
            memberships=Membership.objects.visible_to(user)
            .filter(municipality=self.object)
            .select_related("agreement"),
            bodies=Body.objects.visible_to(user).filter(municipality=self.object),
            **kwargs,
        )


class BodyList(ListPage):
    model = Body
    filterset_class = filters.BodyFilter


class BodyDetail(DetailPage):
    model = Body

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            meetings=self.object.meetings.all()[:50],
            posts=self.object.posts.current(timezone.localdate()).select_related("person"),
            **kwargs,
        )


class BodyCreate(CreatePage):
    model = Body
    form_class = forms.BodyForm


class BodyUpdate(UpdatePage):
    model = Body
    form_class = forms.BodyForm


class MeetingList(ListPage):
    model = Meeting
    filterset_class = filters.MeetingFilter


class MeetingDetail(DetailPage):
    model = Meeting

    def get_context_data(self, **kwargs):
        delegates = self.object.delegates.select_related("committee__municipality")
        return super().get_context_data(delegates=delegates, **kwargs)


class MeetingCreate(CreatePage):
    model = Meeting
    form_class = forms.MeetingForm
    initial_from = {"organ": "body"}


class MeetingUpdate(UpdatePage):
    model = Meeting
    form_class = forms.MeetingForm


class MeetingDelegateCreate(CreatePage):
    model = MeetingDelegate
    form_class = forms.MeetingDelegateForm
    initial_from = {"moede": "meeting"}


class MeetingDelegateUpdate(UpdatePage):
    model = MeetingDelegate
    form_class = forms.MeetingDelegateForm


class PersonList(ListPage):
    model = Person
    filterset_class = filters.PersonFilter


class PersonDetail(DetailPage):
    model = Person

    def get_context_data(self, **kwargs):
        posts = self.object.posts.select_related("body__municipality", "municipality")
        return super().get_context_data(posts=posts, **kwargs)


class PersonCreate(CreatePage):
    model = Person
    form_class = forms.PersonForm


class PersonUpdate(UpdatePage):
    model = Person
    form_class = forms.PersonForm
