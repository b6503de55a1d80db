"""Good stories: who sees which, and what becomes of the pictures that are sent along."""

from datetime import date, timedelta
from io import BytesIO
from zlib import compress, crc32

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from initiatives.models import Initiative, Story
from outreach.models import ContactNote
from tests.emptying import empty
from tests.factories import municipality
from tests.factories.doing import StoryFactory, picture
from tests.pages import all_of_class, errors, form_data, heading, parse, refused, send, text

NEW = "/historier/opret/"
NO_PICTURE = "Billede: Filen er ikke et billede i JPEG, PNG eller WebP. Vælg en anden fil."
DAMAGED = "Billede: Billedet er beskadiget og kan ikke læses. Gem det på ny, og prøv igen."
POSITION = {0x0112: 6, 0x010F: "Kamera af mærke", 0x8825: {1: "N", 2: (55.0, 40.0, 30.0), 3: "E", 4: (12.0, 27.0, 0.0)}}


@pytest.fixture
def kor(db) -> Initiative:
    return Initiative.objects.get(title="Syng dig stærk")


def typed(initiative, **values):
    return {
        "initiative": str(initiative.pk),
        "municipality": str(municipality("Halsnæs").pk),
        "title": "Trappen",
        "text": "Hun går op ad **trappen**.",
    } | values


def titles(response) -> list[str]:
    return [text(each.find(".//h2")) for each in all_of_class(parse(response), "story-card")]


def stored(story: Story) -> Image.Image:
    image = Image.open(default_storage.open(story.picture.name))
    image.load()
    return image


def photograph(kind: str = "JPEG") -> ContentFile:
    """Taken on its side, with the place where it was taken."""
    exif = Image.Exif()
    for tag, value in POSITION.items():
        exif[tag] = value
    extra = {"comment": b"hemmelig bem\xe6rkning"} if kind == "JPEG" else {}
    return picture(kind, exif=exif, name=f"IMG_2021.{kind.lower()}", **extra)


# --- who sees it ------------------------------------------------------------------------------------------------------


def delete_all_stories() -> None:
    ContactNote.objects.exclude(story=None).delete()
    empty(Story)


def test_readers_see_what_is_published_by_today(log_in, cast, staff):
    delete_all_stories()
    today = timezone.localdate()
    stories = [
        StoryFactory(title="Kladde", published_on=None),
        StoryFactory(title="I morgen", published_on=today + timedelta(days=1)),
        StoryFactory(title="I dag", published_on=today),
    ]
    assert sorted(titles(staff.get("/historier/"))) == ["I dag", "I morgen", "Kladde"]
    for reader in (cast.chair, cast.culture_head, cast.chair_elsewhere):
        client = log_in(reader)
        assert titles(client.get("/historier/")) == ["I dag"]
        assert [client.get(f"/historier/{each.pk}/").status_code for each in stories] == [404, 404, 200]
        assert [client.get(f"/historier/{each.pk}/historik/").status_code for each in stories] == [404, 404, 200]
        assert client.get(f"/historier/{stories[2].pk}/rediger/").status_code == 403
    for stranger in (cast.guest, cast.nobody):
        assert log_in(stranger).get("/historier/").status_code == 404
        assert log_in(stranger).get(f"/historier/{stories[2].pk}/").status_code == 404
    assert titles(log_in(cast.outsider).get("/historier/")) == []


def test_a_draft_is_not_named_on_other_pages(log_in, cast, staff, kor):
    StoryFactory(title="Kun en kladde", initiative=kor, published_on=None)
    for url in (f"/indsatser/{kor.pk}/", "/kommuner/0175/"):
        assert "Kun en kladde" in staff.get(url).content.decode()
        assert "Kun en kladde" not in log_in(cast.chair).get(url).content.decode()


