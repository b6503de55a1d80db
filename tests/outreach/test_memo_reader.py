"""What a chair does with a memo: hears of it by mail, finds it first on the start page, and copies it as an item."""

import re
from datetime import date

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from agreements.models import Body, CultureRegion, Municipality, OutgoingMail, RoleGrant
from kulturmetropol.accounts.models import User
from outreach.actions.memos import correct, issue, withdraw
from outreach.models import AgendaLayout, Memo
from tests.factories import (
    AgreementFactory,
    CommitteeFactory,
    InitiativeFactory,
    MeetingFactory,
    MemoFactory,
    PersonFactory,
    municipality,
    the_agreement,
)
from tests.factories.doing import StoryFactory
from tests.factories.governance import PostFactory


@pytest.fixture
def memo(cast) -> Memo:
    return MemoFactory(closing="Med **venlig** hilsen", closing_included=True)


def issued(memo: Memo) -> Memo:
    issue(memo=memo, by=None, version=memo.version)
    return memo


def headings(page: str) -> list[str]:
    _before, _found, item = page.partition('id="agenda-item"')
    return re.findall("<h2>(.*?)</h2>", item)


def test_a_mail_tells_the_chair_and_the_culture_head_of_it_in_their_languages(memo, cast, settings):
    User.objects.filter(pk=cast.culture_head.pk).update(language="en")
    issued(memo)
    mails = OutgoingMail.objects.order_by("recipient")
    assert [mail.recipient for mail in mails] == ["chair@cast.example", "culture_head@cast.example"]
    assert mails[0].subject == f"Nyt notat: {memo}"
    assert f"{settings.SITE_URL}/notater/{memo.pk}/" in mails[0].body
    assert "Notat nr. 1 til Kultur- og Fritidsudvalget" in mails[0].body
    assert mails[1].subject == "New memo: Status of the agreement: Kultur- og Fritidsudvalget, Rødovre"
    assert "Memo no. 1 to Kultur- og Fritidsudvalget" in mails[1].body


def test_the_mail_of_a_correction_says_what_not_to_use(memo):
    issued(memo)
    issued(correct(memo=memo, today=date(2020, 11, 9)))
    assert "Det retter nr. 1, som ikke længere skal bruges." in OutgoingMail.objects.latest("pk").body


def test_guests_of_a_municipality_hear_of_its_memo(cast):
    issued(MemoFactory(kind="onboarding", committee=None, municipality=municipality("Gribskov")))
    assert [mail.recipient for mail in OutgoingMail.objects.all()] == ["guest@cast.example"]


def test_the_members_of_a_group_hear_of_its_agendas_where_they_may_read_them(cast):
    meeting = MeetingFactory(body=Body.objects.get(name="KMK"), held_on=date(2026, 12, 3))
    reader = PersonFactory(user=cast.staff)
    PostFactory(body=meeting.body, kind="member", person=reader)
    PostFactory(body=meeting.body, kind="member", person=PersonFactory(user=cast.nobody))
    meeting.delegates.create(committee=CommitteeFactory(municipality=municipality("Herlev")))
    meeting.delegates.create(committee=Body.objects.get(name="Kultur- og Idrætsudvalget"), office="chair")
    memo = issued(MemoFactory(kind="agenda", committee=None, meeting=meeting, date=date(2026, 11, 25)))
    mails = OutgoingMail.objects.order_by("recipient")
    told = ["chair_elsewhere@cast.example", "culture_head@cast.example", "staff@cast.example"]
    assert [mail.recipient for mail in mails] == told
    assert "Læs det, eller hent det som PDF (du skal logge ind):" in mails[0].body
    withdraw(memo=memo, by=cast.staff, version=memo.version, reason="Mødet er flyttet.")
    assert OutgoingMail.objects.filter(key__startswith=f"memo-{memo.pk}-withdrawn-").count() == 3


