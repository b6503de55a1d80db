"""Who gets what at every address. An outsider gets 404, a reader who may not write 403, the anonymous a login page."""

from urllib.parse import quote
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from agreements.models import MeetingDelegate, Municipality, PortalUser, Post, RoleGrant
from outreach.actions.marketing import confirm_url, unsubscribe_url
from outreach.actions.memos import issue
from outreach.models import Memo
from tests.factories import (
    AgendaLayoutFactory,
    AgreementFactory,
    BodyFactory,
    CommitteeFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    MeetingFactory,
    MembershipFactory,
    MemoFactory,
    MemoRunFactory,
    PersonFactory,
    PurposeFactory,
    ResultTargetFactory,
    kulturmetropolen,
)
from tests.factories.doing import (
    ActivityFactory,
    MilestoneFactory,
    ParticipationFactory,
    StoryFactory,
    TargetGroupFactory,
    picture,
)
from tests.factories.economy import (
    AccountLineFactory,
    ContributionFactory,
    OtherPartyFactory,
    SubmissionFactory,
)
from tests.factories.governance import AgendaItemFactory, DocumentFactory, PostFactory
from tests.factories.measuring import IndicatorFactory, KeyFigureFactory, MeasurementFactory
from tests.factories.outreach import (
    AmbassadorFactory,
    ContactNoteFactory,
    EncounterFactory,
    FollowUpFactory,
    GatePassageFactory,
    InvitationFactory,
    MeasureFactory,
    MeasureListFactory,
    NetworkEventFactory,
    OnboardingCaseFactory,
    OpenQuestionFactory,
    OutgoingMailFactory,
    SocialLinkFactory,
    StatusNoteFactory,
    SubscriptionFactory,
    VisitFactory,
)
from tests.factories.users import RoleGrantFactory, UserInvitationFactory
from tests.kulturmetropol.access_table import ENTRANCE, ISSUED_MEMO, OWN_ACCOUNT, ROLES, TABLE
from tests.pages import heading, offered, parse, records


def issued_memo() -> Memo:
    memo = MemoFactory()
    issue(memo=memo, by=None, version=memo.version)
    return memo


# by the kind in the name of an address, or by all of the name where its page is about another record
RECORDS = {
    "agreement": AgreementFactory,
    "purpose": PurposeFactory,
    "membership": MembershipFactory,
    "body": BodyFactory,
    "meeting": MeetingFactory,
    "meetingdelegate": lambda: MeetingDelegate.objects.create(meeting=MeetingFactory(), committee=CommitteeFactory()),
    "person": PersonFactory,
    "post": PostFactory,
    "agendaitem": AgendaItemFactory,
    "document": DocumentFactory,
    "otherparty": OtherPartyFactory,
    "contribution": ContributionFactory,
    "accountline": AccountLineFactory,
    "submission": SubmissionFactory,
    "initiativearea": InitiativeAreaFactory,
    "resulttarget": ResultTargetFactory,
    "initiative": InitiativeFactory,
    "indicator": IndicatorFactory,
    "measurement": MeasurementFactory,
    "keyfigure": KeyFigureFactory,
    "activity": lambda: ActivityFactory(places=["Køge"]),
    "targetgroup": TargetGroupFactory,
    "story": lambda: StoryFactory(picture=picture(), picture_text="En flade"),
    "milestone": MilestoneFactory,
    "participation": ParticipationFactory,
    "memo": MemoFactory,
    "memo_correct": issued_memo,
    "memo_withdraw": issued_memo,
    "memorun": MemoRunFactory,
    "agendalayout": AgendaLayoutFactory,
    "measure": MeasureFactory,
    "measurelist": MeasureListFactory,
    "onboardingcase": OnboardingCaseFactory,
    "gatepassage": GatePassageFactory,
    "invitation": InvitationFactory,
    "visit": VisitFactory,
    "ambassador": AmbassadorFactory,
    "networkevent": NetworkEventFactory,
    "encounter": EncounterFactory,
    "contactnote": ContactNoteFactory,
    "followup": FollowUpFactory,
    "openquestion": OpenQuestionFactory,
    "statusnote": StatusNoteFactory,
    "clock": CommitteeFactory,
    "outgoingmail": OutgoingMailFactory,
    "sociallink": SocialLinkFactory,
    "subscription": SubscriptionFactory,
}
RECORDS |= {
    "portaluser": lambda: PortalUser.objects.get(pk=RoleGrantFactory().user_id),
    "userinvitation": UserInvitationFactory,
}
ARGUMENTS = {
    "welcome_link": ["gaettet"],
    "help_guide": ["sekretariat"],
    "account_reset_password_from_key": ["1", "abc-def"],
    "openid_connect_login": ["ukendt"],
    "openid_connect_callback": ["ukendt"],
    "mfa_edit_webauthn": [1],
    "mfa_remove_webauthn": [1],
    "device_end": [1],
}
WITHOUT_RECORD = {"start", "search", "calendar", "calendar_renew", "choose_agreement", *ENTRANCE, *OWN_ACCOUNT}
WITHOUT_RECORD |= {"privacy", "privacy_own", "language", "help", "glossary", "accessibility_statement"}
WITHOUT_RECORD |= {"contact_overview", "unsent_stories", "visit_coverage"}
WITHOUT_RECORD |= {"statusnote_ask", "clock_log"}
WITHOUT_RECORD |= {"today", "profile", "subscription_missing", "healthz", "readyz", "style_page"}
WITHOUT_RECORD |= {"welcome"}
PUBLIC = {*ENTRANCE, "welcome", "welcome_link", "calendar_feed", "public_region", "public_status"}
PUBLIC |= {
    "healthz",
    "readyz",
    "privacy",
    "language",
    "help",
    "help_guide",
    "glossary",
    "accessibility_statement",
    "style_page",
}
PUBLIC |= {"newsletter_signup", "newsletter_confirm", "newsletter_unsubscribe"}


