"""The time line of an agreement: its meetings, milestones and deadlines, as a picture and as a table."""

from datetime import date

import pytest

from agreements.models import Agreement
from agreements.timeline import Event, timeline
from tests.counting import queries
from tests.factories import AgreementFactory, BodyFactory, CommitteeFactory, InitiativeAreaFactory, MeetingFactory
from tests.factories.doing import MilestoneFactory
from tests.pages import all_of_class, parse, text

AGREEMENT = Agreement(starts_on=date(2025, 1, 1), ends_on=date(2028, 12, 31))


@pytest.mark.once
def test_today_stands_where_it_is_and_what_is_of_one_day_is_one_mark():
    events = [
        Event("Statens frister", date(2026, 9, 15), "Status, 2025", "/", "reached", "Indsendt"),
        Event("Statens frister", date(2026, 9, 15), "Regnskab, 2025", "/", "late", "Ikke indsendt"),
        Event("Statens frister", date(2029, 9, 15), "Status, 2028", "/", "ahead", "Kommende"),
    ]
    shown = timeline(AGREEMENT, [[], events], date(2027, 1, 1))
    (lane,) = shown.lanes
    assert [(each.x, each.state) for each in lane.marks] == [("34.08%", "late"), ("94.14%", "ahead")]
    assert lane.marks[0].words.endswith(": Status, 2025 (indsendt), Regnskab, 2025 (ikke indsendt)")
    assert [each.name for each in shown.years] == ["2025", "2026", "2027", "2028", "2029"]
    assert (shown.today, shown.ends, shown.after) == ("40.00%", "80.00%", "20.00%")
    assert timeline(AGREEMENT, [events[:1]], date(2024, 12, 31)).today is None


def test_the_page_shows_what_the_regions_bodies_and_areas_plan(staff):
    agreement = AgreementFactory(starts_on=date(2013, 1, 1), ends_on=date(2016, 12, 31))
    body, area = BodyFactory(name="Programrådet"), InitiativeAreaFactory(agreement=agreement, name="Sang")

    def grow(month):
        MeetingFactory(body=body, held_on=date(2013, month, 3), status="held")
        MilestoneFactory(area=area, title=f"Trin {month}", due_on=date(2013, month, 1), reached_on=date(2013, 1, 1))

    grow(1)
    few = queries(staff, agreement.get_absolute_url())
    grow(2)
    MeetingFactory(body=body, held_on=date(2013, 5, 1), status="cancelled")
    MeetingFactory(body=body, held_on=date(2012, 12, 31), status="held")
    MeetingFactory(body=CommitteeFactory(), held_on=date(2013, 5, 1), status="held")
    assert queries(staff, agreement.get_absolute_url()) == few
    page = parse(staff.get(agreement.get_absolute_url()))
    (picture,) = all_of_class(page, "over-time")
    assert [text(each) for each in all_of_class(picture, "area-label")] == [
        "Programrådet",
        "Milepæle",
        "Statens frister",
    ]
    rows = [text(row) for row in all_of_class(page, "chart-table")[0].iterfind(".//tbody/tr")]
    assert rows[:4] == [
        "01-01-2013 Sang: Trin 1 Milepæle ✓ Nået",
        "03-01-2013 Programrådet Programrådet ✓ Afholdt",
        "01-02-2013 Sang: Trin 2 Milepæle ✓ Nået",
        "03-02-2013 Programrådet Programrådet ✓ Afholdt",
    ]
    assert len(rows) == 4 + 13
