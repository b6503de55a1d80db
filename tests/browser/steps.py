"""What is done on a page before it is looked at. Fields and tags are named, no words: it works in each language."""

from playwright.sync_api import Page

from agreements import users
from agreements.models import UserInvitation
from initiatives.models import Initiative
from tests.factories import AgreementFactory


def send(page: Page) -> None:
    page.locator("main form[method=post] [type=submit]").first.click()


def refused(page: Page) -> None:
    """Sent as it is, and found wanting."""
    send(page)
    page.get_by_role("alert").first.wait_for()


def sent_in_place(page: Page) -> None:
    """Sent as it is, to a page that comes under the same address."""
    with page.expect_navigation():
        send(page)


def sent(page: Page) -> None:
    """Sent as it is, to the page that comes then."""
    before = page.url
    send(page)
    page.wait_for_url(lambda url: url != before)


def with_tables_open(page: Page) -> None:
    page.locator("main .chart-table summary").first.click()


def with_folds_open(page: Page) -> None:
    for fold in page.locator(".nav-fold summary").all():
        fold.press("Enter")


def with_two_agreements(page: Page) -> None:
    AgreementFactory(name="Kulturaftalen for KulturMetropolØresund 2012-2015", status="ended")
    page.reload()
    with_folds_open(page)


def wrong_date(page: Page) -> None:
    page.locator("[name=starts_on]").fill("31-02-2021")
    refused(page)


def conflict(page: Page) -> None:
    initiative = Initiative.objects.get(pk=page.url.split("/")[-3])
    Initiative.objects.filter(pk=initiative.pk).update(title="Den andens titel", version=initiative.version + 1)
    page.locator("[name=title]").fill("Min titel")
    refused(page)


def wrong_file(page: Page) -> None:
    rows = "indsats;titel;dato;kommuner\nUkendt;Kor;31-02-2022;Kjøge\n"
    file = {"name": "forkert.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.locator("[type=file]").set_input_files(file)
    refused(page)


def on_a_new_agenda(page: Page) -> None:
    page.locator("[name=held_on]").fill("01-12-2099")
    sent(page)


def recipients(page: Page) -> None:
    page.locator("[name=case_officer]").fill("Henning Elmelund")
    page.locator("[name=case_number]").fill("20.20.00-P27-1-20")
    page.locator("[name=to][value=everybody]").check()
    send(page)
    page.locator("[name=start]").wait_for()


def cell_open(page: Page) -> None:
    page.locator("[data-cell]").first.click()
    page.locator("dialog[open] [type=submit]").first.wait_for()


def cell_refused(page: Page) -> None:
    cell_open(page)
    page.locator("dialog [name=role]:not([value=''])").first.check()
    page.locator("dialog [name=starts_on]").fill("31-02-2022")
    page.locator("dialog [type=submit]").first.click()
    page.locator("dialog [role=alert]").wait_for()


def code_asked_for(page: Page) -> None:
    page.locator("[name=email]").fill("ukendt@cast.example")
    page.locator("[name=email]").press("Enter")
    page.locator("[name=code]").wait_for()


def unequal_passwords(page: Page) -> None:
    page.locator("[type=password]").first.fill("kort")
    page.locator("[type=password]").first.press("Enter")
    page.locator(".invalid-feedback").first.wait_for()


def withdrawn_meanwhile(page: Page) -> None:
    invitation = UserInvitation.objects.latest("pk")
    users.withdraw(invitation=invitation, by=invitation.invited_by)
    page.reload()
