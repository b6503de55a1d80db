"""From an admin's invitation to the day the access ends, in a real browser."""

import re

import pytest

from kulturmetropol.accounts.models import User

pytestmark = pytest.mark.browser
PASSWORD = "fjord-lampe-kano-birk"


def test_a_culture_head_is_invited_comes_in_and_is_logged_out(page, log_in_as, cast, mailoutbox, live_server):
    log_in_as(cast.admin)
    page.goto("/brugere/")
    page.get_by_role("link", name="Invitér", exact=True).click()
    page.get_by_label("Navn").fill("Hanne Holm")
    page.get_by_label("E-mail").fill("hanne.holm@halsnaes.example")
    page.get_by_label("Rolle").select_option(label="Formand eller kulturchef")
    page.get_by_role("button", name="Send invitationen").click()
    page.get_by_text("Vælg personen, eller skriv den nye post nedenfor.").first.wait_for()
    page.get_by_label("Ny post").select_option(label="Kulturchef")
    page.get_by_label("Kulturchefens kommune").select_option(label="Halsnæs")
    page.get_by_label("Fra").fill("01-01-2024")
    page.get_by_role("button", name="Send invitationen").click()
    page.get_by_text("Invitationen til Hanne Holm er på vej.").wait_for()

    # the mail, in a browser of its own
    link = re.search(r"^\S+(/velkommen/\S+)$", mailoutbox[0].body, re.MULTILINE)[1]
    context = page.context.browser.new_context(base_url=live_server.url, locale="da-DK")
    theirs = context.new_page()
    theirs.goto(link)
    assert theirs.url == f"{live_server.url}/velkommen/"
    theirs.get_by_text("admin inviterer dig til portalen for Kulturmetropolen som kulturchef i Halsnæs.").wait_for()
    theirs.get_by_label("Adgangskode", exact=True).fill(PASSWORD)
    theirs.get_by_label("Adgangskode igen").fill(PASSWORD)
    theirs.get_by_role("button", name="Tag imod, og log ind").click()
    theirs.get_by_role("heading", name="Halsnæs", level=1).wait_for()

    # the admin ends it
    page.goto("/brugere/?q=hanne")
    page.get_by_role("link", name="Hanne Holm").click()
    page.get_by_text("Kulturchef, Halsnæs").wait_for()
    page.get_by_role("button", name="Afslut alle sessioner").click()
    page.get_by_text("Hanne Holm er logget ud ét sted.").wait_for()
    theirs.goto("/")
    theirs.get_by_role("heading", name="Log ind").wait_for()
    context.close()
    assert User.objects.get(name="Hanne Holm").check_password(PASSWORD)
