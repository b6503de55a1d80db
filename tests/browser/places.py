"""All pages of the portal to look at: who opens them, at which address, and what is done there before one looks.

An address is a text, or a function of the cast where it is that of a record: one of the demo's, or one made for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Model
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from playwright.sync_api import Page

from agreements import inviting
from agreements.models import (
    AccountLine,
    AgendaItem,
    Agreement,
    Body,
    Contribution,
    Document,
    Meeting,
    MeetingDelegate,
    Membership,
    OtherParty,
    Person,
    PortalUser,
    Post,
    Purpose,
    Submission,
    UserInvitation,
)
from initiatives.models import (
    Activity,
    Indicator,
    Initiative,
    InitiativeArea,
    KeyFigure,
    Measurement,
    Milestone,
    Participation,
    ResultTarget,
    Story,
    TargetGroup,
)
from outreach.actions.marketing import confirm_url, unsubscribe_url
from outreach.actions.memos import issue
from outreach.models import (
    AgendaLayout,
    Ambassador,
    ContactNote,
    Encounter,
    FollowUp,
    GatePassage,
    Invitation,
    Measure,
    MeasureList,
    Memo,
    MemoRun,
    NetworkEvent,
    OnboardingCase,
    OpenQuestion,
    SocialLink,
    StatusNote,
    Visit,
)
from tests.browser import steps
from tests.browser.conftest import PASSWORD
from tests.conftest import Cast
from tests.factories import AgendaLayoutFactory, CommitteeFactory, MemoFactory, kulturmetropolen, municipality
from tests.factories.economy import SubmissionFactory
from tests.factories.outreach import (
    FollowUpFactory,
    InvitationFactory,
    OutgoingMailFactory,
    SubscriptionFactory,
)
from tests.factories.users import UserInvitationFactory
from tests.outreach.runs import started

type Address = str | Callable[[Cast], str]


@dataclass(frozen=True)
class Place:
    """`who` is one of the cast, and empty for those outside. `then` is done before the page is looked at."""

    who: str
    address: Address
    then: Callable[[Page], None] | None = None
    status: int = 200

    def url(self, cast: Cast) -> str:
        return self.address if isinstance(self.address, str) else self.address(cast)

    def name(self, cast: Cast) -> str:
        """That of the address, by which the table of who gets what calls it; empty for one that leads nowhere."""
        try:
            return resolve(urlsplit(self.url(cast)).path).url_name
        except Resolver404:
            return ""


def for_(who: str, *addresses: Address, status: int = 200) -> list[Place]:
    return [Place(who, address, status=status) for address in addresses]


def of(model: type[Model], page: str = "detail", *args: object, make: Callable | None = None, **which: object):
    """The page of the first such record, or of one that is made."""

    def address(cast: Cast) -> str:
        record = model.objects.filter(**which).order_by("pk").first() or make()
        return reverse(f"{model._meta.model_name}_{page}", args=[record.pk, *args])

    return address


def listed(model: type[Model], **which: object) -> list[Address]:
    """What every kind of record has: the list, a record's own page, and its form."""
    kind = model._meta.model_name
    return [lambda cast: reverse(f"{kind}_list"), *(of(model, page, **which) for page in ("detail", "update"))]


def with_query(name: str, **query: Callable) -> Address:
    return lambda cast: f"{reverse(name)}?" + "&".join(f"{key}={value().pk}" for key, value in query.items())


def path(url: str) -> str:
    return url.removeprefix(settings.SITE_URL)


# --- records that are made for a page ---------------------------------------------------------------------------------


def delegate() -> MeetingDelegate:
    return MeetingDelegate.objects.create(meeting=AgendaItem.objects.first().meeting, committee=CommitteeFactory())


def issued_memo() -> Memo:
    memo = MemoFactory()
    issue(memo=memo, by=None, version=memo.version)
    return memo


def run_with_a_fault() -> MemoRun:
    run = started("Herlev", "Køge")
    run.items.filter(municipality__name="Herlev").update(error="Notatets skrifttype mangler disse tegn: 漢.")
    return run


