"""SQL in every filter, order and page number of every list finds as much as harmless words do, and breaks nothing.

Sources: OWASP WSTG-INPV-05, OWASP SQL Injection Prevention Cheat Sheet (see `payloads`).
"""

import pytest
from django.http import Http404
from django.test import RequestFactory
from django.urls import reverse

from agreements.models import Agreement
from kulturmetropol.accounts.models import User
from tests.factories import PersonFactory
from tests.pages import records

from . import site
from .payloads import MARK, SQL

LISTS = site.lists()
HARMLESS = f"{MARK}harmless"


def count(view, user: User, name: str, value: str) -> int | str:
    """How many rows the real view finds; its template is left out, as it shows what was found."""
    request = RequestFactory().get("/", {"aftale": ""} | {name: value})
    request.user = user
    try:
        response = view(request)
    except Http404:
        return "404"
    if response.status_code != 200:
        return f"{response.status_code}"
    paginator = response.context_data["paginator"]
    return paginator.count if paginator else len(response.context_data["object_list"])


@pytest.mark.parametrize("name", LISTS)
def test_no_filter_takes_sql(cast, name):
    view = LISTS[name]
    parameters = [*view.filterset_class.base_filters, view.page_kwarg, "format", f"unknown_{MARK}"]
    as_view = view.as_view()
    found = {
        (parameter, payload): (count(as_view, cast.admin, parameter, payload), expected)
        for parameter in parameters
        for expected in [count(as_view, cast.admin, parameter, HARMLESS)]
        for payload in SQL
        # one sign alone is a word that texts of the agreement may hold
        if not (parameter == "q" and payload in {"%", "_"})
    }
    assert {case: counts for case, counts in found.items() if counts[0] != counts[1]} == {}


@pytest.mark.parametrize("sign", ["%", "_", "\\", "*", "?"])
def test_signs_of_patterns_stand_for_themselves(staff, sign):
    PersonFactory(name=f"Ane{sign}Bo")
    PersonFactory(name="AneXBo")
    assert records(staff.get("/personer/", {"q": f"Ane{sign}Bo"})) == [f"Ane{sign}Bo"]


def test_no_parameter_of_any_page_takes_sql(log_in, cast):
    admin, names = log_in(cast.admin), site.parameters()
    for name in ("search", "clock_list", "clock_log", "contact_overview", "visit_coverage", "participation_list"):
        for payload in SQL[:6]:
            response = admin.get(reverse(name), dict.fromkeys(set(names) - {"format"}, payload), follow=True)
            assert response.status_code in {200, 404}, (name, payload)
    assert Agreement.objects.exists()
    assert User.objects.exists()
