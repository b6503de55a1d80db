from django.urls import path

from kulturmetropol.views import record_urls
from outreach.views import memos

urlpatterns = [
    *record_urls(
        "notater",
        list=memos.MemoList,
        detail=memos.MemoDetail,
        create=memos.MemoCreate,
        update=memos.MemoUpdate,
    ),
    path("notater/<int:pk>/forhaandsvisning/", memos.MemoPreview.as_view(), name="memo_preview"),
    path("notater/<int:pk>/pdf/", memos.MemoDownload.as_view(), name="memo_pdf"),
]
