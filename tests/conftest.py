"""The agreement of the customer's documents, and the cast: one user for each way in which people meet the portal.

Both are made once for a database, and put back as they were after tests that commit (browsers, threads).
"""

import os
import shutil
import tempfile
import time
from dataclasses import dataclass, fields
from datetime import date

import pytest
from django.conf import settings
from django.template import RequestContext, Template
from django.test import Client, TransactionTestCase
from django.test.utils import instrumented_test_render

from tests import snapshot, world

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in the test's thread


@dataclass(frozen=True)
class Cast:
    """All belong to Kulturmetropolen, but `outsider` and `outside_admin`, of another region, and `nobody`, of none."""

    staff: object
    admin: object
    chair: object
    chair_elsewhere: object
    culture_head: object
    former_chair: object
    guest: object
    outsider: object
    outside_admin: object
    nobody: object


def pytest_configure(config):
    # pages are rendered, and static files served, without collecting these first
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    # Argon2 is slow on purpose
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    settings.WHITENOISE_MAX_AGE = 600  # a browser asks for a style sheet once in a test
    files = tempfile.TemporaryDirectory(prefix="kulturmetropol-files-")
    settings.MEDIA_ROOT = f"{files.name}/media"
    settings.STATIC_ROOT = f"{files.name}/static"  # what was collected before would hide the files of the checkout
    os.mkdir(settings.STATIC_ROOT)
    config.add_cleanup(files.cleanup)


@pytest.fixture(scope="session", autouse=True)
def django_test_environment(django_test_environment):
    Template._render = render


def render(template: Template, context) -> str:
    """Tells the test client of pages alone: for each icon and field, too, a copy of all that a page knows is kept."""
    if context.template is template and isinstance(context, RequestContext):
        return instrumented_test_render(template, context)
    return template.nodelist.render(context)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    with django_db_blocker.unblock():
        world.connect_to_copy(make_world)
        put_back = snapshot.take()
    TransactionTestCase._fixture_teardown = lambda case: put_back()


@pytest.fixture
def cast(db) -> Cast:
    from kulturmetropol.accounts.models import User

    users = {user.email.partition("@")[0]: user for user in User.objects.filter(email__endswith="@cast.example")}
    return Cast(**{field.name: users[field.name] for field in fields(Cast)})


@pytest.fixture
def log_in(cast):
    """A test client that is logged in as one of the cast: `log_in(cast.staff)`."""

    def client_of(user) -> Client:
        client = Client()
        if user:
            client.cookies[settings.SESSION_COOKIE_NAME] = session_key(user)
        return client

    return client_of


@pytest.fixture
def staff(log_in, cast) -> Client:
    return log_in(cast.staff)


def session_key(user) -> str:
    """Of a session that has just begun, without what a login writes down: that has tests of its own."""
    from django.contrib import auth
    from django.contrib.sessions.backends.db import SessionStore

    from kulturmetropol.accounts import lifetime

    session = SessionStore()
    session[auth.SESSION_KEY] = str(user.pk)
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[lifetime.BEGAN] = session[lifetime.SEEN] = int(time.time())
    session.create()
    return session.session_key


def make_world() -> None:
    from agreements.models import Body, CultureRegion, Municipality, Person, Post, RoleGrant
    from kulturmetropol.accounts.models import User
    from kulturmetropol.management.commands.load_kulturmetropol import load

    load(demo=True)
    region = CultureRegion.objects.get(slug="kulturmetropolen")
    other = CultureRegion.objects.create(name="Kulturregion Vest", slug="vest")
    users = {
        field.name: User.objects.create_user(f"{field.name}@cast.example", name=field.name) for field in fields(Cast)
    }
    RoleGrant.objects.bulk_create(
        [
            RoleGrant(user=users["staff"], culture_region=region, role="staff"),
            RoleGrant(user=users["admin"], culture_region=region, role="admin"),
            RoleGrant(user=users["outsider"], culture_region=other, role="staff"),
            RoleGrant(user=users["outside_admin"], culture_region=other, role="admin"),
            RoleGrant(
                user=users["guest"],
                culture_region=region,
                role="guest",
                municipality=Municipality.objects.get(name="Gribskov"),
            ),
        ]
    )
    committee = Body.objects.get(name="Kultur- og Fritidsudvalget")
    elsewhere = Body.objects.create(
        culture_region=region,
        kind="committee",
        name="Kultur- og Idrætsudvalget",
        municipality=Municipality.objects.get(name="Køge"),
    )

    def post(name, **fields):
        person = Person.objects.create(culture_region=region, name=name, user=users[name])
        Post.objects.create(person=person, **{"starts_on": date(2018, 1, 1), **fields})

    post("chair", kind="chair", body=committee)
    post("chair_elsewhere", kind="chair", body=elsewhere)
    post("culture_head", kind="culture_head", municipality=committee.municipality)
    post("former_chair", kind="chair", body=committee, ends_on=date(2021, 12, 31))


def needed(tool: str, found: object) -> None:
    """Skips loudly where a tool is missing; in CI the test fails instead."""
    if not found:
        message = f"{tool} is not installed: `make test` installs it"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


@pytest.fixture(scope="session")
def chromium_path() -> str | None:
    path = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    needed("Chromium", path)
    return path
