from django.urls import path

from kulturmetropol.views import record_urls

from .views import agreement as views
from .views import audit, choosing, economy, governance, outbox

urlpatterns = [
    *record_urls(
        "aftaler",
        list=views.AgreementList,
        detail=views.AgreementDetail,
        create=views.AgreementCreate,
        update=views.AgreementUpdate,
    ),
    *record_urls(
        "formaal",
        list=views.PurposeList,
        detail=views.PurposeDetail,
        create=views.PurposeCreate,
        update=views.PurposeUpdate,
    ),
    *record_urls(
        "medlemskaber",
        list=views.MembershipList,
        detail=views.MembershipDetail,
        create=views.MembershipCreate,
        update=views.MembershipUpdate,
    ),
    *record_urls(
        "organer",
        list=views.BodyList,
        detail=views.BodyDetail,
        create=views.BodyCreate,
        update=views.BodyUpdate,
    ),
    *record_urls(
        "moeder",
        list=views.MeetingList,
        detail=views.MeetingDetail,
        create=views.MeetingCreate,
        update=views.MeetingUpdate,
    ),
    *record_urls(
        "moededeltagere",
        create=views.MeetingDelegateCreate,
        update=views.MeetingDelegateUpdate,
    ),
    *record_urls(
        "personer",
        list=views.PersonList,
        detail=views.PersonDetail,
        create=views.PersonCreate,
        update=views.PersonUpdate,
    ),
    path("poster/bekraeft/", governance.PostConfirm.as_view(), name="post_confirm"),
    *record_urls(
        "poster",
        list=governance.PostList,
        detail=governance.PostDetail,
        create=governance.PostCreate,
        update=governance.PostUpdate,
    ),
    *record_urls("dagsordenspunkter", create=governance.AgendaItemCreate, update=governance.AgendaItemUpdate),
    *record_urls(
        "dokumenter",
        list=governance.DocumentList,
        detail=governance.DocumentDetail,
        create=governance.DocumentCreate,
        update=governance.DocumentUpdate,
    ),
    path("dokumenter/<int:pk>/hent/", governance.DocumentDownload.as_view(), name="document_download"),
    path("organer/<int:pk>/moedeplan/<int:year>/", governance.MeetingPlan.as_view(), name="body_plan"),
    *record_urls(
        "andre-parter",
        list=economy.OtherPartyList,
        detail=economy.OtherPartyDetail,
        create=economy.OtherPartyCreate,
        update=economy.OtherPartyUpdate,
    ),
    *record_urls(
        "bidrag",
        list=economy.ContributionList,
        detail=economy.ContributionDetail,
        create=economy.ContributionCreate,
        update=economy.ContributionUpdate,
    ),
    *record_urls(
        "regnskabslinjer",
        list=economy.AccountLineList,
        detail=economy.AccountLineDetail,
        create=economy.AccountLineCreate,
        update=economy.AccountLineUpdate,
    ),
    *record_urls("indberetninger", create=economy.SubmissionCreate, update=economy.SubmissionUpdate),
    path("aftaler/<int:pk>/oekonomi/", economy.AgreementEconomy.as_view(), name="agreement_economy"),
    path("aftaler/<int:pk>/frister/", economy.AgreementDeadlines.as_view(), name="agreement_deadlines"),
    path("valgt-aftale/", choosing.choose, name="choose_agreement"),
    path("kommuner/", views.MunicipalityList.as_view(), name="municipality_list"),
    path("kommuner/<str:code>/", views.MunicipalityDetail.as_view(), name="municipality_detail"),
    *record_urls("post", list=outbox.OutgoingMailList, detail=outbox.OutgoingMailDetail),
    path("post/<int:pk>/send/", outbox.OutgoingMailSend.as_view(), name="outgoingmail_send"),
    path("post/<int:pk>/status/", outbox.OutgoingMailMark.as_view(), name="outgoingmail_mark"),
    path("administration/haendelser/", audit.AuditEventList.as_view(), name="auditevent_list"),
]