def test_the_picture_is_for_those_who_see_the_story(log_in, cast, staff):
    draft = StoryFactory(picture=picture(), picture_text="En flade", published_on=None)
    url = f"/historier/{draft.pk}/billede/"
    roles = ("chair", "guest", "outsider", "staff")
    answers = {name: log_in(getattr(cast, name)).get(url).status_code for name in roles}
    assert answers == {"chair": 404, "guest": 404, "outsider": 404, "staff": 200}
    assert log_in(None).get(url).url == f"/log-ind/?next={url}"
    Story.objects.filter(pk=draft.pk).update(published_on=date(2021, 1, 1))
    response = log_in(cast.chair).get(url)
    assert response.status_code == 200
    assert {name: response[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")} == {
        "Content-Type": "image/jpeg",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=86400",
    }
    assert Image.open(BytesIO(b"".join(response.streaming_content))).size == (60, 40)


def test_a_picture_in_the_size_of_a_list(staff):
    story = StoryFactory(picture=picture("PNG", (1500, 1000), "stor.png"), picture_text="En flade")
    small = staff.get(f"/historier/{story.pk}/billede/?side=480")
    assert (small["Content-Type"], Image.open(BytesIO(small.content)).size) == ("image/png", (480, 320))
    whole = staff.get(f"/historier/{story.pk}/billede/?side=99999")
    assert Image.open(BytesIO(b"".join(whole.streaming_content))).size == (1500, 1000)


def test_a_story_without_a_picture_has_none(staff):
    assert staff.get(f"/historier/{StoryFactory().pk}/billede/").status_code == 404


def test_a_picture_that_is_gone_from_the_disk_is_not_found(staff):
    story = StoryFactory(picture=picture(), picture_text="En flade")
    default_storage.delete(story.picture.name)
    assert staff.get(f"/historier/{story.pk}/billede/").status_code == 404


# --- writing ----------------------------------------------------------------------------------------------------------


def test_a_story_is_saved_with_its_picture(staff, kor):
    response = send(staff, NEW, **typed(kor, picture=photograph(), picture_text="En trappe", published_on="6.11.2021"))
    story = Story.objects.get(title="Trappen")
    assert response.url == f"/historier/{story.pk}/"
    assert (story.initiative, story.municipality.name, story.published_on) == (kor, "Halsnæs", date(2021, 11, 6))
    page = parse(staff.get(response.url))
    (image,) = all_of_class(page, "story-picture")
    assert (image.get("src"), image.get("alt")) == (f"/historier/{story.pk}/billede/?v=1", "En trappe")
    assert text(all_of_class(page, "prose")[0].find(".//strong")) == "trappen"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_the_pixels_is_kept(staff, kor, kind):
    upload = photograph(kind)
    assert b"Kamera" in upload.read()
    upload.seek(0)
    send(staff, NEW, **typed(kor, picture=upload, picture_text="En trappe"))
    story = Story.objects.get(title="Trappen")
    suffix = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}[kind]
    assert story.picture.name.startswith(f"stories/{timezone.localdate().year}/")
    assert story.picture.name.endswith(f".{suffix}")
    assert "IMG" not in story.picture.name
    image = stored(story)
    assert (image.format, image.size) == (kind, (40, 60))  # turned upright, as the camera had noted
    assert dict(image.getexif()) == {}
    raw = default_storage.open(story.picture.name).read()
    assert [word for word in (b"Kamera", b"hemmelig", b"Exif") if word in raw] == []


def test_what_is_behind_the_picture_is_not_kept(staff, kor):
    page = b"<html><script>alert(1)</script></html>"
    polyglot = ContentFile(picture().read() + page, name="side.html")
    send(staff, NEW, **typed(kor, picture=polyglot, picture_text="En trappe"))
    story = Story.objects.get(title="Trappen")
    assert story.picture.name.endswith(".jpg")
    assert page not in default_storage.open(story.picture.name).read()
    assert staff.get(f"/historier/{story.pk}/billede/")["Content-Type"] == "image/jpeg"


