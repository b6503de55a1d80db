"""Markup in every text field of every form, sent through the real view, is text on every page that shows it.

Sources: OWASP Cross Site Scripting Prevention Cheat Sheet, OWASP XSS Filter Evasion Cheat Sheet (see `payloads`).
"""

import re
from collections.abc import Iterator
from functools import partial

import pytest
from django.db import IntegrityError, models, transaction
from django.db.models.signals import post_save
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from agreements.models import UserInvitation
from kulturmetropol.accounts.models import User
from outreach.actions.memos import withdraw
from tests.factories import AgreementFactory, UserFactory
from tests.factories.users import UserInvitationFactory
from tests.kulturmetropol.test_access import RECORDS, TABLE

from . import site
from .markup import faults
from .payloads import MARKUP, MARKUP_EMAIL, MARKUP_URL, MIDDLE_MARKUP, NEW_LINES, SHORT_MARKUP

# Fields that take no markup, so that nothing of it can be stored. All others must take what is typed.
REFUSING = {
    "annex": "a number and a letter",
    "case_number": "KL's system or the ministry's",
    "council_case_number": "a case number",
    "code": "of an app: six digits",
    "password1": "never shown",
    "password2": "never shown",
    "recipient": "one plain address",
    "starts_at": "a time of day",
    "website": "a trap for robots",
}
# Forms that refuse for another reason than what is typed in them.
NOT_SAVED = {
    "account_reset_password": "an address is shown to nobody but its owner",
    "account_set_password": "passwords are never shown",
    "mfa_activate_totp": "a code is never shown",
    "mfa_add_webauthn": "wants a device",
    "newsletter_signup": "wants the seconds that a person takes",
}
# Fields by which the tests find their people.
FOUND_BY = {(User, "email")}
# Fields that no page shows.
UNSHOWN: dict[str, str] = {}
ROOM = 12  # for the key of a row, which makes its text its own
MARKED = re.compile(r"x5s\d+z")


class World:
    """What the forms have taken in, and how to write it into every row that is there."""

    def __init__(self) -> None:
        self.marks: dict[str, str] = {}  # of which field of which form each is
        self.texts: dict[tuple[type[models.Model], str], str] = {}  # the text that a field has taken
        self.stored: set[str] = set()
        self.shown: set[str] = set()
        self.found: list[str] = []

    def typed(self, form: site.Form) -> dict[str, str]:
        return {name: self._text(form, name) for name in form.typed}

    def _text(self, form: site.Form, name: str) -> str:
        mark = f"x5s{len(self.marks)}z"
        self.marks[mark] = f"{site.name_of(form.action)}: {name}"
        longest = (form.typed[name] or 2000) - ROOM
        if form.kinds.get(name) == "email" or name == "email":
            return MARKUP_EMAIL.format(mark=mark)
        if form.kinds.get(name) == "url" or name == "url":
            return MARKUP_URL.format(mark=mark)
        lines = NEW_LINES if longest > 300 else "\r\n"
        wanted = (MARKUP, MIDDLE_MARKUP, SHORT_MARKUP)
        return mark + lines + next((each for each in wanted if len(mark + lines + each) <= longest), "")

    def saved(self, sender, instance, **kwargs) -> None:
        for field in instance._meta.concrete_fields:
            value = getattr(instance, field.attname)
            for mark in MARKED.findall(value) if isinstance(value, str) else ():
                self.stored.add(mark)
                self.texts[type(instance), field.name] = value

    def write_into(self, record: models.Model) -> None:
        """Every text field of the row holds what a form has taken for it, unless a constraint forbids it."""
        for (model, name), text in self.texts.items():
            if model is type(record) and (model, name) not in FOUND_BY:
                own = MARKED.sub(rf"\g<0>{record.pk}", text, count=1)
                try:
                    with transaction.atomic():
                        model._base_manager.filter(pk=record.pk).update(**{name: own})
                except IntegrityError:
                    pass

    def look(self, url: str, response) -> None:
        if response.status_code >= 500:
            self.found.append(f"{url}: {response.status_code} {response.exc_info and response.exc_info[1]!r}")
        elif site.is_page(response):
            self.found += [f"{url}: {fault}" for fault in faults(response)]
            self.shown |= set(MARKED.findall(response.content.decode()))


