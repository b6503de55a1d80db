from datetime import date

from django.urls import path, register_converter

from kulturmetropol.views import record_urls
from outreach.views import (
    agenda,
    clocks,
    contacts,
    marketing,
    measures,
    memos,
    newsletter,
    notes,
    onboarding,
    public,
    runs,
    sharing,
    visits,
)


class MonthInAddress:
    """A month in an address, as its first day: 2026-11."""

    regex = "[0-9]{4}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value.year:04}-{value.month:02}"


register_converter(MonthInAddress, "month")

urlpatterns = [
    # first, as looking an address up takes longer than fetching the file
    path("notater/<int:pk>/pdf/", memos.MemoDownload.as_view(), name="memo_pdf"),
    *record_urls(
        "tiltag",
        list=measures.MeasureIndex,
        detail=measures.MeasureDetail,
        create=measures.MeasureCreate,
        update=measures.MeasureUpdate,
    ),
    *record_urls("tiltag/liste", create=measures.MeasureListCreate, update=measures.MeasureListUpdate),
    path("tiltag/liste/<int:pk>/dagsorden/", measures.MeasureListAgenda.as_view(), name="measurelist_agenda"),
    path("tiltag/liste/<int:pk>/pdf/", measures.MeasureListDownload.as_view(), name="measurelist_pdf"),
    *record_urls("tiltag/spoergsmaal", create=measures.OpenQuestionCreate, update=measures.OpenQuestionUpdate),
    path("tiltag/spoergsmaal/<int:pk>/besvar/", measures.OpenQuestionAnswer.as_view(), name="openquestion_answer"),
    *record_urls(
        "indslusning",
        list=onboarding.OnboardingCaseList,
        detail=onboarding.OnboardingCaseDetail,
        create=onboarding.OnboardingCaseCreate,
        update=onboarding.OnboardingCaseUpdate,
    ),
    path("indslusning/<int:pk>/port/<str:gate>/", onboarding.PassGate.as_view(), name="onboardingcase_gate"),
    path("indslusning/<int:pk>/afslag/", onboarding.DeclineCase.as_view(), name="onboardingcase_decline"),
    path("indslusning/<int:pk>/pause/", onboarding.PauseCase.as_view(), name="onboardingcase_pause"),
    path("indslusning/<int:pk>/genoptag/", onboarding.ResumeCase.as_view(), name="onboardingcase_resume"),
    path("indslusning/<int:pk>/kontaktperson/", onboarding.AddContact.as_view(), name="onboardingcase_contact"),
    path("indslusning/<int:pk>/gaester/<int:grant>/", onboarding.EndGuestAccess.as_view(), name="onboardingcase_guest"),
    path("indslusning/porte/<int:pk>/rediger/", onboarding.GatePassageUpdate.as_view(), name="gatepassage_update"),
    path("indslusning/porte/<int:pk>/historik/", onboarding.GatePassageHistory.as_view(), name="gatepassage_history"),
    *record_urls("indslusning/invitationer", create=onboarding.InvitationCreate, update=onboarding.InvitationUpdate),
    path("indslusning/invitationer/<int:pk>/send/", onboarding.SendInvitation.as_view(), name="invitation_send"),
    path("indslusning/invitationer/<int:pk>/svar/", onboarding.AnswerInvitation.as_view(), name="invitation_answer"),
    *record_urls(
        "besoeg",
        list=visits.VisitList,
        detail=visits.VisitDetail,
        create=visits.VisitCreate,
        update=visits.VisitUpdate,
    ),
    path("besoeg/daekning/", visits.CoveragePage.as_view(), name="visit_coverage"),
    path("besoeg/<int:pk>/skridt/", visits.VisitStep.as_view(), name="visit_step"),
    path("besoeg/<int:pk>/aflys/", visits.VisitCancel.as_view(), name="visit_cancel"),
    path("besoeg/<int:pk>/vaelg/", visits.VisitChoose.as_view(), name="visit_choose"),
    path("besoeg/<int:pk>/loefte/", visits.VisitPromise.as_view(), name="visit_promise"),
    path("besoeg/<int:pk>/invitationer/", visits.VisitInvite.as_view(), name="visit_invite"),
    *record_urls("ambassadoerer", create=visits.AmbassadorCreate, update=visits.AmbassadorUpdate),
    *record_urls(
        "netvaerk",
        list=contacts.EventList,
        detail=contacts.EventDetail,
        create=contacts.EventCreate,
        update=contacts.EventUpdate,
    ),
    *record_urls("netvaerk/samtaler", create=contacts.EncounterCreate, update=contacts.EncounterUpdate),
    path("netvaerk/samtaler/<int:pk>/kontakt/", contacts.EncounterContact.as_view(), name="encounter_contact"),
    path("netvaerk/samtaler/<int:pk>/opfoelgning/", contacts.EncounterFollowUp.as_view(), name="encounter_followup"),
    path(
        "netvaerk/samtaler/<int:pk>/indslusning/", contacts.EncounterOnboarding.as_view(), name="encounter_onboarding"
    ),
    *record_urls(
        "kontakter",
        list=contacts.ContactList,
        detail=contacts.ContactDetail,
        create=contacts.ContactCreate,
        update=contacts.ContactUpdate,
    ),
    path("kontakter/kommuner/", contacts.ContactOverview.as_view(), name="contact_overview"),
    path("kontakter/historier/", contacts.UnsentStories.as_view(), name="unsent_stories"),
    path("historier/<int:pk>/send/", contacts.StorySend.as_view(), name="story_send"),
    *record_urls(
        "opfoelgninger",
        list=contacts.FollowUpList,
        detail=contacts.FollowUpDetail,
        create=contacts.FollowUpCreate,
        update=contacts.FollowUpUpdate,
    ),
    path("opfoelgninger/<int:pk>/udfoert/", contacts.FollowUpDone.as_view(), name="followup_done"),
    path("opfoelgninger/<int:pk>/genaabn/", contacts.FollowUpDone.as_view(done=False), name="followup_reopen"),
    *record_urls(
        "statusnotater",
        list=notes.StatusNoteList,
        detail=notes.StatusNoteDetail,
        create=notes.StatusNoteCreate,
        update=notes.StatusNoteUpdate,
    ),
    path("statusnotater/bed-om/", notes.StatusNoteAsk.as_view(), name="statusnote_ask"),
    path("statusnotater/<int:pk>/udkast/", notes.StatusNoteRedraft.as_view(), name="statusnote_redraft"),
    path("statusnotater/<int:pk>/godkend/", notes.StatusNoteStep.as_view(verb="approve"), name="statusnote_approve"),
    path(
        "statusnotater/<int:pk>/offentliggoer/",
        notes.StatusNoteStep.as_view(verb="publish"),
        name="statusnote_publish",
    ),
    path("statusnotater/<int:pk>/traek-tilbage/", notes.StatusNoteWithdraw.as_view(), name="statusnote_withdraw"),
    path("statusnotater/<int:pk>/til-kladde/", notes.StatusNoteStep.as_view(verb="reopen"), name="statusnote_reopen"),
    path("ure/", clocks.ClockList.as_view(), name="clock_list"),
    path("ure/log-moede/", clocks.ClockLog.as_view(), name="clock_log"),
    path("ure/moeder/<int:pk>/", clocks.MeetingConfirm.as_view(), name="meeting_confirm"),
    path("offentligt/<slug:slug>/", public.region, name="public_region"),
    path("offentligt/<slug:slug>/status/<str:code>/<month:month>/", public.status, name="public_status"),
    *record_urls(
        "kanaler",
        list=marketing.SocialLinkList,
        detail=marketing.SocialLinkDetail,
        create=marketing.SocialLinkCreate,
        update=marketing.SocialLinkUpdate,
    ),
    path("nyhedsbrev/", marketing.SubscriptionList.as_view(), name="subscription_list"),
    path("nyhedsbrev/hvem-mangler/", marketing.SubscriptionMissing.as_view(), name="subscription_missing"),
    path("aktiviteter/<int:pk>/del/", sharing.ActivityShare.as_view(), name="activity_share"),
    path("historier/<int:pk>/del/", sharing.StoryShare.as_view(), name="story_share"),
    path("offentligt/<slug:slug>/nyhedsbrev/", newsletter.signup, name="newsletter_signup"),
    path("offentligt/nyhedsbrev/bekraeft/<str:signed>/", newsletter.confirm, name="newsletter_confirm"),
    path("offentligt/nyhedsbrev/afmeld/<str:signed>/", newsletter.unsubscribe, name="newsletter_unsubscribe"),
    *record_urls(
        "dagsordenoverskrifter",
        list=agenda.AgendaLayoutList,
        detail=agenda.AgendaLayoutDetail,
        create=agenda.AgendaLayoutCreate,
        update=agenda.AgendaLayoutUpdate,
    ),
    *record_urls(
        "notater",
        list=memos.MemoList,
        detail=memos.MemoDetail,
        create=memos.MemoCreate,
        update=memos.MemoUpdate,
    ),
    *record_urls("notater/udsendelser", list=runs.MemoRunList, detail=runs.MemoRunDetail),
    path("notater/udsendelser/opret/", runs.MemoRunCreate.as_view(), name="memorun_create"),
    path("notater/udsendelser/<int:pk>/historik/", runs.MemoRunHistory.as_view(), name="memorun_history"),
    path("notater/udsendelser/<int:pk>/pause/", runs.MemoRunStep.as_view(verb="pause"), name="memorun_pause"),
    path("notater/udsendelser/<int:pk>/genoptag/", runs.MemoRunStep.as_view(verb="resume"), name="memorun_resume"),
    path("notater/udsendelser/<int:pk>/annuller/", runs.MemoRunStep.as_view(verb="cancel"), name="memorun_cancel"),
    path("notater/udsendelser/<int:pk>/proev-igen/", runs.MemoRunStep.as_view(verb="retry"), name="memorun_retry"),
    path("notater/<int:pk>/forhaandsvisning/", memos.MemoPreview.as_view(), name="memo_preview"),
    path("notater/<int:pk>/dagsordenspunkt/", agenda.MemoItem.as_view(), name="memo_item"),
    path("notater/<int:pk>/udsted/", memos.MemoIssue.as_view(), name="memo_issue"),
    path("notater/<int:pk>/ret/", memos.MemoCorrect.as_view(), name="memo_correct"),
    path("notater/<int:pk>/traek-tilbage/", memos.MemoWithdraw.as_view(), name="memo_withdraw"),
]
