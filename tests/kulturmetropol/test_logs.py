"""The log: a line of JSON for each record and each request, with who and which request, and without any secret."""

import json
import logging
from io import StringIO

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from kulturmetropol.logs import JsonFormatter, PlainFormatter, RequestLogMiddleware
from outreach.actions.marketing import confirm_url, unsubscribe_url
from tests.factories.outreach import SubscriptionFactory
from tests.kulturmetropol.test_database import run

LINE = {"time", "level", "logger", "message", "request_id", "user_id"}


class Log:
    """All that is logged meanwhile, of every level."""

    def __init__(self, formatter: logging.Formatter):
        self.handler = logging.StreamHandler(StringIO())
        self.handler.setFormatter(formatter)

    @property
    def text(self) -> str:
        return self.handler.stream.getvalue()

    @property
    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def requests(self) -> list[dict]:
        return [line for line in self.lines if line["logger"] == "kulturmetropol.access"]

    @property
    def refusals(self) -> list[dict]:
        return [line for line in self.lines if line["message"].startswith("Refused: ")]


@pytest.fixture
def log(monkeypatch):
    log = Log(JsonFormatter())
    for logger in (logging.getLogger(), logging.getLogger("django")):  # the second hands nothing on to the first
        logger.addHandler(log.handler)
    monkeypatch.setattr(logging.getLogger("django.request"), "level", logging.DEBUG)
    logging.getLogger("django.request").manager._clear_cache()
    yield log
    for logger in (logging.getLogger(), logging.getLogger("django")):
        logger.removeHandler(log.handler)
    monkeypatch.undo()
    logging.getLogger("django.request").manager._clear_cache()


def test_a_line_for_each_request(log, staff, cast):
    response = staff.get("/indsatser/?q=hemmelig")
    (line,) = log.requests
    assert set(line) == {*LINE, "method", "path", "status", "milliseconds"}
    assert (line["method"], line["path"], line["status"], line["level"]) == ("GET", "/indsatser/", 200, "INFO")
    assert (line["request_id"], line["user_id"]) == (response.headers["X-Request-ID"], cast.staff.pk)
    assert line["milliseconds"] >= 0
    assert line["message"] == f"GET /indsatser/ 200 {line['milliseconds']} ms"
    assert "hemmelig" not in log.text
    assert cast.staff.email not in log.text


def test_what_django_says_of_the_answer_has_the_id_too(log, db):
    response = Client().get("/findes-ikke/", headers={"cookie": ""})
    (line,) = [line for line in log.lines if line["logger"] == "django.request"]
    assert line["message"] == "Not Found: /findes-ikke/"
    assert line["request_id"] == response.headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("name", "method", "url", "status"),
    [
        ("chair", "get", "/indsatser/opret/", 403),
        ("outsider", "get", "/indsatser/1/", 404),
        ("nobody", "post", "/findes-ikke/", 404),
    ],
)
def test_who_is_refused_is_noted_for_those_who_watch(log, cast, log_in, name, method, url, status):
    response = getattr(log_in(getattr(cast, name)), method)(url)
    assert response.status_code == status
    (line,) = log.refusals
    assert (line["level"], line["message"]) == ("WARNING", f"Refused: {method.upper()} {url} {status}")
    assert (line["status"], line["user_id"]) == (status, getattr(cast, name).pk)
    assert line["request_id"] == response.headers["X-Request-ID"]
    assert "@" not in log.text


def test_a_form_without_its_token_is_noted(log, cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.staff)
    client.post("/indsatser/opret/", {"title": "Hemmelig titel"})
    assert [line["message"] for line in log.refusals] == ["Refused: POST /indsatser/opret/ 403"]
    (line,) = [line for line in log.lines if line["logger"] == "django.security.csrf"]
    assert line["message"] == "Forbidden (CSRF cookie not set.): /indsatser/opret/"
    assert "Hemmelig" not in log.text


def test_what_nobody_finds_who_is_not_logged_in_is_no_refusal(log, db):
    Client().get("/findes-ikke/")
    assert log.refusals == []


