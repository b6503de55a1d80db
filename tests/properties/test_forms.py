"""Whatever is typed into whichever form, the portal answers: with the form once more, or the page that follows."""

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.attacks import site
from tests.properties import ANYTHING, HOSTILE, examples

ANSWERED = {200, 302, 400, 403, 404, 405, 409, 429}


def sent(form: site.Form) -> st.SearchStrategy[dict]:
    """Any field of the form may hold anything, be there twice, or be left out; or be as a person would have it."""

    def value(name: str) -> st.SearchStrategy[list[str]]:
        return st.one_of(
            st.just(form.data.get(name, [])),
            st.lists(ANYTHING | HOSTILE, min_size=1, max_size=2),
            st.just([]),
            HOSTILE.map(lambda text: [text]),
        )

    return st.fixed_dictionaries({name: value(name) for name in sorted(form.names)})


def try_form(client: Client, form: site.Form) -> None:
    @examples(4)
    @given(typed=sent(form))
    def send(typed):
        with site.undone():
            response = client.post(form.action, {name: values for name, values in typed.items() if values})
        assert response.status_code in ANSWERED, (form.action, typed)

    send()


def test_no_form_breaks(log_in, cast):
    admin = log_in(cast.admin)
    seen: set[tuple] = set()
    for form in site.own_forms(admin):
        # many kinds of record share the forms of one button
        names = tuple(sorted(form.names))
        if names not in seen or {*names} - {"version"}:
            try_form(admin, form)
        seen.add(names)


@pytest.mark.parametrize("url", ["/log-ind/", "/log-ind/kode/", "/glemt-adgangskode/", "/log-ind/adgangsnoegle/"])
def test_no_form_of_the_way_in_breaks(client, db, url):
    names = ["login", "password", "email", "next", "credential", "code", "remember", "action"]

    @examples(20)
    @given(typed=st.fixed_dictionaries(dict.fromkeys(names, ANYTHING | HOSTILE)))
    def send(typed):
        cache.clear()
        with site.undone():
            assert client.post(url, typed).status_code in ANSWERED

    send()


@examples(15)
@given(typed=st.fixed_dictionaries(dict.fromkeys(["email", "website", "stamp"], ANYTHING | HOSTILE)))
def check_signing_up(client, typed):
    with site.undone():
        assert client.post("/offentligt/kulturmetropolen/nyhedsbrev/", typed).status_code in ANSWERED


def test_signing_up_does_not_break(client, db):
    check_signing_up(client)
