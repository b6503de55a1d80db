"""The page of all components looks as it did: each of its parts is compared with the picture that is kept of it.

`make pictures` takes the pictures anew, after a change that is meant; look at them before they are committed. They are
a quarter of the size, so that another machine's way of smoothing letters and lines does not count.
"""

import io
import os
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.looking import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.once]

KEPT = Path(__file__).parent / "pictures"
SCALE = 4
MOST = 24  # by how much a pixel may differ, of 255
SHARE = 0.01  # of the pixels may differ by more
ROOM = 3  # pixels, in the small picture, by which a part may be higher: each browser has its own fields
SCREENS = {
    f"{name}-{scheme}": screen | {"color_scheme": scheme}
    for name, screen in {"desktop": DESKTOP, "phone": PHONE}.items()
    for scheme in ("light", "dark")
}
PARTS = """() => Object.fromEntries([...document.querySelectorAll("main .stack > [id]")].map((part) => {
  const box = part.getBoundingClientRect();
  return [part.id, [box.left, box.top + scrollY, box.right, box.bottom + scrollY].map(Math.round)];
}))"""


@pytest.fixture
def parts(chromium, live_server, settings):
    """Small pictures of the page's parts, by their ids."""
    settings.STYLE_PAGE = True

    def taken(screen: dict) -> dict[str, Image.Image]:
        context = chromium.new_context(**screen, base_url=live_server.url, locale="da-DK", reduced_motion="reduce")
        page = context.new_page()
        page.goto("/stil/")
        page.reload()  # the fonts are there now
        assert_accessible(page)
        page.evaluate("document.activeElement.blur(), document.fonts.ready")
        whole = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
        boxes = page.evaluate(PARTS)
        context.close()
        return {name: small(whole.crop(box)) for name, box in boxes.items()}

    return taken


def small(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width // SCALE, picture.height // SCALE), Image.Resampling.BOX)


def difference(now: Image.Image, kept: Image.Image) -> str:
    """What differs, in words; empty where it is not worth telling."""
    if abs(now.width - kept.width) > ROOM or abs(now.height - kept.height) > ROOM:
        return f"{now.size} and not {kept.size}"
    both = (0, 0, min(now.width, kept.width), min(now.height, kept.height))
    soft = ImageFilter.BoxBlur(1)
    red, green, blue = ImageChops.difference(now.crop(both).filter(soft), kept.crop(both).filter(soft)).split()
    apart = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    share = sum(apart.histogram()[MOST:]) / (apart.width * apart.height)
    return f"{share:.1%} of it" if share > SHARE else ""


@pytest.mark.parametrize("name", SCREENS)
def test_components_look_as_they_did(parts, name):
    now = parts(SCREENS[name])
    folder = KEPT / name
    if os.environ.get("RENEW_PICTURES"):
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            old.unlink()
        for part, picture in now.items():
            picture.quantize(64).save(folder / f"{part}.png", optimize=True)
    kept = {path.stem: Image.open(path).convert("RGB") for path in folder.glob("*.png")}
    assert now.keys() == kept.keys()
    assert {part: told for part in now if (told := difference(now[part], kept[part]))} == {}
