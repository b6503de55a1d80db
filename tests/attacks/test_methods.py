"""Methods, hosts and sizes of requests that no browser of the portal sends.

Sources: OWASP WSTG-CONF-06 (methods), WSTG-INPV-17 (host headers), WSTG-INPV-04 (parameters twice).
"""

import re

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.test.client import MULTIPART_CONTENT

from tests.factories import UserFactory

from . import site
from .payloads import MARK, OUTSIDE

HOSTS = ["evil.example", "testserver.evil.example", "testserver:80@evil.example", "testserver evil", "[::1", "",
         "testserver/evil.example", "evil.example:testserver", "testserver\tevil"]  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "OPTIONS", "X5S"])
def test_other_methods_do_nothing_and_echo_nothing(log_in, cast, method):
    admin = log_in(cast.admin)
    for pattern in list(site.patterns())[::4]:
        response = admin.generic(method, site.example_path(pattern), headers={"x-secret": f"{MARK}-secret"})
        assert response.status_code < 500, pattern.name
        assert response.streaming or MARK.encode() not in response.content


@pytest.mark.once
@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_is_not_the_portals_is_refused(db, host):
    assert Client().get("/log-ind/", headers={"host": host}).status_code == 400


@pytest.mark.once
@pytest.mark.parametrize("header", ["x-forwarded-host", "x-host", "forwarded", "x-original-url", "x-rewrite-url"])
def test_no_header_changes_where_links_lead_or_which_page_it_is(db, mailoutbox, header):
    user = UserFactory(password="blå-viol-i-regnvejr")
    value = {"forwarded": "host=evil.example"}.get(header, "evil.example" if "host" in header else "/aftaler/")
    response = Client().post("/glemt-adgangskode/", {"email": user.email}, headers={header: value})
    assert response.url == "/glemt-adgangskode/sendt/"
    assert "evil.example" not in mailoutbox[0].body
    assert re.search(r"^http://testserver/glemt-adgangskode/", mailoutbox[0].body, re.MULTILINE)


@pytest.mark.parametrize(
    "url",
    [
        "/soeg/?q=" + "a" * 100_000,
        "/soeg/?" + "q=a&" * 500,
        "/personer/?q=" + "a" * 100_000,
        "/personer/?q=" + "a+" * 2_000,
        "/personer/?q=" + "%25" * 60_000,
        "/personer/?sorter=" + "navn," * 5_000,
        "/personer/?side=" + "9" * 5_000,
        "/aktiviteter/?aar=" + "9" * 5_000,
        "/aktiviteter/?indsats=" + "9" * 5_000,
        "/aktiviteter/?indsats=" + "9" * 40,
        "/aktiviteter/opret/?indsats=" + "9" * 5_000,
        "/moeder/?fra=" + "9" * 5_000,
        "/ure/log-moede/?udvalg=" + "9" * 5_000,
        "/personer/?q=%00",
        "/personer/?q=%ff%fe",
        "/kommuner/%00/",
        "/kommuner/%ff/",
        "/kommuner/" + "9" * 5_000 + "/",
        "/personer/" + "9" * 5_000 + "/",
        "/personer/1/historik/" + "9" * 5_000 + "/",
        "/aftaler/1/aarsstatus/" + "9" * 5_000 + "/",
        "/aftaler/1/aarsstatus/0/",
        "/notater/" + "9" * 20 + "/pdf/",
        "/organer/1/moedeplan/" + "9" * 30 + "/",
        "/offentligt/kulturmetropolen/status/%00/2026-11/",
        "/offentligt/kulturmetropolen/status/0175/0000-01/",
        "/kalender/%00.ics",
        "/kalender/a.%ff.ics",
        "/valgt-billede/%00/",
        "/indslusning/1/port/%00/",
        "/glemt-adgangskode/1-%00/",
        "/glemt-adgangskode/zzzzzzzzzzzzzzzzzzzzzz-a-b/",
        "/" + "a/" * 5_000,
        *(f"/kommuner/{each.replace('/', '%2f')}/" for each in OUTSIDE),
    ],
)
def test_no_address_is_too_strange(log_in, cast, url):
    assert log_in(cast.admin).get(url, follow=True).status_code in {200, 400, 403, 404}


DEEP = [
    "[" * 100_000,
    '{"a":' * 50_000,
    "[" * 100_000 + "]" * 100_000,
    '"\\ud800"',
    "1" * 5_000,
    "NaN",
    "null",
    "\x00",
    "1",
    "[]",
    "{}",
    '{"id": 5}',
    '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}',
    '{"id": "eHg", "rawId": "eHg", "type": "public-key", "response": {}}',
    '{"id": "eHg", "rawId": "eHg", "type": "public-key", "response": {"clientDataJSON": "e30",'
    ' "authenticatorData": "AAAA", "attestationObject": "AAAA", "signature": "AAAA", "userHandle": "AAAA"}}',
    '{"id": "eHg", "rawId": "eHg", "type": "public-key", "response": {"clientDataJSON": 5, "userHandle": null}}',
]


@pytest.mark.once
@pytest.mark.parametrize("text", DEEP, ids=range(len(DEEP)))
def test_no_json_is_too_deep(log_in, cast, text):
    answers = [Client().post("/log-ind/adgangsnoegle/", {"credential": text})]
    admin = log_in(cast.admin)
    answers += [
        admin.post("/konto/adgangsnoegler/tilfoej/", {"name": "x", "credential": text}),
        admin.post("/personer/opret/", text, content_type="application/json"),
        admin.post("/personer/opret/", {"version": text, "name": text}),
    ]
    assert {each.status_code for each in answers} <= {200, 302, 400, 403}


@pytest.mark.once
def test_no_form_is_too_large(log_in, cast):
    admin = log_in(cast.admin)
    many = {f"x{number}": "1" for number in range(1001)}
    assert admin.post("/personer/opret/", many).status_code == 400
    assert (
        admin.post("/personer/opret/", "a=1&" * 1001, content_type="application/x-www-form-urlencoded").status_code
        == 400
    )
    assert admin.post("/personer/opret/", {"name": "a" * 3_000_000}).status_code == 400
    files = {f"x{number}": ContentFile(b"x", name="a.txt") for number in range(101)}
    assert admin.post("/personer/opret/", files).status_code == 400


@pytest.mark.once
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", MULTIPART_CONTENT),
        (b"--BoUnDaRyStRiNg", MULTIPART_CONTENT),
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=" + "b" * 300),
        (b"\xff\xfe=\x00", "application/x-www-form-urlencoded"),
        (b"a=b", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"a=b", "application/x-www-form-urlencoded; charset=x5s"),
        (b"<x/>", "application/xml"),
        (b"x", "x5s"),
        (b"x", ""),
    ],
)
def test_no_body_breaks_a_form(log_in, cast, body, kind):
    admin = log_in(cast.admin)
    for url in ("/personer/opret/", "/dokumenter/opret/"):
        assert admin.generic("POST", url, body, content_type=kind).status_code in {200, 400}
    assert Client().generic("POST", "/log-ind/", body, content_type=kind).status_code in {200, 400}
