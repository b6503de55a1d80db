"""Whatever stands in an address, every list and the search answer."""

from contextlib import suppress

from django.http import Http404
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from kulturmetropol.accounts.models import User
from tests.attacks import site
from tests.attacks.payloads import NAUGHTY
from tests.properties import ANYTHING, HOSTILE, examples

FOUND = {200, 302, 404}


def try_list(view, user: User) -> None:
    as_view = view.as_view()
    names = [*view.filterset_class.base_filters, view.page_kwarg, "format"]

    @examples(12)
    @given(typed=st.dictionaries(st.sampled_from(names), ANYTHING | HOSTILE, min_size=1, max_size=3))
    def look(typed):
        request = RequestFactory().get("/", {"aftale": ""} | typed)
        request.user = user
        with suppress(Http404):
            assert as_view(request).status_code in FOUND

    look()


def test_no_filter_breaks(cast):
    for view in site.lists().values():
        try_list(view, cast.admin)


def test_no_search_of_a_list_breaks(log_in, cast):
    admin = log_in(cast.admin)
    for text in NAUGHTY:
        for url in ("/aktiviteter/", "/netvaerk/", "/personer/"):
            assert admin.get(url, {"q": text}).status_code == 200


def test_no_search_breaks(log_in, cast):
    clients = [log_in(cast.admin), log_in(cast.guest)]

    @examples(25)
    @given(text=ANYTHING | HOSTILE)
    def search(text):
        for client in clients:
            assert client.get("/soeg/", {"q": text}).status_code == 200

    search()


def test_no_path_breaks(log_in, cast):
    admin = log_in(cast.admin)
    texts = [site.example_path(each) for each in site.patterns() if "<str:" in str(each.pattern)]

    @examples(60)
    @given(where=st.sampled_from(texts), text=ANYTHING | HOSTILE)
    def go(where, text):
        response = admin.get(where.replace("/x", f"/{text}", 1).replace("?", "%3F").replace("#", "%23"))
        assert response.status_code in {200, 302, 400, 403, 404, 405}

    go()
