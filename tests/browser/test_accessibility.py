"""axe finds nothing by the rules of WCAG 2.2 AA, at phone and desktop width, dark and light."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils import timezone

from agreements import inviting
from agreements.models import (
    AccountLine,
    AgendaItem,
    Agreement,
    Body,
    Contribution,
    Document,
    Meeting,
    Membership,
    OtherParty,
    Person,
    Post,
    Purpose,
)
from initiatives.models import (
    Activity,
    Indicator,
    Initiative,
    InitiativeArea,
    KeyFigure,
    Measurement,
    Milestone,
    ResultTarget,
    Story,
    TargetGroup,
)
from outreach.actions.marketing import confirm_url, unsubscribe_url
from outreach.models import (
    ContactNote,
    Encounter,
    FollowUp,
    Measure,
    Memo,
    NetworkEvent,
    OnboardingCase,
    OpenQuestion,
    SocialLink,
    StatusNote,
    Visit,
)
from tests.factories import AgreementFactory, MemoFactory, municipality
from tests.factories.outreach import FollowUpFactory, InvitationFactory, OutgoingMailFactory, SubscriptionFactory
from tests.factories.users import UserInvitationFactory
from tests.outreach.runs import started

pytestmark = pytest.mark.browser

RECORDS = [Agreement, Purpose, Membership, Body, Meeting, Person, InitiativeArea, ResultTarget, Initiative, Memo]
RECORDS += [Indicator, Measurement, KeyFigure]
RECORDS += [OtherParty, Contribution, AccountLine]
RECORDS += [TargetGroup, Activity, Story, Milestone]
RECORDS += [Document, Post]
RECORDS += [Visit]
RECORDS += [Measure]
RECORDS += [StatusNote]
RECORDS += [NetworkEvent, ContactNote, FollowUp]
RECORDS += [SocialLink]
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what passed is not described, node by node
}


def assert_accessible(page) -> None:
    found = Axe().run(page, options=RULES).response["violations"]
    faults = [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]
    assert faults == [], page.url


def assert_fits(page) -> None:
    """Nothing makes the page scroll sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url


def pages_of(model) -> list[str]:
    record = model.objects.first()
    own, listing = record.get_absolute_url(), record.get_absolute_url().rsplit("/", 2)[0]
    pages = [f"{listing}/", f"{listing}/opret/", own, f"{own}rediger/"]
    # the others are the same for all, but for how long they are
    return [*pages, f"{listing}/slettede/", f"{own}slet/", f"{own}historik/"] if model in (Agreement, Story) else pages


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_every_page_of_a_record(page, log_in_as, cast, model):
    MemoFactory()
    log_in_as(cast.staff)
    for address in pages_of(model):
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)


def test_economy_and_account(page, log_in_as, cast):
    agreement = Agreement.objects.first()
    own = agreement.get_absolute_url()
    log_in_as(cast.staff)
    for address in [
        f"{own}oekonomi/",
        f"{own}frister/",
        f"{own}aarsstatus/{agreement.starts_on.year}/",
        f"{own}ny-aftale/",
        f"/indberetninger/opret/?aftale={agreement.pk}",
        "/indberetninger/slettede/",
        "/kommuner/0175/regnskab/",
        "/kommuner/0175/regnskab/?fra=31-02-2021",
    ]:
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)


def test_governance_and_import(page, log_in_as, cast, tmp_path):
    meeting = AgendaItem.objects.first().meeting
    wrong = tmp_path / "forkert.csv"
    wrong.write_text("indsats;titel;dato;kommuner\nUkendt;Kor;31-02-2022;Kjøge\n")
    log_in_as(cast.admin)
    for address in [
        meeting.get_absolute_url(),
        f"/dagsordenspunkter/{meeting.agenda_items.first().pk}/rediger/",
        f"{meeting.body.get_absolute_url()}moedeplan/{meeting.held_on.year}/",
        "/poster/bekraeft/",
        f"{Initiative.objects.first().get_absolute_url()}dokumenter/opret/",
        "/importer/",
        "/importer/kommuner/",
        "/importer/aktiviteter/",
    ]:
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)
    page.get_by_label("Fil").set_input_files(wrong)
    page.get_by_role("button", name="Kontrollér filen").click()
    page.get_by_role("alert").wait_for()
    assert_accessible(page)
    assert_fits(page)