@pytest.fixture
def world():
    world = World()
    post_save.connect(world.saved, weak=False)
    yield world
    post_save.disconnect(world.saved)


def send(world: World, client: Client, form: site.Form) -> None:
    """The form with markup in all that one writes in; what is refused is taken back, and the rest sent once more."""
    name = site.name_of(form.action)
    typed = world.typed(form)
    wrong = site.send_until_taken(client, form, typed, world.look)
    if wrong and name not in NOT_SAVED:
        world.found.append(f"{form.page} does not take the form of {name}: {wrong}")
    for each in form.typed.keys() - typed.keys():
        if each not in REFUSING and form.kinds.get(each) not in {"date", "numeric", "decimal", "number", "time"}:
            world.found.append(f"{name} refuses markup in {each}")


def welcome_pages(invitation: UserInvitation, admin: Client, log_in) -> Iterator[HttpResponse]:
    """What the link shows to a newcomer, to somebody else, to its user, and when it is over."""
    yield site.invited(invitation).get("/velkommen/")
    yield site.invited(invitation, admin).get("/velkommen/")
    user = UserFactory(email=invitation.email)
    for client in (Client(), log_in(user)):
        yield site.invited(invitation, client).get("/velkommen/")
    User.objects.filter(pk=user.pk).update(is_active=False)
    yield site.invited(invitation).get("/velkommen/")
    invitation.withdrawn_at = timezone.now()
    yield site.invited(invitation).get("/velkommen/")


@pytest.mark.long
@pytest.mark.once
def test_what_is_typed_is_text_wherever_it_is_shown(world, log_in, cast, monkeypatch):
    admin = log_in(cast.admin)
    admin.raise_request_exception = False
    for form in site.own_forms(admin):
        if form.typed:
            send(world, admin, form)
    with site.undone():
        newcomer = site.invited(UserInvitationFactory())
        for form in site.forms("/velkommen/", newcomer.get("/velkommen/")):
            form.typed = {"name": form.typed["name"]}  # a password is never shown
            send(world, newcomer, form)
    assert "\n".join(world.found) == "", world.found

    for kind, make in RECORDS.items():
        # now, before anything has another name than the one by which it is found here
        of_its_own = {"case__agreement": AgreementFactory()} if kind in {"gatepassage", "invitation"} else {}
        record = make(**of_its_own)
        if kind == "memo_withdraw":
            withdraw(memo=record, by=cast.admin, version=record.version, reason="Forkert bilag")
        monkeypatch.setitem(RECORDS, kind, partial(type(record)._base_manager.get, pk=record.pk))
    User.objects.update(name=f"x5s9999z{MIDDLE_MARKUP}")
    for model in {model for model, _name in world.texts}:
        for record in model._base_manager.all():
            world.write_into(record)
    readers = {role: log_in(getattr(cast, role)) for role in ("chair", "guest")}
    for name, url, response in site.answers(admin):
        world.look(f"{name} {url}", response)
        for role, client in readers.items():
            if TABLE[name]["get"][role] == 200:
                world.look(f"{name} {url} as {role}", client.get(url))
    withdrawn = RECORDS["memo_withdraw"]().get_absolute_url()
    pages = [client.get(withdrawn) for client in (admin, readers["chair"])]
    pages += welcome_pages(RECORDS["userinvitation"](), admin, log_in)
    assert [page.status_code for page in pages] == [200, 200, 200, 200, 200, 200, 403, 410]
    for page in pages:
        world.look(page.request["PATH_INFO"], page)
    assert "\n".join(world.found) == "", world.found
    unshown = {
        f"{model.__name__}.{name}"
        for (model, name), text in world.texts.items()
        if not world.shown & set(MARKED.findall(text)) and not model.__name__.startswith("Historical")
    }
    assert unshown == set(UNSHOWN)