def planned_visit(cast: Cast) -> str:
    visit = Visit.objects.get(host__name="Greve")
    for name in ("Ishøj", "Køge"):
        visit.ambassadors.get_or_create(municipality=municipality(name))
    return visit.get_absolute_url()


def mail(**fields: str) -> Address:
    return lambda cast: OutgoingMailFactory(**fields).get_absolute_url()


def invitation_link(cast: Cast) -> str:
    email = f"aase{UserInvitation.objects.count()}@herlev.example"
    who = {"email": email, "name": "Åse Holm", "role": "staff"}
    _invitation, link = inviting.invite(region=kulturmetropolen(), **who, by=cast.admin, by_mail=False)
    return path(link)


def with_password(address: str) -> Address:
    def own(cast: Cast) -> str:
        cast.chair.set_password(PASSWORD)
        cast.chair.save()
        return address

    return own


def planned_meetings(cast: Cast) -> str:
    meeting = AgendaItem.objects.first().meeting
    return reverse("body_plan", args=[meeting.body_id, meeting.held_on.year])


def full_day(cast: Cast) -> str:
    FollowUpFactory(due_on=timezone.localdate(), owner=cast.staff)
    return "/i-dag/"


def earlier_version(cast: Cast) -> str:
    initiative = Initiative.objects.first()
    earlier = initiative.history.latest().pk
    initiative.title = "Et andet navn"
    initiative.save()
    return reverse("initiative_revert", args=[initiative.pk, earlier])


def subscribed(url: Callable, *args: object) -> Address:
    return lambda cast: path(url(SubscriptionFactory(), *args))


GRIBSKOV = {"municipality__name": "Gribskov"}
DRAFT = {"status": "draft", "make": MemoFactory}
ISSUED = {"status": "issued", "make": issued_memo}
INVITATION = {"sent_on": None, "make": lambda: InvitationFactory(case=OnboardingCase.objects.get(**GRIBSKOV))}
RUN = {"make": run_with_a_fault}

# --- the pages --------------------------------------------------------------------------------------------------------