def test_the_list_of_measures_and_its_questions(page, log_in_as, cast):
    question = OpenQuestion.objects.first()
    own = f"/tiltag/liste/{question.measure.list_id}/"
    log_in_as(cast.staff)
    for address in [
        f"{own}rediger/",
        f"/tiltag/spoergsmaal/{question.pk}/besvar/",
        f"/tiltag/spoergsmaal/opret/?tiltag={question.measure_id}",
        f"{own}dagsorden/",
    ]:
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)
    page.get_by_label("Dato for det nye møde").fill("01-12-2099")
    page.get_by_role("button", name="Sæt på dagsordenen").click()
    page.get_by_role("link", name="Listen over tiltag").wait_for()
    assert_accessible(page)
    assert_fits(page)


def test_memos_to_many(page, log_in_as, cast):
    """Running, with one that failed, and the way to the next one."""
    run = started("Herlev", "Køge")
    run.items.filter(municipality__name="Herlev").update(error="Notatets skrifttype mangler disse tegn: 漢.")
    log_in_as(cast.staff)
    for address in ["/notater/udsendelser/", "/notater/udsendelser/opret/", f"{run.get_absolute_url()}historik/"]:
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)
    page.goto(run.get_absolute_url())
    assert_accessible(page)
    assert_fits(page)
    page.goto("/notater/udsendelser/opret/")
    page.get_by_label("Sagsbehandler").fill("Henning Elmelund")
    page.get_by_label("Journalnummer").fill("20.20.00-P27-1-20")
    page.get_by_label("Alle 98 kommuner").check()
    page.get_by_role("button", name="Se, hvem der får det").click()
    page.get_by_role("heading", name="98 kommuner").wait_for()
    assert_accessible(page)
    assert_fits(page)


def test_visits(page, log_in_as, cast):
    """With suggestions, with a warning, cancelled, and who is written to."""
    planned = Visit.objects.get(host__name="Greve")
    own = planned.get_absolute_url()
    for name in ("Ishøj", "Køge"):
        planned.ambassadors.create(municipality=municipality(name))
    log_in_as(cast.staff)
    for address in [
        own,
        f"{own}rediger/?regnskab",
        f"{own}invitationer/",
        f"{own}aflys/",
        f"/ambassadoerer/{planned.ambassadors.first().pk}/rediger/",
        f"/ambassadoerer/opret/?besoeg={planned.pk}",
        Visit.objects.get(host__name="Roskilde").get_absolute_url(),
        Visit.objects.get(host__name="Gribskov").get_absolute_url(),
        f"{Visit.objects.get(host__name='Gribskov').get_absolute_url()}invitationer/",
        "/besoeg/daekning/",
    ]:
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)


def test_status_notes_and_clocks(page, log_in_as, cast):
    waiting, draft, approved, withdrawn = (
        StatusNote.objects.filter(status=status).first().get_absolute_url()
        for status in ("requested", "draft", "approved", "withdrawn")
    )
    log_in_as(cast.staff)
    for address in [
        "/ure/",
        "/ure/?tilstand=roed",
        "/ure/log-moede/",
        waiting,
        f"{draft}?kanal=x",
        f"{draft}udkast/",
        approved,
        f"{approved}traek-tilbage/",
        withdrawn,
    ]:
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)
    page.goto("/ure/")
    page.get_by_text("Som tabel").click()
    assert_accessible(page)
    assert_fits(page)


def test_networks_and_contacts(page, log_in_as, cast):
    encounter = Encounter.objects.get(municipality__name="Greve")
    done = FollowUp.objects.exclude(done_on=None).first()
    reachable, unreachable = (Story.objects.get(title__startswith=title) for title in ("»Jeg kan gå op", "Tolv unge"))
    log_in_as(cast.admin)
    for address in [
        encounter.event.get_absolute_url(),
        f"/netvaerk/samtaler/opret/?begivenhed={encounter.event_id}",
        f"/netvaerk/samtaler/{encounter.pk}/rediger/",
        f"/opfoelgninger/opret/?samtale={encounter.pk}",
        done.get_absolute_url(),
        "/kontakter/kommuner/",
        "/kontakter/historier/",
        f"{reachable.get_absolute_url()}send/",
        f"{unreachable.get_absolute_url()}send/",
    ]:
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)
    page.goto("/kontakter/opret/")
    page.get_by_role("button", name="Gem", exact=True).click()
    page.get_by_role("alert").wait_for()
    assert_accessible(page)
    assert_fits(page)


