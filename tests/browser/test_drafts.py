"""Nothing typed is lost: what a form held when the session ran out is back after logging in."""

import re

import pytest

from initiatives.models import Initiative
from tests.browser.conftest import PASSWORD

pytestmark = pytest.mark.browser

OFFER = "Du har tekst her, der ikke er gemt, fra"
KEPT = "Det, du skrev, ligger i denne browser."


@pytest.fixture
def initiative(transactional_db, cast):
    return Initiative.objects.get(title="Fra øvelokale til scene")


def log_in_again(page, user):
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind").click()


def offer(page):
    return page.get_by_role("status").filter(has_text=OFFER)


def save(page):
    page.get_by_role("button", name="Gem", exact=True).click()


def test_text_is_back_after_the_session_ran_out(page, log_in_by_form, cast, initiative):
    log_in_by_form(cast.staff)
    edit = f"{initiative.get_absolute_url()}rediger/"
    page.goto(edit)
    page.get_by_label("Titel").fill("Fra øvelokale til spillested")
    page.get_by_label("Beskrivelse").fill("Første linje\nAnden linje med “æøå” & <b>tegn</b>")
    page.get_by_label("Status", exact=False).first.select_option("planned")
    target = initiative.targets.first()
    page.get_by_label(target.text).uncheck()

    page.context.clear_cookies(name=re.compile("session"))
    save(page)
    page.get_by_text("Du var logget ud, så der er ikke gemt noget endnu.").wait_for()
    page.get_by_text(KEPT).wait_for()
    assert not page.get_by_label("Det, du skrev. Kopiér det").is_visible()
    log_in_again(page, cast.staff)

    page.wait_for_url(f"**{edit}")
    assert page.get_by_label("Titel").input_value() == "Fra øvelokale til scene"
    offer(page).get_by_role("button", name="Hent den").click()
    assert page.get_by_label("Titel").input_value() == "Fra øvelokale til spillested"
    assert page.get_by_label("Beskrivelse").input_value() == "Første linje\nAnden linje med “æøå” & <b>tegn</b>"
    assert not page.get_by_label(target.text).is_checked()
    save(page)
    page.get_by_text("“Fra øvelokale til spillested” er gemt.").wait_for()
    initiative.refresh_from_db()
    assert (initiative.title, initiative.status) == ("Fra øvelokale til spillested", "planned")
    assert target not in initiative.targets.all()
    assert initiative.description == "Første linje\nAnden linje med “æøå” & <b>tegn</b>"

    page.goto(edit)
    page.wait_for_load_state()
    assert offer(page).count() == 0
    assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0


def test_text_of_a_new_record_survives_the_tab_and_is_discarded_on_request(page, log_in_by_form, cast):
    log_in_by_form(cast.staff)
    page.goto("/indsatser/opret/")
    page.get_by_label("Titel").fill("Ny og ugemt")
    page.wait_for_timeout(600)
    other = page.context.new_page()
    other.goto("/indsatser/opret/")
    offer(other).get_by_role("button", name="Kassér den").click()
    assert other.get_by_label("Titel").input_value() == ""
    other.reload()
    assert offer(other).count() == 0
    other.close()


def test_text_goes_on_top_of_the_version_it_was_written_on(page, log_in_by_form, cast, initiative):
    log_in_by_form(cast.staff)
    edit = f"{initiative.get_absolute_url()}rediger/"
    page.goto(edit)
    page.get_by_label("Titel").fill("Min titel")
    page.wait_for_timeout(600)
    Initiative.objects.filter(pk=initiative.pk).update(title="Den andens titel", version=initiative.version + 1)
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(edit)
    offer(page).get_by_role("button", name="Hent den").click()
    save(page)
    page.get_by_role("alert").filter(has_text="mens du skrev").wait_for()
    initiative.refresh_from_db()
    assert initiative.title == "Den andens titel"


def test_text_is_offered_to_the_one_who_wrote_it_alone(page, log_in_by_form, cast):
    log_in_by_form(cast.staff)
    page.goto("/indsatser/opret/")
    page.get_by_label("Titel").fill("Stafs tekst")
    page.wait_for_timeout(600)
    page.context.clear_cookies()
    page.once("dialog", lambda dialog: dialog.accept())
    log_in_by_form(cast.admin)
    page.goto("/indsatser/opret/")
    assert offer(page).count() == 0


def test_a_login_in_another_tab_loses_nothing(page, log_in_by_form, cast):
    log_in_by_form(cast.staff)
    page.goto("/indsatser/opret/")
    page.get_by_label("Titel").fill("Skrevet før login")
    page.context.clear_cookies()
    other = page.context.new_page()
    other.goto("/log-ind/")
    log_in_again(other, cast.staff)
    other.wait_for_url("**/")
    other.close()
    save(page)
    page.get_by_role("heading", name="Formularen har været åben for længe").wait_for()
    page.get_by_text(KEPT).wait_for()
    page.get_by_role("link", name="Åbn formularen igen").click()
    offer(page).get_by_role("button", name="Hent den").click()
    assert page.get_by_label("Titel").input_value() == "Skrevet før login"


def test_errors_keep_the_form_and_offer_nothing(page, log_in_by_form, cast):
    log_in_by_form(cast.staff)
    page.goto("/indsatser/opret/")
    page.get_by_label("Resumé").fill("Uden titel")
    save(page)
    page.get_by_role("alert").first.wait_for()
    assert offer(page).count() == 0
    assert page.get_by_label("Resumé").input_value() == "Uden titel"


def test_who_logs_out_leaves_nothing_in_the_browser(page, log_in_by_form, cast):
    log_in_by_form(cast.staff)
    page.goto("/indsatser/opret/")
    page.get_by_label("Titel").fill("Stafs tekst")
    page.wait_for_timeout(600)
    other = page.context.new_page()
    other.goto("/konto/")
    other.locator(".menu .who [data-log-out] button").dispatch_event("click")  # on a phone the menu is closed
    other.wait_for_url("**/log-ind/")
    for tab in (page, other):
        assert tab.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
    other.go_back()
    other.wait_for_url("**/log-ind/?next=/konto/")