def test_who_was_told_of_a_memo_is_told_that_it_is_withdrawn_and_why(cast, memo, settings):
    issued(memo)
    withdraw(memo=memo, by=cast.staff, version=memo.version, reason="Det er til et andet udvalg.")
    mails = OutgoingMail.objects.filter(subject=f"Trukket tilbage: {memo}").order_by("recipient")
    assert [mail.recipient for mail in mails] == ["chair@cast.example", "culture_head@cast.example"]
    assert "Notat nr. 1 af 6. november 2020 til Kultur- og Fritidsudvalget, Rødovre er trukket tilbage" in mails[0].body
    assert "Det er til et andet udvalg." in mails[0].body
    assert f"{settings.SITE_URL}/notater/{memo.pk}/" in mails[0].body


def test_the_address_in_the_mail_asks_for_login_and_then_leads_to_the_pdf(client, log_in, cast, memo):
    issued(memo)
    asked = client.get(f"/notater/{memo.pk}/")
    assert asked.status_code == 302
    assert asked.url.endswith(f"?next=/notater/{memo.pk}/")
    assertContains(log_in(cast.chair).get(f"/notater/{memo.pk}/"), f'href="/notater/{memo.pk}/pdf/"')


def test_the_start_page_has_the_newest_memo_first_and_the_older_ones_below(log_in, cast, memo):
    older, newer = issued(memo), issued(MemoFactory(date=date(2021, 2, 1)))
    for user in (cast.chair, cast.culture_head):
        page = log_in(user).get("/")
        assert page.context["memos"] == [newer, older]
        assertContains(page, "Notat nr. 2 af 1. februar 2021 til Kultur- og Fritidsudvalget")
        assertContains(page, "Ældre notater")


def test_neither_drafts_nor_what_is_replaced_is_on_the_start_page(log_in, cast, memo):
    issued(memo)
    draft = correct(memo=memo, today=date(2020, 11, 9))
    assert log_in(cast.chair).get("/").context["memos"] == [memo]
    assert log_in(cast.chair).get("/").context["memos"] == [memo]
    issued(draft)
    assert log_in(cast.chair).get("/").context["memos"] == [draft]


def test_the_start_page_has_what_is_published_about_the_own_municipality(log_in, cast):
    initiative, own = InitiativeFactory(), municipality("Rødovre")
    out = {"initiative": initiative, "municipality": own, "published_on": date(2026, 11, 1)}
    shown = StoryFactory(**out)
    StoryFactory(**out | {"published_on": None})
    StoryFactory(**out | {"municipality": municipality("Køge")})
    page = log_in(cast.chair).get("/")
    assert shown in page.context["stories"]
    assert {story.municipality for story in page.context["stories"]} == {own}
    assert all(story.published_on for story in page.context["stories"])
    assertContains(page, 'href="/offentligt/kulturmetropolen/"')


def test_a_chair_without_a_memo_is_told_what_will_come(log_in, cast):
    assertContains(log_in(cast.chair).get("/"), "Der er ikke udsendt noget notat til din kommune endnu.")


def test_a_guest_sees_what_is_issued_to_the_own_municipality(log_in, cast, memo):
    gribskov = Municipality.objects.get(name="Gribskov")
    own = issued(MemoFactory(committee=None, municipality=gribskov))
    issued(memo)
    guest = log_in(cast.guest)
    assertContains(guest.get("/"), f"/notater/{own.pk}/pdf/")
    assertNotContains(guest.get("/"), f"/notater/{memo.pk}/")
    assert guest.get(f"/notater/{own.pk}/pdf/").status_code == 200


def test_a_guest_of_two_regions_sees_under_each_what_it_has_issued(log_in, cast):
    gribskov, elsewhere = municipality("Gribskov"), CultureRegion.objects.get(slug="vest")
    RoleGrant.objects.create(user=cast.guest, culture_region=elsewhere, role="guest", municipality=gribskov)
    agreements = [the_agreement(), AgreementFactory(culture_region=elsewhere)]
    memos = [MemoFactory(committee=None, municipality=gribskov, agreement=each, status="issued") for each in agreements]
    assert [each.memos for each in log_in(cast.guest).get("/").context["invited"]] == [memos[:1], memos[1:]]


