from django.urls import include, path

from kulturmetropol import dashboard

urlpatterns = [
    path("", dashboard.start, name="start"),
    path("", include("kulturmetropol.accounts.urls")),
    path("", include("agreements.urls")),
    path("", include("initiatives.urls")),
    path("", include("outreach.urls")),
]
