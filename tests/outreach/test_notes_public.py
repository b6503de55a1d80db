"""The pages that everybody may read: what is published, the data that others read, and nothing about anybody."""

from datetime import date

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from agreements.models import Agreement, CultureRegion
from outreach.models import StatusNote
from tests.counting import queries
from tests.emptying import empty
from tests.factories import CommitteeFactory, CultureRegionFactory, MeetingFactory, municipality
from tests.factories.outreach import SocialLinkFactory, StatusNoteFactory
from tests.pages import heading, parse, text

REGION = "/offentligt/kulturmetropolen/"
OCTOBER = f"{REGION}status/0260/2026-10/"


@pytest.fixture
def note(cast) -> StatusNote:
    empty(StatusNote)
    return StatusNoteFactory(
        municipality=municipality("Halsnæs"),
        month=date(2026, 10, 1),
        status="published",
        published_on=date(2026, 11, 5),
        text="I oktober 2026 har Halsnæs' borgere haft glæde af Kor.\n\nDet er Kulturmetropolen, der står bag.",
        requested_by=cast.chair,
        requested_on=date(2026, 10, 30),
    )


@pytest.fixture
def anybody() -> Client:
    return Client()


def meta(response) -> dict[str, str]:
    return {
        each.get("property") or each.get("name"): each.get("content")
        for each in parse(response).iter("meta")
        if each.get("property") or each.get("name")
    }


def test_a_published_note_has_a_page_of_its_own(anybody, note):
    assert note.public_path == OCTOBER
    response = anybody.get(OCTOBER)
    page = text(parse(response).find(".//main"))
    assert (response.status_code, heading(response)) == (200, "Halsnæs i Kulturmetropolen")
    assert page == (
        "Oktober 2026 Halsnæs i Kulturmetropolen I oktober 2026 har Halsnæs' borgere haft glæde af Kor. "
        "Det er Kulturmetropolen, der står bag. Offentliggjort 5. november 2026"
    )
    assert parse(response).get("lang") == "da"
    assert response.headers["Cache-Control"] == "public, max-age=300"


def test_what_others_read_of_it(anybody, note):
    response = anybody.get(f"{OCTOBER}?fbclid=abc")
    found = meta(response)
    assert {name: value for name, value in found.items() if ":" in name} == {
        "og:site_name": "Kulturmetropolen",
        "og:locale": "da_DK",
        "og:url": f"{settings.SITE_URL}{OCTOBER}",
        "og:image": f"{settings.SITE_URL}/static/img/share.png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": "",
        "og:type": "article",
        "og:title": "Halsnæs i Kulturmetropolen, oktober 2026",
        "og:description": (
            "I oktober 2026 har Halsnæs' borgere haft glæde af Kor. Det er Kulturmetropolen, der står bag."
        ),
        "twitter:card": "summary_large_image",
        "article:published_time": "2026-11-05",
    }
    assert found["description"] == found["og:description"]
    assert parse(response).find(".//link[@rel='canonical']").get("href") == f"{settings.SITE_URL}{OCTOBER}"
    with Image.open(finders.find("img/share.png")) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))


def test_a_long_text_is_described_in_200_characters(anybody, note):
    StatusNote.objects.update(text="Ord " * 200)
    description = meta(anybody.get(OCTOBER))["og:description"]
    assert (len(description) <= 200, description[-1]) == (True, "…")


def test_nothing_that_is_written_runs(anybody, note):
    hostile = "<script>alert(1)</script> \"><img src=x onerror=alert(1)> & ' slut"
    StatusNote.objects.update(text=hostile)
    CultureRegion.objects.filter(slug="kulturmetropolen").update(name='Kultur "><script>')
    for url in (OCTOBER, REGION):
        response = anybody.get(url)
        page = parse(response)
        assert [each.get("src") for each in page.iter("script")] == ["/static/js/portal.js", "/static/js/drafts.js"]
        assert "onerror" not in {name for each in page.iter() for name in each.attrib}
    assert hostile in text(parse(anybody.get(OCTOBER)).find(".//main"))
    assert meta(anybody.get(OCTOBER))["og:description"] == hostile
    assert meta(anybody.get(OCTOBER))["og:site_name"] == 'Kultur "><script>'


def test_it_tells_of_nobody(anybody, note, cast):
    StatusNote.objects.update(meeting=MeetingFactory(body=CommitteeFactory(name="Hemmeligt udvalg")))
    for url in (OCTOBER, REGION):
        page = anybody.get(url).content.decode()
        for name in (cast.chair.name, cast.chair.email, "Hemmeligt udvalg"):
            assert f">{name}" not in page
            assert f" {name}" not in text(parse(anybody.get(url)).find(".//body"))