def test_the_item_stands_under_the_headings_that_the_municipality_uses(log_in, cast, memo):
    issued(memo)
    page = log_in(cast.chair).get(f"/notater/{memo.pk}/dagsordenspunkt/")
    assert headings(page.text) == [
        "Sagens kerne",
        "Indstilling",
        "Sagsfremstilling",
        "Lov- og plangrundlag",
        "Økonomiske konsekvenser",
        "Tidsplan",
        "Bilag",
        "Beslutning",
    ]
    assertContains(page, "<h3>Indsatsområder</h3>", html=True)
    assertContains(page, "<strong>venlig</strong>")
    assertContains(page, "Bilag 1: Notat nr. 1 af 6. november 2020 (PDF)")
    assertNotContains(page, "Ret overskrifterne")


def test_the_item_of_a_municipality_that_is_to_decide_has_the_costs_and_the_tables_of_the_memo(staff, cast):
    memo = MemoFactory(kind="onboarding", committee=None, municipality=municipality("Gribskov"))
    page = staff.get(f"/notater/{memo.pk}/dagsordenspunkt/").text
    assert "Udfyldes af forvaltningen." not in page
    assert '<td colspan="2">25. februar 2027</td>' in page


def test_the_recommendation_may_stand_last(staff, memo):
    albertslund = CommitteeFactory(municipality=Municipality.objects.get(name="Albertslund"))
    other = MemoFactory(committee=albertslund)
    page = staff.get(f"/notater/{other.pk}/dagsordenspunkt/")
    assert headings(page.text) == ["Anledning", "Sagsfremstilling", "Indstilling"]
    assertContains(page, "Notatet er en kladde: Det, der står her, kan stadig ændre sig.")


def test_headings_that_nobody_knows_are_the_usual_ones_until_they_are_registered(staff, cast):
    committee = CommitteeFactory(municipality=Municipality.objects.get(name="Køge"))
    memo = MemoFactory(committee=committee)
    page = staff.get(f"/notater/{memo.pk}/dagsordenspunkt/")
    assertContains(page, "Vi kender ikke de overskrifter, som Køge bruger, så det er de sædvanlige.")
    unused = dict.fromkeys(["core", "law", "economy", "timetable", "annexes", "decision"], "")
    form = unused | {
        "culture_region": the_agreement().culture_region_id,
        "municipality": committee.municipality_id,
        "presentation": "Sagsbeskrivelse",
        "recommendation": "Indstilling",
        "recommendation_place": "late",
    }
    response = staff.post("/dagsordenoverskrifter/opret/", form | {"presentation": ""})
    assertContains(response, "Dette felt er påkrævet.")
    staff.post("/dagsordenoverskrifter/opret/", form)
    assert headings(staff.get(f"/notater/{memo.pk}/dagsordenspunkt/").text) == ["Sagsbeskrivelse", "Indstilling"]
    again = staff.post("/dagsordenoverskrifter/opret/", form)
    assertContains(again, "Kommunens overskrifter er allerede registreret. Ret dem i stedet.")
    assert AgendaLayout.objects.filter(municipality=committee.municipality).count() == 1


def test_the_item_of_an_issued_memo_is_the_text_that_was_issued(staff, memo):
    issued(memo)
    memo.agreement.purposes.all().delete()
    assertContains(staff.get(f"/notater/{memo.pk}/dagsordenspunkt/"), "At understøtte kommuners engagement")


def test_hostile_text_is_text_in_the_item(staff, cast):
    hostile = "<script>alert(1)</script> </header></main> [x](javascript:alert(1))"
    memo = MemoFactory(opening=hostile, opening_included=True)
    _before, _found, item = staff.get(f"/notater/{memo.pk}/dagsordenspunkt/").text.partition('id="agenda-item"')
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &lt;/header&gt;&lt;/main&gt;" in item
    assert 'href="javascript' not in item
