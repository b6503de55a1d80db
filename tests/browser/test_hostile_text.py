"""What is typed runs in no browser: the pages that show most text, each full of markup, in a real one.

Sources: OWASP Cross Site Scripting Prevention Cheat Sheet, OWASP XSS Filter Evasion Cheat Sheet.
"""

import pytest
from django.db import DatabaseError, models, transaction

from agreements.models import AgendaItem, Agreement, Meeting, OutgoingMail, Person
from initiatives.models import Activity, Initiative, InitiativeArea, Story
from outreach.models import ContactNote, Measure, MeasureList, Memo, NetworkEvent, OnboardingCase, StatusNote, Visit
from tests.browser.conftest import DESKTOP
from tests.factories import MemoFactory

pytestmark = pytest.mark.browser

RUNS = "window.__xss=(window.__xss||0)+1"
MARKUP = (
    f"x\"'><script>{RUNS}</script><img src=x onerror='{RUNS}'><svg onload='{RUNS}'></svg>"
    f"</textarea></title></script><details open ontoggle='{RUNS}'>[her](javascript:{RUNS}) <javascript:{RUNS}>"
)
SHOWN = "x\"'><script>"
TEXT = "document.body.textContent + [...document.querySelectorAll('input, textarea')].map(each => each.value).join()"
KINDS = [
    Agreement,
    InitiativeArea,
    Initiative,
    Activity,
    Story,
    Meeting,
    AgendaItem,
    Measure,
    MeasureList,
    Memo,
    Person,
]
KINDS += [Visit, NetworkEvent, ContactNote, OnboardingCase, StatusNote, OutgoingMail]


def fill() -> None:
    """Every text of every row, where no rule of the database forbids it."""
    for model in KINDS:
        texts = [
            field
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField)
            and not field.choices
            and not isinstance(field, models.EmailField)
        ]
        for record in model._base_manager.all():
            for field in texts:
                text = f"{record.pk} {MARKUP}"[: field.max_length]
                try:
                    with transaction.atomic():
                        model._base_manager.filter(pk=record.pk).update(**{field.name: text})
                except DatabaseError:
                    pass


@pytest.mark.parametrize("screen", [DESKTOP], indirect=True, ids=["desktop"])
def test_nothing_that_is_typed_runs(page, log_in_as, cast):
    memo = MemoFactory()
    first = [model.objects.first() for model in (Agreement, InitiativeArea, Initiative, Activity, Story, Meeting)]
    places = [each.get_absolute_url() for each in first if each]
    places += ["/", "/tiltag/", "/i-dag/", "/hvem-er-med/", f"/notater/{memo.pk}/rediger/", f"/notater/{memo.pk}/"]
    places += ["/soeg/?q=onerror", f"{first[2].get_absolute_url()}historik/"]
    fill()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    log_in_as(cast.admin)
    for place in places:
        assert page.goto(place).status == 200
        assert SHOWN in page.evaluate(TEXT), place
        for frame in page.frames:
            assert frame.evaluate("window.__xss") is None, place
            assert frame.locator("[onerror], [onload], [ontoggle], a[href^=javascript]").count() == 0, place
    assert asked == []
