from django.urls import path

from initiatives.models import Participation
from kulturmetropol.views import DeletedPage, HistoryPage, RestorePage, RevertPage, record_urls

from .views import account, agreement, documents, doing, measuring, participation
from .views import programme as views

urlpatterns = [
    *record_urls(
        "indsatsomraader",
        list=views.InitiativeAreaList,
        detail=views.InitiativeAreaDetail,
        create=views.InitiativeAreaCreate,
        update=views.InitiativeAreaUpdate,
    ),
    *record_urls(
        "resultatmaal",
        list=views.ResultTargetList,
        detail=views.ResultTargetDetail,
        create=views.ResultTargetCreate,
        update=views.ResultTargetUpdate,
    ),
    *record_urls(
        "indsatser",
        list=views.InitiativeList,
        detail=views.InitiativeDetail,
        create=views.InitiativeCreate,
        update=views.InitiativeUpdate,
    ),
    *record_urls(
        "indikatorer",
        list=measuring.IndicatorList,
        detail=measuring.IndicatorDetail,
        create=measuring.IndicatorCreate,
        update=measuring.IndicatorUpdate,
    ),
    *record_urls(
        "maalinger",
        list=measuring.MeasurementList,
        detail=measuring.MeasurementDetail,
        create=measuring.MeasurementCreate,
        update=measuring.MeasurementUpdate,
    ),
    *record_urls(
        "noegletal",
        list=measuring.KeyFigureList,
        detail=measuring.KeyFigureDetail,
        create=measuring.KeyFigureCreate,
        update=measuring.KeyFigureUpdate,
    ),
    *record_urls(
        "aktiviteter",
        list=doing.ActivityList,
        detail=doing.ActivityDetail,
        create=doing.ActivityCreate,
        update=doing.ActivityUpdate,
    ),
    *record_urls(
        "maalgrupper",
        list=doing.TargetGroupList,
        detail=doing.TargetGroupDetail,
        create=doing.TargetGroupCreate,
        update=doing.TargetGroupUpdate,
    ),
    *record_urls(
        "historier",
        list=doing.StoryList,
        detail=doing.StoryDetail,
        create=doing.StoryCreate,
        update=doing.StoryUpdate,
    ),
    path("historier/<int:pk>/billede/", doing.StoryPicture.as_view(), name="story_picture"),
    *record_urls(
        "koereplan",
        list=doing.MilestoneList,
        detail=doing.MilestoneDetail,
        create=doing.MilestoneCreate,
        update=doing.MilestoneUpdate,
    ),
    path("kommuner/<str:code>/regnskab/", account.MunicipalityAccount.as_view(), name="municipality_account"),
    path("aftaler/<int:pk>/aarsstatus/<int:year>/", agreement.AgreementYear.as_view(), name="agreement_year"),
    path("aftaler/<int:pk>/ny-aftale/", agreement.AgreementCopy.as_view(), name="agreement_copy"),
    path(
        "indsatser/<int:pk>/dokumenter/opret/", documents.InitiativeDocumentCreate.as_view(), name="initiative_document"
    ),
    path("hvem-er-med/", participation.ParticipationMatrix.as_view(), name="participation_list"),
    path(
        "hvem-er-med/slettede/",
        DeletedPage.as_view(model=Participation),
        name="participation_deleted",
    ),
    path(
        "hvem-er-med/slettede/<int:history_id>/",
        RestorePage.as_view(model=Participation),
        name="participation_restore",
    ),
    path(
        "hvem-er-med/<int:pk>/historik/",
        HistoryPage.as_view(model=Participation),
        name="participation_history",
    ),
    path(
        "hvem-er-med/<int:pk>/historik/<int:history_id>/",
        RevertPage.as_view(model=Participation),
        name="participation_revert",
    ),
    # the last one here, for it would take `historik` for the code of a municipality
    path(
        "hvem-er-med/<int:initiative>/<str:code>/",
        participation.ParticipationCell.as_view(),
        name="participation_cell",
    ),
]