def names(resolver=None) -> list[str | None]:
    found = []
    for pattern in (resolver or get_resolver()).url_patterns:
        found += names(pattern) if isinstance(pattern, URLResolver) else [pattern.name]
    return found


def test_every_address_is_in_the_table():
    assert sorted(map(str, names())) == sorted(TABLE)


def address(name: str) -> str:
    """The address of the page, of a new record of Kulturmetropolen where the page is about one."""
    kind, _, page = name.partition("_")
    if name in ARGUMENTS:
        return reverse(name, args=ARGUMENTS[name])
    if name in WITHOUT_RECORD or page in {"list", "create", "deleted"}:
        return reverse(name)
    if kind == "municipality":
        return reverse(name, args=["0175"])
    if kind == "import":
        return reverse(name, args={"list": [], "check": ["personer", uuid4()]}.get(page, ["personer"]))
    if name == "post_confirm":
        return reverse(name)
    if name == "body_plan":
        meeting = MeetingFactory()
        return reverse(name, args=[meeting.body_id, meeting.held_on.year])
    if name == "calendar_feed":
        return reverse(name, args=["guessed.secret"])
    if name == "public_region":
        return reverse(name, args=["kulturmetropolen"])
    if name == "newsletter_signup":
        return reverse(name, args=["kulturmetropolen"])
    if kind == "newsletter":
        subscription = SubscriptionFactory()
        confirm, unsubscribe = confirm_url(subscription, timezone.now()), unsubscribe_url(subscription)
        return (confirm if page == "confirm" else unsubscribe).removeprefix(settings.SITE_URL)
    if name == "public_status":
        return StatusNoteFactory(status="published", published_on=timezone.localdate()).public_path
    if kind == "privacy":
        return reverse(name, args=["person", PersonFactory().pk])
    if name == "kept_file":
        return reverse(name, args=["guessed"])
    record = RECORDS[name if name in RECORDS else kind]()
    if name == "agreement_year":
        return reverse(name, args=[record.pk, record.starts_on.year])
    if page == "gate":
        return reverse(name, args=[record.pk, "contacted"])
    if page == "guest":
        grant = RoleGrant.objects.get(user__email="guest@cast.example")
        case = OnboardingCaseFactory(agreement=AgreementFactory(), municipality=grant.municipality)
        return reverse(name, args=[case.pk, grant.pk])
    if page == "cell":
        return reverse(name, args=[record.initiative_id, record.municipality.code])
    if page == "revert":
        return reverse(name, args=[record.pk, record.history.latest().pk])
    if name == "portaluser_role":
        return reverse(name, args=[record.pk, kulturmetropolen().pk])
    if page == "restore":
        record.delete()
        return reverse(name, args=[record.history.model.objects.latest().pk])
    return reverse(name, args=[record.pk])


def answers(log_in, cast, url: str) -> dict[str, dict[str, int]]:
    """By method and role the status; the next role finds things as they were."""
    found = {"get": {}, "post": {}}
    for role in ROLES:
        client = log_in(None if role == "anonymous" else getattr(cast, role))
        for method in found:
            with transaction.atomic():
                response = getattr(client, method)(url)
                transaction.set_rollback(True)
            found[method][role] = response.status_code
            if role == "anonymous" and response.status_code == 302 and resolve(url).url_name not in PUBLIC:
                assert response.url == f"/log-ind/?next={quote(url)}"
    return found


