from itertools import groupby

from django.utils import timezone

from agreements import access, tilemap, timeline
from agreements.deadlines import deadlines
from agreements.filters import agreement as filters
from agreements.forms import agreement as forms
from agreements.imports import MUNICIPALITY_COLUMNS, PERSON_COLUMNS, MunicipalityImport, PersonImport
from agreements.models import Agreement, Body, Meeting, MeetingDelegate, Membership, Municipality, Person, Purpose
from agreements.models.bodies import last_year
from agreements.models.papers import in_order
from kulturmetropol.views import CreatePage, DetailPage, ListPage, UpdatePage


class AgreementList(ListPage):
    model = Agreement
    filterset_class = filters.AgreementFilter
    export_columns = [
        ("kulturregion", "culture_region.name"),
        ("navn", "name"),
        ("status", "get_status_display"),
        ("starter", "starts_on"),
        ("slutter", "ends_on"),
        ("journalnummer", "case_number"),
        ("oplyst_medlemstal", "stated_member_count"),
        ("retsgrundlag", "legal_basis"),
        ("mission", "mission"),
        ("vision", "vision"),
    ]


class AgreementDetail(DetailPage):
    model = Agreement

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        members = self.object.memberships.on(max(today, self.object.starts_on))
        areas = list(self.object.areas.prefetch_related("targets", "milestones"))
        return super().get_context_data(
            members=members.select_related("municipality"),
            purposes=self.object.purposes.all(),
            areas=areas,
            timeline=self.timeline(areas, today),
            years=range(self.object.starts_on.year, self.object.ends_on.year + 1),
            accounts=self.own_members(),
            other_parties=self.object.other_parties.all(),
            documents=in_order(self.object.documents.all()),
            **kwargs,
        )

    def timeline(self, areas, today):
        """The region's own bodies each have a lane; committees of municipalities have none."""
        agreement = self.object
        meetings = (
            Meeting.objects.filter(body__culture_region=agreement.culture_region_id, body__municipality=None)
            .filter(held_on__range=(agreement.starts_on, agreement.ends_on))
            .exclude(status=Meeting.Status.CANCELLED)
            .select_related("body")
            .order_by("body__name", "held_on")
        )
        of_bodies = [list(group) for _body, group in groupby(meetings, key=lambda each: each.body_id)]
        return timeline.timeline(
            agreement,
            [
                *[timeline.of_meetings(each, today) for each in of_bodies],
                timeline.of_milestones(milestone for area in areas for milestone in area.milestones.all()),
                timeline.of_deadlines(deadlines(agreement, agreement.submissions.all()), today),
            ],
            today,
        )

    def own_members(self):
        """The members whose account is the user's own: of the municipalities that the user represents."""
        represented = access.roles(self.request.user).represented
        own = {municipality for region, municipality in represented if region == self.object.culture_region_id}
        return Municipality.objects.filter(memberships__agreement=self.object, pk__in=own) if own else []


class AgreementCreate(CreatePage):
    model = Agreement
    form_class = forms.AgreementForm


class AgreementUpdate(UpdatePage):
    model = Agreement
    form_class = forms.AgreementForm


class PurposeList(ListPage):
    model = Purpose
    filterset_class = filters.PurposeFilter
    export_columns = [
        ("aftale", "agreement.name"),
        ("nummer", "position"),
        ("formål", "text"),
    ]

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
    export_columns = [
        ("aftale", "agreement.name"),
        ("kommunekode", "municipality.code"),
        ("kommune", "municipality.name"),
        ("indbyggere", "municipality.population"),
        ("medlem_fra", "joined_on"),
        ("udtrådt", "left_on"),
        ("fortsætter", "continues"),
        ("beslutning_dato", "council_decided_on"),
        ("beslutning_sagsnummer", "council_case_number"),
        ("kilde", "source"),
    ]

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
    export_columns = MUNICIPALITY_COLUMNS
    import_kind = MunicipalityImport
    paginate_by = 98  # the whole register: it never grows

    def get_context_data(self, **kwargs):
        members = tilemap.members(self.request.user)
        return super().get_context_data(map=tilemap.of_members(members), members=members, **kwargs)


class MunicipalityDetail(DetailPage):
    model = Municipality
    slug_field = slug_url_kwarg = "code"

    def get_context_data(self, **kwargs):
        user = self.request.user
        memberships = list(
            Membership.objects.visible_to(user).filter(municipality=self.object).select_related("agreement")
        )
        return super().get_context_data(
            memberships=memberships,
            has_account=any(
                access.may_see_account(user, each.agreement.culture_region_id, self.object.pk) for each in memberships
            ),
            bodies=Body.objects.visible_to(user).about_chosen(user).filter(municipality=self.object),
            may_edit=access.may_edit(user),
            **kwargs,
        )


class BodyList(ListPage):
    model = Body
    filterset_class = filters.BodyFilter
    export_columns = [
        ("kulturregion", "culture_region.name"),
        ("art", "get_kind_display"),
        ("navn", "name"),
        ("kommunekode", "municipality.code"),
        ("kommune", "municipality.name"),
        ("måneder_mellem_status", "status_interval_months"),
    ]


class BodyDetail(DetailPage):
    model = Body

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            meetings=self.object.meetings.all()[:50],
            posts=self.object.posts.current(timezone.localdate()).select_related("person"),
            plan_after=(plan_after := last_year(self.object)),
            plan_for=plan_after and plan_after + 1,
            **kwargs,
        )


class BodyCreate(CreatePage):
    model = Body
    form_class = forms.BodyForm
    initial_from = {"kommune": "municipality", "art": "kind"}


class BodyUpdate(UpdatePage):
    model = Body
    form_class = forms.BodyForm


class MeetingList(ListPage):
    model = Meeting
    filterset_class = filters.MeetingFilter
    export_columns = [
        ("kulturregion", "body.culture_region.name"),
        ("organ", "body.name"),
        ("kommunekode", "body.municipality.code"),
        ("kommune", "body.municipality.name"),
        ("dato", "held_on"),
        ("tidspunkt", "starts_at"),
        ("sted", "place"),
        ("status", "get_status_display"),
        ("hvad_sker", "announcement"),
    ]


class MeetingDetail(DetailPage):
    model = Meeting

    def get_context_data(self, **kwargs):
        delegates = self.object.delegates.select_related("committee__municipality")
        return super().get_context_data(
            delegates=delegates,
            agenda_items=self.object.agenda_items.all(),
            documents=in_order(self.object.documents.all()),
            **kwargs,
        )


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
    export_columns = PERSON_COLUMNS
    import_kind = PersonImport


class PersonDetail(DetailPage):
    model = Person

    def get_context_data(self, **kwargs):
        posts = self.object.posts.select_related("body__municipality", "municipality")
        may_invite = access.may_administer(self.request.user, self.object.culture_region_id)
        return super().get_context_data(posts=posts, may_invite=may_invite, **kwargs)


class PersonCreate(CreatePage):
    model = Person
    form_class = forms.PersonForm


class PersonUpdate(UpdatePage):
    model = Person
    form_class = forms.PersonForm