def test_today_marketing_and_mail(page, log_in_as, cast):
    FollowUpFactory(due_on=timezone.localdate(), owner=cast.staff)
    failed = OutgoingMailFactory(status="failed", error="Ukendt modtager")
    waiting = OutgoingMailFactory(error="Der er ikke sat en mailserver op.")
    log_in_as(cast.staff)
    for address in [
        "/",
        "/i-dag/",
        "/i-dag/?alle",
        "/min-profil/",
        "/post/",
        failed.get_absolute_url(),
        waiting.get_absolute_url(),
        "/nyhedsbrev/",
        "/nyhedsbrev/hvem-mangler/",
        f"{Activity.objects.first().get_absolute_url()}del/",
        f"{Story.objects.exclude(picture='').first().get_absolute_url()}del/",
    ]:
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)


def test_help_the_audit_log_and_personal_data(page, log_in_as, cast):
    person = Person.objects.get(user=cast.chair)
    for address in ["/persondata/", "/hjaelp/", "/was"]:
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)
    log_in_as(cast.admin)
    for address in [
        "/hjaelp/",
        "/hjaelp/gaest/",
        "/hjaelp/ordliste/#trin",
        "/administration/haendelser/?emne=login",
        "/persondata/",
        f"/persondata/person/{person.pk}/",
        f"/persondata/bruger/{cast.admin.pk}/",
        f"/persondata/person/{person.pk}/slet/",
    ]:
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)
    page.get_by_role("button", name="Slet persondata").click()
    page.get_by_role("alert").wait_for()
    assert_accessible(page)


def test_the_newsletter_for_everybody(page, cast):
    subscription = SubscriptionFactory()
    for address in [
        "/offentligt/kulturmetropolen/nyhedsbrev/",
        confirm_url(subscription, timezone.now()).removeprefix(settings.SITE_URL),
        confirm_url(subscription, timezone.now() - timedelta(days=8)).removeprefix(settings.SITE_URL),
        unsubscribe_url(subscription).removeprefix(settings.SITE_URL),
    ]:
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)
    page.get_by_role("button", name="Afmeld").click()
    page.get_by_role("heading", name="Du er afmeldt").wait_for()
    page.goto("/offentligt/kulturmetropolen/nyhedsbrev/")
    page.get_by_role("button", name="Tilmeld").click()
    page.get_by_role("alert").wait_for()
    assert_accessible(page)


def test_pages_for_everybody(page, cast):
    for address in ("", "status/0175/2026-10/", "status/0163/2026-10/"):
        page.goto(f"/offentligt/kulturmetropolen/{address}")
        assert_accessible(page)
        assert_fits(page)


def test_asking_for_a_status(page, log_in_as, cast):
    log_in_as(cast.chair)
    page.goto("/statusnotater/bed-om/")
    assert_accessible(page)
    assert_fits(page)


def test_onboarding(page, log_in_as, cast):
    case = OnboardingCase.objects.get(municipality__name="Gribskov")
    draft = InvitationFactory(case=case)
    own = case.get_absolute_url()
    passage, grant = case.passages.first(), cast.guest.role_grants.get()
    log_in_as(cast.admin)
    for address in [
        "/indslusning/",
        "/indslusning/?q=findes-ikke",
        "/indslusning/opret/",
        own,
        f"{own}rediger/",
        f"{own}port/council/",
        f"{own}afslag/",
        f"{own}kontaktperson/",
        f"{own}gaester/{grant.pk}/",
        f"/indslusning/porte/{passage.pk}/rediger/",
        f"/indslusning/porte/{passage.pk}/historik/",
        f"/indslusning/invitationer/opret/?sag={case.pk}",
        f"/indslusning/invitationer/{draft.pk}/rediger/",
        f"/indslusning/invitationer/{draft.pk}/send/",
    ]:
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)


@pytest.mark.parametrize("who", ["staff", "chair", "culture_head", "guest"])
def test_start_page_of_each_role(page, log_in_as, cast, who):
    log_in_as(getattr(cast, who))
    page.goto("/")
    assert_accessible(page)
    assert_fits(page)


def test_pages_outside(page, log_in_as, cast):
    page.goto("/log-ind/")
    assert_accessible(page)
    page.get_by_role("button", name="Log ind").click()
    page.get_by_role("alert").wait_for()
    assert_accessible(page)
    log_in_as(cast.chair)
    for address in ("/findes-ikke/", "/indsatser/opret/", "/kommuner/", "/kommuner/0175/", "/adgangskode/"):
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)


def test_form_with_errors(page, log_in_as, cast):
    log_in_as(cast.staff)
    page.goto("/indsatser/opret/")
    page.get_by_label("Begynder").fill("31-02-2021")
    page.get_by_role("button", name="Gem").click()
    page.get_by_role("alert").wait_for()
    assert_accessible(page)
    assert_fits(page)