def test_a_large_picture_is_made_as_large_as_a_page_needs(staff, kor):
    send(staff, NEW, **typed(kor, picture=picture(size=(5000, 2500)), picture_text="En trappe"))
    assert stored(Story.objects.get(title="Trappen")).size == (2000, 1000)


def test_transparency_is_kept(staff, kor):
    buffer = BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).quantize().save(buffer, "PNG")
    send(staff, NEW, **typed(kor, picture=ContentFile(buffer.getvalue(), name="a.png"), picture_text="Intet"))
    assert stored(Story.objects.get(title="Trappen")).getpixel((0, 0)) == (0, 0, 0, 0)


def png_of(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has these many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([1, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def png_with_a_bomb_of_text() -> bytes:
    sound = picture("PNG").read()
    data = b"Comment\0\0" + compress(b"a" * 200_000_000, 9)
    chunk = len(data).to_bytes(4, "big") + b"zTXt" + data + crc32(b"zTXt" + data).to_bytes(4, "big")
    return sound[:33] + chunk + sound[33:]


BAD = {
    "text named .jpg": (b"Dette er ikke et billede.", "foto.jpg", NO_PICTURE),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "a.svg", NO_PICTURE),
    "SVG named .png": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "a.png", NO_PICTURE),
    "HTML with a picture's first bytes": (b"\xff\xd8\xff<html><script>alert(1)</script>", "a.jpg", NO_PICTURE),
    "GIF": (b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x00\x00\x00\x00\x00,\x00\x00\x00\x00"
            b"\x01\x00\x01\x00\x00\x02\x02D\x01\x00;", "a.gif", NO_PICTURE),
    "nothing": (b"", "tom.jpg", "Billede: Den indsendte fil er tom."),
    "cut in half": (picture(size=(400, 400)).read()[:900], "halv.jpg", DAMAGED),
    "41 million pixels": (
        png_of(8200, 5000),
        "stor.png",
        "Billede: Billedet er på 8.200 × 5.000 punkter; der er plads til 40 millioner. Gør det mindre, og prøv igen.",
    ),
    "ten thousand million pixels": (
        png_of(100_000, 100_000),
        "bombe.png",
        "Billede: Billedet har for mange punkter; der er plads til 40 millioner. Gør det mindre, og prøv igen.",
    ),
    "a bomb of text": (png_with_a_bomb_of_text(), "bombe.png", NO_PICTURE),
    "9 megabytes": (
        picture().read() + b"\0" * 9_000_000,
        "tung.jpg",
        "Billede: Billedet fylder 9,0 MB; der er plads til 8. Gør det mindre, og prøv igen.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_in_danish_and_nothing_typed_is_lost(staff, kor, what):
    content, name, message = BAD[what]
    data = form_data(staff.get(NEW)) | typed(kor, picture_text="En trappe", published_on="6.11.2021")
    response = staff.post(NEW, data | {"picture": ContentFile(content, name=name)})
    assert (response.status_code, errors(response)) == (200, [message])
    assert form_data(response) == data
    assert not Story.objects.filter(title="Trappen").exists()


def test_a_picture_is_described(staff, kor):
    data = form_data(staff.get(NEW)) | typed(kor)
    response = staff.post(NEW, data | {"picture": picture()})
    assert errors(response) == [
        "Tekst til dem, der ikke kan se billedet: Beskriv billedet for dem, der ikke kan se det."
    ]
    kept = form_data(response)
    assert kept.pop("kept")
    assert kept | {"kept": ""} == data


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"title": ""}, "Titel: Dette felt er påkrævet."),
        ({"text": ""}, "Tekst: Dette felt er påkrævet."),
        (
            {"picture_text": "p" * 301},
            "Tekst til dem, der ikke kan se billedet: Teksten er på 301 tegn; der er plads til 300. Gør den kortere.",
        ),
        (
            {"published_on": "i går"},
            "Offentliggjort: Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020.",
        ),
    ],
)
def test_what_is_wrong_with_a_story(staff, kor, values, message):
    assert refused(staff, NEW, **typed(kor, **values)) == [message]