@pytest.mark.parametrize("status", ["requested", "draft", "approved"])
def test_what_is_not_published_is_not_there(anybody, staff, note, status):
    StatusNote.objects.update(status=status)
    assert anybody.get(OCTOBER).status_code == staff.get(OCTOBER).status_code == 404
    assert "oktober 2026" not in text(parse(anybody.get(REGION)))


def test_what_is_withdrawn_is_gone(anybody, note):
    StatusNote.objects.update(status="withdrawn", status_reason="Forkert tal")
    response = anybody.get(OCTOBER)
    assert (response.status_code, heading(response)) == (410, "Teksten er trukket tilbage")
    assert "Kulturmetropolen har trukket teksten tilbage, så den kan ikke længere læses her." in text(parse(response))
    assert "Forkert tal" not in response.content.decode()
    assert meta(response)["robots"] == "noindex"
    StatusNote.objects.update(published_on=None)
    assert anybody.get(OCTOBER).status_code == 404


def test_a_new_note_takes_the_place_of_the_withdrawn_one(anybody, note):
    StatusNote.objects.update(status="withdrawn", status_reason="Forkert tal")
    StatusNoteFactory(
        municipality=note.municipality, month=note.month, status="published", published_on=date(2026, 11, 9), text="Ny"
    )
    assert "Ny" in text(parse(anybody.get(OCTOBER)).find(".//article"))


@pytest.mark.parametrize(
    "url",
    [
        f"{REGION}status/0260/2026-13/",
        f"{REGION}status/0260/2026-9/",
        f"{REGION}status/0260/0000-10/",
        f"{REGION}status/0260/2026-11/",
        f"{REGION}status/9999/2026-10/",
        f"{REGION}status/0175/2026-10/",
        "/offentligt/vest/status/0260/2026-10/",
        "/offentligt/findes-ikke/",
        "/offentligt/findes-ikke/status/0260/2026-10/",
    ],
)
def test_other_addresses_are_not_there(anybody, note, url):
    assert anybody.get(url).status_code == 404


def test_the_region_tells_what_it_is(anybody, note):
    page = text(parse(anybody.get(REGION)).find(".//main"))
    assert page.startswith(
        "Kulturmetropolen En kulturaftale mellem kulturministeren og 9 kommuner, 2021-2024. Det arbejder vi med "
        "Ungeindsatsen Musikindsatsen Kultur og sundhedsindsatsen Hvem er med Albertslund, Furesø, Halsnæs, Helsingør, "
        "Herlev, Ishøj, Køge, Roskilde, Rødovre Nyt fra kommunerne Halsnæs, oktober 2026 I oktober 2026"
    )
    links = [link.get("href") for link in parse(anybody.get(REGION)).iterfind(".//main//a")]
    assert links == [OCTOBER]


def test_a_region_that_has_nothing_says_so(anybody, note):
    CultureRegionFactory(name="Kulturregion Nord", slug="nord")
    assert text(parse(anybody.get("/offentligt/nord/")).find(".//main")) == (
        "Kulturregion Nord Der er ikke underskrevet en kulturaftale endnu. "
        "Nyt fra kommunerne Der er ikke offentliggjort noget endnu."
    )


def test_an_agreement_that_is_not_signed_is_not_told_of(anybody, note):
    Agreement.objects.update(status="negotiation")
    page = text(parse(anybody.get(REGION)).find(".//main"))
    assert "Der er ikke underskrevet en kulturaftale endnu." in page
    assert "Albertslund" not in page


def test_where_one_follows_the_region(anybody, note):
    SocialLinkFactory(channel="facebook", url="https://facebook.example/kulturmetropolen")
    for url in (REGION, OCTOBER):
        links = {link.get("href"): text(link) for link in parse(anybody.get(url)).iterfind(".//footer//a")}
        assert links["https://facebook.example/kulturmetropolen"] == "Facebook"
        assert "Nyhedsbrev" in links.values()


def test_other_months_of_the_municipality(anybody, note):
    for month in (7, 9):
        StatusNoteFactory(
            municipality=note.municipality,
            month=date(2026, month, 1),
            status="published",
            published_on=date(2026, 10, 2),
        )
    section = parse(anybody.get(OCTOBER)).find(".//section")
    assert text(section) == "Mere om Halsnæs September 2026 Juli 2026"


@pytest.mark.parametrize("url", [REGION, OCTOBER])
def test_so_many_queries_however_many_notes(anybody, note, url):
    few = queries(anybody, url)
    for month in range(1, 10):
        for name in ("Halsnæs", "Køge"):
            StatusNoteFactory(
                municipality=municipality(name),
                month=date(2026, month, 1),
                status="published",
                published_on=date(2026, 10, 2),
            )
    assert queries(anybody, url) == few