OUTSIDE = [
    *for_("", "/log-ind/", "/log-ind/kode/", "/log-ind/lukket/", "/log-ind/afbrudt/", "/log-ind/ingen-oprettelse/"),
    *for_(
        "",
        "/glemt-adgangskode/",
        "/glemt-adgangskode/sendt/",
        "/glemt-adgangskode/skiftet/",
        "/glemt-adgangskode/1-abc/",
    ),
    *for_("", "/persondata/", "/hjaelp/", "/offentligt/kulturmetropolen/"),
    *for_("", "/offentligt/kulturmetropolen/status/0175/2026-10/"),
    *for_("", "/offentligt/kulturmetropolen/nyhedsbrev/"),
    *for_("", subscribed(confirm_url, timezone.now()), subscribed(unsubscribe_url)),
    *for_("", subscribed(confirm_url, timezone.now() - timedelta(days=8)), status=410),
    *for_("", "/offentligt/kulturmetropolen/status/0163/2026-10/", status=410),
    *for_("", "/velkommen/", "/was", status=404),
    Place("", subscribed(unsubscribe_url), then=steps.sent_in_place),
    Place("", "/offentligt/kulturmetropolen/nyhedsbrev/", then=steps.refused),
    Place("", "/log-ind/", then=steps.refused),
    Place("", "/log-ind/kode/", then=steps.code_asked_for),
    *for_("", invitation_link),
    Place("", invitation_link, then=steps.unequal_passwords),
    Place("", invitation_link, then=steps.withdrawn_meanwhile),
]
AGREEMENT = [
    *(address for model in (Agreement, Purpose, Membership, Body, Meeting, Person, Post) for address in listed(model)),
    *(address for model in (Document, OtherParty, Contribution, AccountLine) for address in listed(model)),
    *(of(Agreement, page) for page in ("economy", "deadlines", "copy", "delete", "history")),
    of(Agreement, "year", 2021),
    "/aftaler/slettede/",
    "/indberetninger/opret/",
    of(Submission, "update", make=SubmissionFactory),
    "/kommuner/",
    "/kommuner/0175/",
    "/kommuner/0175/regnskab/",
    "/kommuner/0175/regnskab/?fra=31-02-2021",
]
DOING = [
    *(address for model in (InitiativeArea, ResultTarget, Initiative, Indicator) for address in listed(model)),
    *(address for model in (Measurement, KeyFigure, TargetGroup, Activity) for address in listed(model)),
    *(address for model in (Story, Milestone) for address in listed(model)),
    *(of(Story, page) for page in ("delete", "history")),
    of(Activity, "share"),
    of(Story, "share", picture__gt=""),
    of(Story, "send", title__startswith="»Jeg kan gå op"),
    of(Story, "send", title__startswith="Tolv unge"),
    "/historier/slettede/",
    "/hvem-er-med/",
    "/hvem-er-med/slettede/",
    of(Participation, "history"),
    lambda cast: f"/hvem-er-med/{Participation.objects.first().initiative_id}/0260/",
    earlier_version,
]
REACHING_OUT = [
    *(
        address
        for model in (Measure, Visit, StatusNote, NetworkEvent, ContactNote, FollowUp, SocialLink)
        for address in listed(model)
    ),
    *(of(MeasureList, page) for page in ("update", "agenda")),
    "/tiltag/liste/opret/",
    *(of(OpenQuestion, page) for page in ("update", "answer")),
    with_query("openquestion_create", tiltag=Measure.objects.first),
    planned_visit,
    lambda cast: f"{planned_visit(cast)}rediger/?regnskab",
    *(of(Visit, page, host__name="Greve") for page in ("invite", "cancel")),
    of(Ambassador, "update"),
    with_query("ambassador_create", besoeg=Visit.objects.first),
    of(Visit, host__name="Roskilde"),
    of(Visit, host__name="Gribskov"),
    of(Visit, "invite", host__name="Gribskov"),
    "/besoeg/daekning/",
    *("/ure/", "/ure/?tilstand=roed", "/ure/log-moede/"),
    *(of(StatusNote, status=status) for status in ("requested", "draft", "approved", "withdrawn")),
    of(StatusNote, "redraft", status="draft"),
    of(StatusNote, "withdraw", status="approved"),
    with_query("encounter_create", begivenhed=NetworkEvent.objects.first),
    of(Encounter, "update", municipality__name="Greve"),
    with_query("followup_create", samtale=Encounter.objects.first),
    of(FollowUp, done_on__isnull=False),
    *("/kontakter/kommuner/", "/kontakter/historier/", "/nyhedsbrev/", "/nyhedsbrev/hvem-mangler/"),
]
MEMOS = [
    "/notater/",
    *("/notater/opret/", *(f"/notater/opret/?slags={kind}" for kind in Memo.Kind)),
    *(of(Memo, page, **DRAFT) for page in ("detail", "update", "preview", "issue")),
    *(of(Memo, page, **ISSUED) for page in ("detail", "item", "withdraw")),
    *("/notater/udsendelser/", "/notater/udsendelser/opret/"),
    *(of(MemoRun, page, **RUN) for page in ("detail", "history")),
    *listed(AgendaLayout, make=AgendaLayoutFactory),
]
EVERY_DAY = [
    *("/", full_day, "/i-dag/?alle", "/min-profil/", "/kalender/", "/post/"),
    mail(status="failed", error="Ukendt modtager"),
    mail(error="Der er ikke sat en mailserver op."),
    *("/soeg/", "/soeg/?q=unges+musik", "/soeg/?q=findesikke", f"/soeg/?q={'x' * 201}"),
]
# the others are their forms with nothing in them
EMPTY_FORMS = ["/aftaler/opret/", "/aktiviteter/opret/", "/historier/opret/", "/statusnotater/opret/"]
STEPS = [
    Place("staff", "/#menu", then=steps.with_folds_open),
    Place("staff", "/kalender/", then=steps.sent_in_place),
    Place("staff", "/aktiviteter/", then=steps.with_tables_open),
    Place("staff", "/ure/", then=steps.with_tables_open),
    Place("staff", of(MeasureList, "agenda"), then=steps.on_a_new_agenda),
    Place("staff", "/notater/udsendelser/opret/", then=steps.recipients),
    Place("staff", "/hvem-er-med/", then=steps.cell_open),
    Place("staff", "/hvem-er-med/", then=steps.cell_refused),
    Place("staff", "/kontakter/opret/", then=steps.refused),
    Place("staff", "/indsatser/opret/", then=steps.wrong_date),
    Place("staff", of(Initiative, "update"), then=steps.conflict),
    Place("staff", "/indsatser/#menu", then=steps.with_two_agreements),
]
ADMINISTRATION = [
    "/",
    lambda cast: AgendaItem.objects.first().meeting.get_absolute_url(),
    of(AgendaItem, "update"),
    with_query("agendaitem_create", moede=Meeting.objects.first),
    with_query("meetingdelegate_create", moede=Meeting.objects.first),
    of(MeetingDelegate, "update", make=delegate),
    planned_meetings,
    "/poster/bekraeft/",
    of(Initiative, "document"),
    *("/importer/", "/importer/kommuner/", "/importer/aktiviteter/"),
    *("/indslusning/", "/indslusning/?q=findes-ikke", "/indslusning/opret/"),
    *(of(OnboardingCase, page, **GRIBSKOV) for page in ("detail", "update", "decline", "pause", "contact")),
    of(OnboardingCase, "gate", "council", **GRIBSKOV),
    lambda cast: of(OnboardingCase, "guest", cast.guest.role_grants.get().pk, **GRIBSKOV)(cast),
    *(of(GatePassage, page) for page in ("update", "history")),
    with_query("invitation_create", sag=OnboardingCase.objects.first),
    *(of(Invitation, page, **INVITATION) for page in ("update", "send")),
    "/brugere/",
    *(of(PortalUser, page, email="chair@cast.example") for page in ("detail", "update", "close", "factor")),
    lambda cast: reverse("portaluser_role", args=[cast.chair.pk, kulturmetropolen().pk]),
    of(PortalUser, "link", email="staff@cast.example"),
    *("/brugere/invitationer/", "/brugere/invitationer/opret/?rolle=guest"),
    of(UserInvitation, make=UserInvitationFactory),
    *("/hjaelp/", "/hjaelp/gaest/", "/hjaelp/ordliste/#trin", "/administration/haendelser/?emne=login", "/persondata/"),
    lambda cast: f"/persondata/person/{cast.chair.person.pk}/",
    lambda cast: f"/persondata/bruger/{cast.admin.pk}/",
    lambda cast: f"/persondata/person/{cast.chair.person.pk}/slet/",
]
OWN = [
    "/adgangskode/vaelg/",
    *("/konto/", "/konto/totrin/", "/konto/totrin/app/", "/konto/totrin/koder/nye/"),
    *("/konto/adgangsnoegler/", "/konto/adgangsnoegler/tilfoej/", "/konto/enheder/"),
    *(with_password(address) for address in ("/adgangskode/", "/konto/bekraeft/")),
]

PLACES = [
    *OUTSIDE,
    *for_("staff", *EVERY_DAY, *EMPTY_FORMS, *AGREEMENT, *DOING, *REACHING_OUT, *MEMOS),
    *STEPS,
    *for_("admin", *ADMINISTRATION),
    Place("admin", "/importer/aktiviteter/", then=steps.wrong_file),
    Place("admin", lambda cast: f"/persondata/person/{cast.chair.person.pk}/slet/", then=steps.refused),
    *for_("chair", "/", "/statusnotater/bed-om/", "/kommuner/0175/", *OWN),
    *for_("chair", "/findes-ikke/", status=404),
    *for_("chair", "/indsatser/opret/", status=403),
    *for_("culture_head", "/"),
    *for_("guest", "/"),
]
