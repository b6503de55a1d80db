from django.urls import path

from kulturmetropol.views import record_urls

from . import views

urlpatterns = [
    *record_urls(
        "notater",
        list=views.MemoList,
        detail=views.MemoDetail,
        create=views.MemoCreate,
        update=views.MemoUpdate,
    ),
    path("notater/<int:pk>/forhaandsvisning/", views.MemoPreview.as_view(), name="memo_preview"),
    path("notater/<int:pk>/pdf/", views.MemoDownload.as_view(), name="memo_pdf"),
]