def test_form_with_a_conflict(page, log_in_as, cast):
    initiative = Initiative.objects.first()
    log_in_as(cast.staff)
    page.goto(f"{initiative.get_absolute_url()}rediger/")
    Initiative.objects.filter(pk=initiative.pk).update(title="Den andens titel", version=initiative.version + 1)
    page.get_by_label("Titel").fill("Min titel")
    page.get_by_role("button", name="Gem").click()
    page.get_by_role("alert").wait_for()
    assert_accessible(page)
    assert_fits(page)


def test_search_calendar_and_taking_back(page, log_in_as, cast, screen):
    initiative = Initiative.objects.first()
    first = initiative.history.latest().pk
    initiative.title = "Et andet navn"
    initiative.save()
    log_in_as(cast.staff)
    page.goto("/kalender/")
    assert_accessible(page)
    page.get_by_role("button", name="Lav min adresse").click()
    page.get_by_label("Adressen på din kalender").wait_for()
    addresses = ["/kalender/", "/soeg/", "/soeg/?q=unges+musik", "/soeg/?q=findesikke", f"/soeg/?q={'x' * 201}"]
    for address in [*addresses, f"{initiative.get_absolute_url()}historik/{first}/"]:
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)
    page.goto("/indsatser/")
    page.keyboard.press("/")
    page.keyboard.type("unges musik/kultur")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Fundet for “unges musik/kultur”").wait_for()


def test_users_and_invitations(page, log_in_as, cast):
    invitation = UserInvitationFactory(role="guest", municipality=municipality("Gribskov"), invited_by=cast.admin)
    log_in_as(cast.admin)
    user = f"/brugere/{cast.chair.pk}/"
    for address in [
        "/brugere/",
        user,
        f"{user}rediger/",
        f"{user}rolle/{Agreement.objects.first().culture_region_id}/",
        f"{user}luk/",
        f"{user}totrin/",
        f"/brugere/{cast.staff.pk}/person/",
        "/brugere/invitationer/",
        f"/brugere/invitationer/opret/?kommune={invitation.municipality_id}&rolle=guest",
        invitation.get_absolute_url(),
    ]:
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)


def test_an_invitations_pages(page, cast):
    invitation, link = inviting.invite(
        region=Agreement.objects.first().culture_region,
        email="ase@herlev.example",
        name="Åse Holm",
        role="staff",
        by=cast.admin,
        by_mail=False,
    )
    page.goto("/velkommen/")
    assert_accessible(page)
    page.goto(link.removeprefix(settings.SITE_URL))
    page.get_by_role("heading", name="Velkommen til portalen").wait_for()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_label("Adgangskode", exact=True).fill("kort")
    page.get_by_role("button", name="Tag imod, og log ind").click()
    page.get_by_text("De to adgangskoder er ikke ens.").first.wait_for()
    assert_accessible(page)
    inviting.withdraw(invitation=invitation, by=cast.admin)
    page.goto("/velkommen/")
    page.get_by_role("heading", name="Invitationen er trukket tilbage").wait_for()
    assert_accessible(page)


def test_the_menu(page, log_in_as, cast, screen):
    log_in_as(cast.staff)
    page.goto("/")
    button = page.get_by_role("link", name="Menu", exact=True)
    if screen["viewport"]["width"] > 1000:
        assert not button.is_visible()
    else:
        button.click()
    assert not page.get_by_role("link", name="Resultatmål").is_visible()
    page.locator("summary", has_text="Mål, køreplan og tal").press("Enter")
    assert_accessible(page)
    page.get_by_role("link", name="Resultatmål").click()
    page.wait_for_url("**/resultatmaal/")


def test_another_agreement_is_chosen_in_the_menu(page, log_in_as, cast):
    older = AgreementFactory(name="Kulturaftalen for KulturMetropolØresund 2012-2015", status="ended")
    log_in_as(cast.staff)
    page.goto("/indsatser/#menu")
    assert_accessible(page)
    assert_fits(page)
    page.goto(f"/indsatser/?aftale={Agreement.objects.exclude(pk=older.pk).get().pk}#menu")
    page.get_by_label("Du arbejder med").select_option(label=older.name)
    page.get_by_role("button", name="Vælg").click()
    page.get_by_text("Der er ingen indsatser endnu.").wait_for()
    assert page.locator(".lead").inner_text() == f"{older.name} · Vis alt, du må se"
    assert_accessible(page)
    assert_fits(page)
