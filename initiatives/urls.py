from kulturmetropol.views import record_urls

from . import views

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
]
