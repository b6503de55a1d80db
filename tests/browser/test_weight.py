"""What a visit costs over the wire, as in use: collected static files, compressed, behind the real WSGI application."""

from threading import Thread
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler

import pytest
from django.conf import settings as portal
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.wsgi import get_wsgi_application
from django.db import connections

from tests.browser.conftest import DESKTOP, PHONE
from tests.conftest import session_key

pytestmark = [pytest.mark.browser, pytest.mark.once]

FIRST_VISIT, LATER_PAGE = 120_000, 25_000  # bytes
LATER = ["/aktiviteter/", "/hvem-er-med/", "/indsatser/opret/", "/kommuner/0175/regnskab/"]
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => list.getEntries().forEach((each) => (window.shifted += each.value)))
  .observe({type: "layout-shift", buffered: true});
"""


class Silent(WSGIRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def in_use(settings, tmp_path, transactional_db):
    """The address of the portal with its static files collected."""
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = portal.STORAGES | {"staticfiles": {"BACKEND": "kulturmetropol.staticfiles.PortalStorage"}}
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    call_command("collectstatic", interactive=False, verbosity=0)

    def application(environ, start_response):
        try:
            yield from answer(environ, start_response)
        finally:
            connections.close_all()

    answer = get_wsgi_application()
    server = ThreadedWSGIServer(("127.0.0.1", 0), Silent)
    server.set_app(application)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_weight_of_a_first_visit_and_of_later_pages(chromium, in_use, cast):
    for screen in (DESKTOP, PHONE):
        context = chromium.new_context(**screen, base_url=in_use, locale="da-DK")
        context.add_init_script(SHIFTS)
        page = context.new_page()
        hosts, loaded = set(), []
        page.on("request", lambda request, hosts=hosts: hosts.add(urlsplit(request.url).netloc))
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda event, loaded=loaded: loaded.append(event["encodedDataLength"]))

        def visit(address, page=page, loaded=loaded) -> float:
            loaded.clear()
            answer = page.goto(address)
            assert answer.status == 200, address
            page.evaluate("document.fonts.ready")
            assert page.evaluate("window.shifted") < 0.01, address
            return sum(loaded)

        first = visit("/log-ind/")
        context.add_cookies([{"name": portal.SESSION_COOKIE_NAME, "value": session_key(cast.admin), "url": in_use}])
        first += visit("/")
        later = {address: visit(address) for address in LATER}
        assert first <= FIRST_VISIT
        assert {address: size for address, size in later.items() if size > LATER_PAGE} == {}
        assert hosts == {urlsplit(in_use).netloc}
        print(f"\nfirst visit {first / 1000:.1f} kB, later {max(later.values()) / 1000:.1f} kB at most")
        context.close()