def test_a_picture_is_replaced_and_removed(staff):
    story = StoryFactory(picture=picture(), picture_text="En flade")
    url, first = f"/historier/{story.pk}/rediger/", story.picture.name
    send(staff, url, picture=picture("PNG", name="ny.png"))
    story.refresh_from_db()
    assert story.picture.name.endswith(".png")
    assert default_storage.exists(first)  # what was can be brought back
    send(staff, url, title="Uden nyt billede")
    story.refresh_from_db()
    assert story.picture.name.endswith(".png")
    send(staff, url, remove_picture="on")
    story.refresh_from_db()
    assert (story.picture.name, story.title) == ("", "Uden nyt billede")
    assert "remove_picture" not in form_data(staff.get(url))


def test_a_deleted_story_comes_back_with_its_picture(staff):
    story = StoryFactory(title="Væk og hjem", picture=picture(), picture_text="En flade")
    staff.post(f"/historier/{story.pk}/slet/")
    row = Story.history.filter(id=story.pk).latest()
    staff.post(f"/historier/slettede/{row.pk}/")
    assert heading(staff.get(f"/historier/{story.pk}/")) == "Væk og hjem"
    assert staff.get(f"/historier/{story.pk}/billede/").status_code == 200


def test_two_editors_of_a_story(staff):
    story = StoryFactory(title="Før", text="Før")
    url = f"/historier/{story.pk}/rediger/"
    mine, theirs = form_data(staff.get(url)), form_data(staff.get(url))
    staff.post(url, theirs | {"text": "Deres", "picture": picture(), "picture_text": "En flade"})
    response = staff.post(url, mine | {"title": "Min"})
    assert response.status_code == 409
    staff.post(url, form_data(response))
    story.refresh_from_db()
    assert (story.title, story.text, story.picture_text, bool(story.picture)) == ("Min", "Deres", "En flade", True)


def test_a_picture_sent_into_a_conflict_is_kept(staff):
    story = StoryFactory(title="Før")
    url = f"/historier/{story.pk}/rediger/"
    mine, theirs = form_data(staff.get(url)), form_data(staff.get(url))
    staff.post(url, theirs | {"title": "Deres"})
    response = staff.post(url, mine | {"picture": picture(), "picture_text": "Min flade"})
    assert response.status_code == 409
    assert "“billede.jpg” er allerede valgt" in text(parse(response))
    assert form_data(response)["picture_text"] == "Min flade"
    staff.post(url, form_data(response))
    story.refresh_from_db()
    assert (story.title, story.picture_text, bool(story.picture)) == ("Deres", "Min flade", True)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=LYDPULT", ["Tolv unge og en lydpult"]),
        ("kommune=0217", ["En sang på en weekend"]),
        ("vises=kladde", ["Kulturvitaminer på KØS"]),
        (
            "sorter=-kommune&vises=offentliggjort",
            ["Tolv unge og en lydpult", "En sang på en weekend", "»Jeg kan gå op ad trappen igen«"],
        ),
        (
            "vises=offentliggjort&sorter=offentliggjort",
            ["En sang på en weekend", "Tolv unge og en lydpult", "»Jeg kan gå op ad trappen igen«"],
        ),
    ],
)
def test_the_list(staff, query, found):
    assert titles(staff.get(f"/historier/?{query}")) == found


def test_many_stories_cost_no_more_queries_than_one(staff):
    def count():
        with CaptureQueriesContext(connection) as captured:
            assert staff.get("/historier/").status_code == 200
        return len(captured)

    delete_all_stories()
    StoryFactory(picture=picture(), picture_text="En flade")
    staff.get("/historier/")
    one = count()
    for _n in range(15):
        StoryFactory(picture=picture(), picture_text="En flade")
    assert count() == one
    assert len(titles(staff.get("/historier/"))) == 12
