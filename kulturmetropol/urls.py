from django.urls import include, path

from kulturmetropol import calendars, dashboard, health, importpages, keeping, languages, profile, search, today
from kulturmetropol.help import views as help_pages
from kulturmetropol.privacy import views as privacy
from kulturmetropol.styleguide import views as styleguide

urlpatterns = [
    path("", include("outreach.urls")),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("", dashboard.start, name="start"),
    path("i-dag/", today.page, name="today"),
    path("min-profil/", profile.page, name="profile"),
    path("sprog/", languages.page, name="language"),
    path("persondata/", privacy.page, name="privacy"),
    path("persondata/mine/", privacy.own, name="privacy_own"),
    path("persondata/<slug:kind>/<int:pk>/", privacy.subject_page, name="privacy_subject"),
    path("persondata/<slug:kind>/<int:pk>/udlever/", privacy.subject_export, name="privacy_export"),
    path("persondata/<slug:kind>/<int:pk>/slet/", privacy.subject_erase, name="privacy_erase"),
    path("hjaelp/", help_pages.page, name="help"),
    path("hjaelp/ordliste/", help_pages.glossary, name="glossary"),
    path("hjaelp/<slug:slug>/", help_pages.page, name="help_guide"),
    path("was", help_pages.statement, name="accessibility_statement"),
    path("soeg/", search.results, name="search"),
    path("kalender/", calendars.page, name="calendar"),
    path("kalender/ny-adresse/", calendars.renew, name="calendar_renew"),
    path("kalender/<str:address>.ics", calendars.feed, name="calendar_feed"),
    path("", include("kulturmetropol.accounts.urls")),
    path("", include("agreements.urls")),
    path("", include("initiatives.urls")),
    path("stil/", styleguide.page, name="style_page"),
    path("valgt-billede/<str:token>/", keeping.kept_picture, name="kept_file"),
    path("importer/", importpages.ImportList.as_view(), name="import_list"),
    path("importer/<slug:kind>/", importpages.ImportUpload.as_view(), name="import_upload"),
    path("importer/<slug:kind>/skabelon.csv", importpages.ImportTemplate.as_view(), name="import_template"),
    path("importer/<slug:kind>/<uuid:token>/", importpages.ImportCheck.as_view(), name="import_check"),
]
