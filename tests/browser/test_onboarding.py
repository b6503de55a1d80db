"""From first interest to member, in a real browser: invitation, visit, promise, political gates, and then the clock."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from agreements.models import Body, Membership, OutgoingMail
from outreach.models import FollowUp, OnboardingCase, Visit

pytestmark = pytest.mark.browser


def typed(days: int) -> str:
    return f"{timezone.localdate() + timedelta(days=days):%d-%m-%Y}"


def test_a_municipality_comes_in(page, log_in_as, cast, mailoutbox):
    log_in_as(cast.admin)

    # first interest
    page.goto("/indslusning/")
    page.get_by_role("link", name="Ny interesseret kommune").click()
    page.get_by_role("combobox", name="Kommune").select_option(label="Allerød")
    page.get_by_label("Interesseret siden").fill(typed(-20))
    page.get_by_label("Kommunen beslutter sig senest").fill(typed(60))
    page.get_by_role("button", name="Gem").click()
    page.get_by_role("heading", name="Allerød", level=1).wait_for()
    assert "Invitation 6 dage over" in page.locator(".lead").inner_text()
    case = OnboardingCase.objects.get(municipality__name="Allerød")

    # somebody to write to, and the invitation
    page.get_by_role("link", name="Tilføj kontaktperson").click()
    page.get_by_label("Navn").fill("Ane Lind")
    page.get_by_label("E-mail").fill("ane.lind@alleroed.example")
    page.get_by_role("button", name="Tilføj").click()
    page.get_by_role("link", name="Skriv invitation").click()
    page.get_by_role("combobox", name="Til").first.select_option(label="Konference")
    page.get_by_label("Hvad det er").fill("Konference om unge og kultur")
    page.get_by_role("button", name=re.compile("^(Gem|Videre)")).first.click()
    page.get_by_role("button", name="Send invitationen").click()
    page.get_by_role("heading", name="Allerød", level=1).wait_for()
    assert OutgoingMail.objects.get(recipient="ane.lind@alleroed.example").status == OutgoingMail.Status.SENT
    case.refresh_from_db()
    assert case.stage == OnboardingCase.Stage.INVITED

    # a visit with the ambassador that fits best, before the decision
    page.get_by_role("link", name="Planlæg et besøg").click()
    page.get_by_label("Dato").fill(typed(61))
    page.get_by_role("button", name="Gem").click()
    page.get_by_text("Allerød beslutter senest").first.wait_for()
    page.get_by_label("Dato").fill(typed(10))
    page.get_by_role("button", name="Gem").click()
    page.get_by_role("heading", name="Hvem der passer bedst").wait_for()
    page.locator(".suggestions li").first.get_by_role("button").click()
    visit = Visit.objects.get(host__name="Allerød")
    assert visit.ambassadors.count() == 1
    page.get_by_text("Tilføj et løfte").click()
    page.get_by_label("Hvad der blev lovet").fill("Send regnskabet fra Furesø")
    page.locator("#promises").get_by_label("Frist").fill(typed(14))
    page.get_by_role("button", name="Tilføj løftet").click()
    page.get_by_role("link", name="Send regnskabet fra Furesø").wait_for()
    assert FollowUp.objects.get(visit=visit).municipality.name == "Allerød"

    # the political gates
    page.goto(case.get_absolute_url())
    page.get_by_role("link", name="Registrér deltagelsen").click()
    page.get_by_role("button", name="Registrér").click()
    page.get_by_role("link", name="Registrér udvalgets indstilling").click()
    page.get_by_label("Udvalget indstillede den").fill(typed(0))
    page.get_by_role("button", name="Registrér").click()
    page.get_by_role("link", name="Registrér kommunalbestyrelsens beslutning").click()
    page.get_by_label("Kommunalbestyrelsen besluttede det").fill(typed(0))
    page.get_by_role("button", name="Registrér").click()
    page.get_by_text("Dette felt er påkrævet").first.wait_for()
    page.get_by_label("Kommunalbestyrelsens sagsnummer").fill("26/1234")
    page.get_by_role("button", name="Registrér").click()
    page.get_by_role("link", name="Gør kommunen til medlem").click()
    page.get_by_role("button", name="Gør kommunen til medlem").click()
    page.get_by_role("heading", name="Allerød", level=1).wait_for()
    membership = Membership.objects.get(municipality__name="Allerød")
    assert (membership.council_case_number, membership.joined_on) == ("26/1234", timezone.localdate())

    # and its clock
    page.goto("/ure/")
    page.locator(".clock-list li", has_text="Allerød").get_by_text("Medlemmet har intet udvalg her").wait_for()
    Body.objects.create(
        culture_region=case.region, kind="committee", name="Kulturudvalget", municipality=membership.municipality
    )
    page.reload()
    assert "Aldrig på dagsordenen" in page.locator(".clock-list li", has_text="Allerød").inner_text()