@pytest.mark.once  # each page is opened on both databases by tests of its own
@pytest.mark.parametrize("name", TABLE)
def test_every_role_gets_what_the_table_says(log_in, cast, name):
    assert answers(log_in, cast, address(name)) == TABLE[name]


@pytest.mark.once
def test_an_issued_memo_is_there_for_who_it_is_for(log_in, cast):
    memo = issued_memo()
    for page, expected in ISSUED_MEMO.items():
        assert answers(log_in, cast, reverse(f"memo_{page}", args=[memo.pk])) == expected, page


LISTS = [name for name in TABLE if name.endswith("_list") and name not in OWN_ACCOUNT]


@pytest.mark.parametrize(
    "name", sorted({*LISTS} - {"municipality_list", "story_list", "import_list", "auditevent_list", "portaluser_list"})
)  # stories stand on cards
@pytest.mark.parametrize("role", ["outsider", "outside_admin"])
def test_lists_show_nothing_of_another_region(log_in, cast, name, role):
    RECORDS[name.removesuffix("_list")]()
    assert records(log_in(getattr(cast, role)).get(reverse(name), follow=True)) == []
    assert len(records(log_in(cast.admin).get(reverse(name), follow=True))) > 0


def test_municipalities_are_shared_but_not_who_is_a_member(log_in, cast):
    response = log_in(cast.outsider).get("/kommuner/")
    assert len(records(response)) == Municipality.objects.count() == 98
    assert "Medlem" not in {(cell.text or "").strip() for cell in parse(response).iter("span")}
    detail = log_in(cast.outsider).get("/kommuner/0175/").content.decode()
    assert "Ikke medlem af nogen aftale." in detail
    assert "Kultur- og Fritidsudvalget" not in detail


def test_forms_offer_nothing_of_another_region(log_in, cast):
    person, area, committee = PersonFactory(), InitiativeAreaFactory(), CommitteeFactory()
    outsider = log_in(cast.outsider)
    for url, field, foreign in [
        ("/indsatser/opret/", "manager", person),
        ("/indsatser/opret/", "area", area),
        ("/notater/opret/?slags=status", "committee", committee),
        ("/moeder/opret/", "body", committee),
    ]:
        assert set(offered(outsider.get(url), field)) <= {""}
        assert str(foreign.pk) in offered(log_in(cast.staff).get(url), field)


@pytest.mark.parametrize(
    ("status", "title", "text"),
    [
        (404, "Siden er her ikke", "Den kan være flyttet eller slettet, eller du har ikke adgang til den."),
        (
            403,
            "Det har du ikke adgang til at gøre",
            "Du kan læse dette, men ikke ændre det. Skriv til sekretariatet, hvis du burde kunne.",
        ),
    ],
)
def test_the_refusal_is_in_danish(log_in, cast, status, title, text):
    user = cast.nobody if status == 404 else cast.chair
    response = log_in(user).get("/aftaler/opret/")
    assert (response.status_code, heading(response)) == (status, title)
    assert text in response.content.decode()


@pytest.mark.parametrize(
    "url", ["/formaal/99999999999999999999/", "/kommuner/9999/", "/findes-ikke/", "/formaal/0/rediger/"]
)
def test_what_is_not_there_is_not_found(staff, url):
    assert staff.get(url).status_code == 404


def test_readers_see_no_way_to_write(log_in, cast):
    for url in ("/aftaler/", "/indsatser/", f"/indsatser/{InitiativeFactory().pk}/"):
        links = [link.get("href") for link in parse(log_in(cast.chair).get(url)).iter("a")]
        assert [link for link in links if link.endswith(("opret/", "rediger/", "slet/", "slettede/"))] == []


@pytest.mark.parametrize(("days", "status"), [(-1, 404), (0, 200), (1, 200)])
def test_a_chair_reads_through_the_last_day_of_the_term(log_in, cast, days, status):
    last = timezone.localdate() + timezone.timedelta(days=days)
    Post.objects.filter(person__user=cast.chair).update(ends_on=last)
    assert log_in(cast.chair).get("/aftaler/").status_code == status


def test_a_term_that_has_not_begun_gives_nothing(log_in, cast):
    tomorrow = timezone.localdate() + timezone.timedelta(days=1)
    Post.objects.filter(person__user=cast.culture_head).update(starts_on=tomorrow)
    assert log_in(cast.culture_head).get("/aftaler/").status_code == 404


def test_a_form_without_its_token_is_refused_in_danish(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.staff)
    response = client.post("/personer/opret/", {"name": "Åse"})
    assert (response.status_code, heading(response)) == (403, "Formularen har været åben for længe")
