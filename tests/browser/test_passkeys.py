"""Passkeys with the virtual authenticator of Chromium, under the portal's own content security policy."""

import pytest

from tests.browser.conftest import PASSWORD, is_start_page
from tests.browser.looking import assert_accessible

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(page):
    """A phone that confirms with a finger and keeps keys."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def refuse(refused: bool) -> None:
        settings = {"authenticatorId": made["authenticatorId"], "isUserVerified": not refused}
        session.send("WebAuthn.setUserVerified", settings)

    return refuse


def add_passkey(page, name: str, *, alone: bool = True) -> None:
    page.goto("/konto/adgangsnoegler/tilfoej/")
    page.get_by_label("Hvad du kalder den").fill(name)
    page.get_by_label("Log ind med den alene, uden adgangskode").set_checked(alone)
    page.get_by_role("button", name="Tilføj en adgangsnøgle").click()


def test_a_passkey_is_added_and_logs_in_alone(page, phone, log_in_by_form, cast, screen):
    log_in_by_form(cast.chair)
    add_passkey(page, "Min telefon")
    page.wait_for_url("**/konto/totrin/koder/")
    page.get_by_text("Adgangsnøglen er tilføjet.").wait_for()
    assert_accessible(page)
    page.goto("/konto/adgangsnoegler/")
    page.get_by_text("Min telefon", exact=True).wait_for()
    page.get_by_text("Logger dig ind alene").wait_for()
    assert_accessible(page)

    log_out(page, screen)
    page.goto("/log-ind/?next=/aftaler/")
    page.get_by_role("button", name="Brug en adgangsnøgle").click()
    page.get_by_role("heading", name="Aftaler").wait_for()

    page.goto("/konto/adgangsnoegler/")
    page.get_by_role("link", name="Fjern “Min telefon”").click()
    page.get_by_role("button", name="Fjern adgangsnøglen").click()
    page.get_by_text("Du har ingen endnu.").wait_for()


def test_a_passkey_is_the_second_step_and_a_refusal_is_told(page, phone, log_in_by_form, cast, screen):
    log_in_by_form(cast.chair)
    add_passkey(page, "Nøglering", alone=False)
    page.wait_for_url("**/konto/totrin/koder/")
    log_out(page, screen)

    page.goto("/log-ind/")
    page.get_by_label("E-mail").fill(cast.chair.email)
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind").click()
    page.wait_for_url("**/log-ind/totrin/")
    assert_accessible(page)
    page.get_by_role("button", name="Brug en adgangsnøgle").click()
    page.wait_for_url(is_start_page)
    log_out(page, screen)

    phone(refused=True)
    page.goto("/log-ind/")
    page.get_by_role("button", name="Brug en adgangsnøgle").click()
    page.get_by_role("alert").get_by_text("Adgangsnøglen kunne ikke bruges.").wait_for()
    assert_accessible(page)


def log_out(page, screen) -> None:
    page.goto("/")
    if screen["viewport"]["width"] < 1000:
        page.get_by_role("link", name="Menu", exact=True).click()
    page.get_by_role("button", name="Log ud").click()
    page.wait_for_url("**/log-ind/")