def test_nobody_is_logged_in(log, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        Client().get("/healthz")
    assert [(line["path"], line["user_id"]) for line in log.requests] == [("/healthz", None)]


def test_each_request_has_an_id_of_its_own(db):
    ids = [Client().get("/healthz").headers["X-Request-ID"] for _n in range(3)]
    assert len(set(ids)) == 3
    assert all(len(each) == 32 for each in ids)


@pytest.mark.parametrize(
    ("trusted", "given", "taken"),
    [
        (True, "a1b2-c3.d4_e5", True),
        (False, "a1b2-c3.d4_e5", False),
        (True, "", False),
        (True, "x" * 65, False),
        (True, 'x", "level": "ERROR', False),
        (True, "æ", False),
    ],
)
def test_an_id_is_taken_from_a_trusted_proxy_alone(settings, trusted, given, taken):
    settings.TRUST_PROXY_HEADERS = trusted
    response = Client(headers={"X-Request-ID": given}).get("/healthz")
    assert (response.headers["X-Request-ID"] == given) is taken


@pytest.fixture
def secrets(db) -> dict[str, str]:
    """Addresses that are secrets, and what of them must not be written down."""
    subscription = SubscriptionFactory()
    confirm, unsubscribe = confirm_url(subscription, timezone.now()), unsubscribe_url(subscription)
    addresses = {
        "/" + url.split("/", 3)[3]: url.rstrip("/").rpartition("/")[2].partition("?")[0]
        for url in (confirm, unsubscribe)
    }
    for name, arguments, secret in [
        ("calendar_feed", ["et.hemmeligt"], "hemmeligt"),
        ("kept_file", ["hemmeligt:token"], "hemmeligt"),
        ("account_reset_password_from_key", ["1", "abc-hemmeligt"], "hemmeligt"),
        ("welcome_link", ["hemmeligt"], "hemmeligt"),
    ]:
        addresses[reverse(name, args=arguments)] = secret
    return addresses


def test_secret_addresses_are_cut_off(log, secrets):
    for address, secret in secrets.items():
        for variant in (address, address + "mere", address.rstrip("/"), address + "?q=hemmeligt"):
            Client().get(variant)
            Client().post(variant)
        assert secret not in log.text
    assert len(log.requests) == len(secrets) * 8
    assert len(log.lines) > len(log.requests)  # Django's own lines on what is not there or not allowed
    assert {line["path"] for line in log.requests} == {
        "/kalender/…",
        "/offentligt/nyhedsbrev/bekraeft/…",
        "/offentligt/nyhedsbrev/afmeld/…",
        "/valgt-billede/…",
        "/glemt-adgangskode/…",
        "/velkommen/…",
    }


def test_other_addresses_are_written_as_they_are(log, db):
    for path in ("/kalender/ny-adresse/", "/glemt-adgangskode/sendt/", "/findes-ikke/"):
        Client().get(path)
    assert [line["path"] for line in log.requests] == [
        "/kalender/ny-adresse/",
        "/glemt-adgangskode/sendt/",
        "/findes-ikke/",
    ]


def test_an_address_cannot_write_a_line_of_its_own(log, db):
    Client().get("/findes%0Aikke%22/")
    (line,) = log.requests
    assert line["path"] == "/findes%0Aikke%22/"
    for formatted in (PlainFormatter("%(message)s"), JsonFormatter()):
        record = logging.LogRecord("navn", logging.INFO, "", 1, line["message"], (), None)
        assert len(formatted.format(record).splitlines()) == 1


def boom(request):
    raise ValueError("Nøglen (email)=(ase@herlev.example) findes: https://login.example/svar?code=hemmeligt")


def test_a_fault_is_one_line_without_secrets(log):
    def answer(request):
        try:
            boom(request)
        except ValueError:
            logging.getLogger("django.request").exception("Internal Server Error: %s", request.path)
        return Client().get("/healthz")

    RequestLogMiddleware(answer)(RequestFactory().get("/kalender/hemmeligt.ics?code=hemmeligt"))
    fault = next(line for line in log.lines if line["level"] == "ERROR")
    assert fault["message"] == "Internal Server Error: /kalender/…"
    assert fault["traceback"].startswith("Traceback (most recent call last)")
    assert fault["traceback"].endswith("ValueError: Nøglen (email)=(…@…) findes: https://login.example/svar?…")
    assert fault["request_id"]
    assert "hemmeligt" not in "".join(line["message"] + line.get("path", "") for line in log.lines)


LOG_A_LINE = """
import logging, django
django.setup()
logging.getLogger("proeve").warning("Brugeren %s", "ase@herlev.example")
"""


@pytest.mark.once
@pytest.mark.parametrize(
    ("environment", "is_json"),
    [
        ({"LOG_FORMAT": "", "DEBUG": "1"}, False),
        ({"LOG_FORMAT": ""}, True),
        ({"LOG_FORMAT": "plain"}, False),
        ({"LOG_FORMAT": "json", "DEBUG": "1"}, True),
    ],
)
def test_json_unless_on_a_developers_machine(environment, is_json):
    result = run("-c", LOG_A_LINE, DJANGO_SETTINGS_MODULE="kulturmetropol.settings", **environment)
    (line,) = result.stderr.splitlines()
    if is_json:
        entry = json.loads(line)
        assert set(entry) == {"time", "level", "logger", "message"}
        assert (entry["level"], entry["logger"], entry["message"]) == ("WARNING", "proeve", "Brugeren …@…")
    else:
        assert line.endswith(" WARNING proeve: Brugeren …@…")


@pytest.mark.once
def test_a_format_that_is_not_known():
    result = run("manage.py", "check", LOG_FORMAT="xml")
    assert (result.returncode, result.stderr) == (1, "LOG_FORMAT is neither json nor plain.\n")
