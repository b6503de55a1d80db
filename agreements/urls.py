from django.urls import path

from kulturmetropol.views import record_urls

from . import views

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
    path("kommuner/", views.MunicipalityList.as_view(), name="municipality_list"),
    path("kommuner/<str:code>/", views.MunicipalityDetail.as_view(), name="municipality_detail"),
]
