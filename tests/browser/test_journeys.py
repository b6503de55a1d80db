"""What people come to the portal for, from beginning to end, in a real browser."""

import io

import pytest
from pypdf import PdfReader

from initiatives.models import Initiative
from outreach.models import Memo

pytestmark = pytest.mark.browser


def test_secretariat_edits_an_initiative_and_downloads_the_memo(page, log_in_by_form, cast):
    log_in_by_form(cast.staff)

    page.goto("/indsatser/")
    page.get_by_role("textbox", name="Søg").fill("øvelokale")
    page.get_by_role("button", name="Vis").click()
    page.get_by_role("link", name="Fra øvelokale til scene").click()
    page.get_by_role("link", name="Rediger").click()
    page.get_by_label("Titel").fill("Fra øvelokale til spillested")
    page.get_by_label("Status", exact=False).first.select_option("paused")
    page.get_by_role("button", name="Gem").click()
    page.get_by_text("Skriv, hvorfor indsatsen er på pause eller aflyst.").first.wait_for()
    assert page.get_by_label("Titel").input_value() == "Fra øvelokale til spillested"
    page.get_by_label("Begrundelse for status").fill("Venter på lokaler.")
    page.get_by_role("button", name="Gem").click()
    page.get_by_text("“Fra øvelokale til spillested” er gemt.").wait_for()
    initiative = Initiative.objects.get(title="Fra øvelokale til spillested")
    assert (initiative.status, initiative.status_reason) == ("paused", "Venter på lokaler.")

    page.goto("/")
    page.get_by_role("link", name="Skriv et notat").first.click()
    page.get_by_role("link", name="Status på aftalen").click()
    page.get_by_label("Udvalg").select_option(label="Kultur- og Fritidsudvalget, Rødovre")
    page.get_by_label("Dato").fill("6.11.2020")
    page.get_by_label("Sagsbehandler").fill("Henning Elmelund")
    page.get_by_label("Journalnummer").fill("20.20.00-P27-1-20")
    page.get_by_role("button", name="Videre til afsnittene").click()
    page.get_by_role("checkbox", name="Tag afslutningen med").check()
    page.get_by_role("textbox", name="Afslutning").fill("Med **venlig** hilsen")
    preview = page.frame_locator("iframe")
    preview.get_by_text("Med venlig hilsen").wait_for()  # the preview follows the typing
    assert Memo.objects.get().closing == ""
    page.get_by_role("button", name="Gem").click()
    page.get_by_text("er gemt.").wait_for()

    with page.expect_download() as download:
        page.get_by_role("link", name="Hent PDF").click()
    assert download.value.suggested_filename == "notat-2020-11-06-roedovre-kultur-og-fritidsudvalget.pdf"
    with open(download.value.path(), "rb") as file:
        text = " ".join(PdfReader(io.BytesIO(file.read())).pages[0].extract_text().split())
    assert "følgende 9 kommuner har tilsluttet sig aftalen: Albertslund, Furesø, Halsnæs, Helsingør, Herlev" in text


def test_purposes_are_moved_with_the_keyboard_alone(page, log_in_by_form, cast):
    log_in_by_form(cast.staff)
    page.goto("/aftaler/")
    page.get_by_role("link", name="Kulturmetropolen 2021-2024").press("Enter")
    second = page.get_by_role("button", name="Flyt op: At styrke samarbejdet kommuner imellem")
    second.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Flyt op: At styrke samarbejdet kommuner imellem", disabled=True).wait_for()
    purposes = page.locator("#purposes li p").all_inner_texts()
    assert purposes[:2] == ["At styrke samarbejdet kommuner imellem", "At understøtte kommuners engagement"]


def test_first_tab_leads_past_the_menu(page, log_in_by_form, cast):
    log_in_by_form(cast.staff)
    page.goto("/indsatser/")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Gå til indholdet"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text().strip() == "Ny indsats"


def test_errors_take_the_focus(page, log_in_by_form, cast):
    log_in_by_form(cast.staff)
    page.goto("/formaal/opret/")
    page.get_by_role("button", name="Gem").press("Enter")
    assert page.locator(":focus").get_attribute("role") == "alert"
