"""Status notes: made with a draft, edited, taken on step by step, and who sees which of them."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.utils import timezone

from agreements.models import Meeting
from initiatives.models import Activity
from initiatives.progress import months_later
from outreach import todo
from outreach.models import StatusNote
from tests.emptying import empty
from tests.factories import CommitteeFactory, MeetingFactory, kulturmetropolen, municipality
from tests.factories.doing import ActivityFactory
from tests.factories.outreach import StatusNoteFactory
from tests.initiatives.test_races import at_once
from tests.pages import all_of_class, errors, form_data, heading, notices, offered, parse, records, refused, send, text

NEW = "/statusnotater/opret/"
TODAY = timezone.localdate()
THIS_MONTH = TODAY.replace(day=1)
LAST_MONTH = months_later(THIS_MONTH, -1)
BY_HAND = "Skrevet i hånden."
MOVED_ON = "En anden har gemt statusnotatet imens. Se på det, og prøv igen."


@pytest.fixture
def no_notes(cast):
    empty(StatusNote)
    Activity.objects.filter(held_on__gte=LAST_MONTH).delete()


@pytest.fixture
def note(no_notes) -> StatusNote:
    return StatusNoteFactory(text=BY_HAND, month=LAST_MONTH)


def step(client, note: StatusNote, verb: str, **data):
    note.refresh_from_db()
    return client.post(f"{note.get_absolute_url()}{verb}/", {"version": note.version} | data, follow=True)


def drafted(client, note: StatusNote) -> str:
    step(client, note, "udkast", erstat="")
    note.refresh_from_db()
    return note.text


# --- making and editing -----------------------------------------------------------------------------------------------


def test_a_note_is_made_with_its_draft(staff, no_notes):
    ActivityFactory(title="Åben scene", held_on=LAST_MONTH, attendance=104)
    form = staff.get(NEW)
    assert form_data(form)["month"] == str(LAST_MONTH)
    response = send(staff, NEW, municipality=str(municipality("Rødovre").pk))
    note = StatusNote.objects.get()
    assert response.url == f"/statusnotater/{note.pk}/rediger/"
    assert (note.municipality.name, note.month, note.status) == ("Rødovre", LAST_MONTH, "draft")
    assert "har Rødovres borgere haft glæde af Åben scene med 104 deltagere." in note.text
    page = staff.get(response.url)
    assert notices(page)[0] == (
        "Udkastet er skrevet ud fra månedens aktiviteter. Læs det igennem, og gør det til dit eget."
    )
    assert form_data(page)["text"].replace("\r\n", "\n") == note.text


def test_the_author_hears_what_the_draft_could_not_know(staff, no_notes):
    response = send(staff, NEW, municipality=str(municipality("Rødovre").pk))
    assert notices(staff.get(response.url))[1] == (
        "Der er ikke registreret aktiviteter for Rødovre i måneden. Registrér dem først, eller skriv teksten selv."
    )


def test_members_alone_and_months_until_now_are_offered(staff, no_notes):
    page = staff.get(NEW)
    assert len([each for each in offered(page, "municipality") if each]) == 9
    months = offered(page, "month")
    assert (months[0], len(months)) == (str(THIS_MONTH), 24)


def test_a_link_fills_the_form_in(staff, no_notes):
    meeting = MeetingFactory(body=CommitteeFactory(), held_on=TODAY + timedelta(days=20))
    data = form_data(staff.get(f"{NEW}?kommune={meeting.body.municipality_id}&moede={meeting.pk}&maaned={THIS_MONTH}"))
    assert (data["municipality"], data["meeting"]) == (str(meeting.body.municipality_id), str(meeting.pk))
    assert data["month"] == str(THIS_MONTH)


def test_what_is_wrong_with_a_new_note(staff, note):
    elsewhere = MeetingFactory(body=CommitteeFactory(municipality=municipality("Ishøj")), held_on=TODAY)
    koege = str(note.municipality_id)
    assert refused(staff, NEW, municipality=koege) == ["Kommunen har allerede et statusnotat for denne måned."]
    assert refused(staff, NEW, municipality=koege, month=str(THIS_MONTH), meeting=str(elsewhere.pk)) == [
        "Til udvalgsmødet: Mødet er ikke i kommunens eget udvalg."
    ]
    not_member = str(municipality("Greve").pk)
    assert refused(staff, NEW, forged=("municipality",), municipality=not_member)[0].startswith("Kommune: ")
    assert refused(staff, NEW, forged=("month",), municipality=koege, month="2026-05-02")[0].startswith("Måned: ")


def test_the_text_is_saved_and_its_length_shown(staff, note):
    url = f"{note.get_absolute_url()}rediger/"
    send(staff, url, text="x" * 300)
    page = text(parse(staff.get(url)).find(".//section[@id='lengths']"))
    assert "Facebook plads til 63.206 i alt 300 af 477" in page
    assert "Instagram 300 af 2.200" in page
    assert "X 300 af 280 For lang" in page
    rows = parse(staff.get(url)).iterfind(".//section[@id='lengths']//li")
    assert [(row.get("data-room"), "data-over" in row.attrib) for row in rows] == [
        ("477", False),
        ("2200", False),
        ("280", True),
        ("1200", False),
    ]


@pytest.mark.parametrize(
    ("length", "channel", "words"),
    [
        (1, "x", "1 tegn af 280"),
        (280, "x", "280 tegn af 280"),
        (281, "x", "281 tegn 1 for mange: der er plads til 280"),
        (477, "facebook", "477 tegn af 477"),
        (478, "facebook", "478 tegn læserne ser de første 477 og skal trykke “Se mere”"),
        (2201, "instagram", "2.201 tegn 1 for mange: der er plads til 2.200"),
        (900, "dagsorden", "900 tegn af 1.200"),
        (900, "ukendt", "900 tegn læserne ser de første 477 og skal trykke “Se mere”"),
    ],
)
def test_the_length_for_the_chosen_channel(staff, note, length, channel, words):
    StatusNote.objects.filter(pk=note.pk).update(text="æ" * length)
    page = parse(staff.get(f"{note.get_absolute_url()}?kanal={channel}"))
    assert words in text(page.find(".//section[@class='panel']"))
    (field,) = (each for each in page.iter("textarea"))
    assert field.text == "æ" * length


def test_a_text_that_is_too_long_is_kept_and_told(staff, note):
    url = f"{note.get_absolute_url()}rediger/"
    assert refused(staff, url, text="x" * 5001) == [
        "Tekst: Teksten er på 5001 tegn; der er plads til 5000. Gør den kortere."
    ]


# --- drafting anew ----------------------------------------------------------------------------------------------------


def test_a_text_by_hand_is_replaced_only_when_somebody_says_so(staff, note):
    response = step(staff, note, "udkast")
    assert heading(response) == "Skriv udkastet igen?"
    now, new = [text(each) for each in all_of_class(parse(response), "version")]
    assert now == f"Nu {BY_HAND}"
    assert new.startswith("Nyt udkast I ")
    note.refresh_from_db()
    assert note.text == BY_HAND
    response = step(staff, note, "udkast", erstat="")
    note.refresh_from_db()
    assert "er der ikke registreret aktiviteter for Køges borgere." in note.text
    assert heading(response) == "Rediger statusnotat"


def test_the_machines_own_text_is_replaced_at_once(staff, note):
    drafted(staff, note)
    ActivityFactory(title="Kor", held_on=LAST_MONTH, places=["Køge"])
    step(staff, note, "udkast")
    note.refresh_from_db()
    assert "haft glæde af Kor." in note.text


def test_a_draft_that_somebody_has_changed_is_theirs(staff, note):
    send(staff, f"{note.get_absolute_url()}rediger/", text=f"{drafted(staff, note)} Mere.")
    assert heading(step(staff, note, "udkast")) == "Skriv udkastet igen?"


def test_a_draft_on_top_of_somebody_elses_save_is_not_written(staff, note):
    response = staff.post(f"{note.get_absolute_url()}udkast/", {"version": "0", "erstat": ""}, follow=True)
    note.refresh_from_db()
    assert (note.text, notices(response)) == (BY_HAND, [MOVED_ON])


# --- the steps --------------------------------------------------------------------------------------------------------


def test_from_draft_to_published_and_back(staff, note):
    assert notices(step(staff, note, "godkend"))[0] == "Teksten er godkendt. Offentliggør den, når det passer."
    step(staff, note, "offentliggoer")
    note.refresh_from_db()
    assert (note.status, note.published_on) == ("published", TODAY)
    step(staff, note, "traek-tilbage", reason="Forkert tal")
    note.refresh_from_db()
    assert (note.status, note.status_reason, note.published_on) == ("withdrawn", "Forkert tal", TODAY)
    step(staff, note, "til-kladde")
    note.refresh_from_db()
    assert (note.status, note.status_reason, note.published_on, note.text) == ("draft", "", None, BY_HAND)
    assert [row.status for row in note.history.order_by("history_id")] == [
        "draft",
        "approved",
        "published",
        "withdrawn",
        "draft",
    ]
    assert {str(row.history_user) for row in note.history.all()[:4]} == {"staff"}


ALLOWED = {
    "godkend": {"requested", "draft"},
    "offentliggoer": {"approved"},
    "traek-tilbage": {"requested", "draft", "approved", "published"},
    "til-kladde": {"approved", "withdrawn"},
}


@pytest.mark.parametrize("verb", ALLOWED)
@pytest.mark.parametrize("status", ["requested", "draft", "approved", "published", "withdrawn"])
def test_a_step_leads_on_from_where_the_note_is(staff, note, verb, status):
    StatusNote.objects.filter(pk=note.pk).update(status=status, status_reason="Derfor", published_on=TODAY)
    response = step(staff, note, verb, reason="Derfor")
    note.refresh_from_db()
    if status in ALLOWED[verb]:
        assert note.status != status
    else:
        assert note.status == status
        told = [*notices(response), *errors(response)]
        assert any("så det kan ikke længere lade sig gøre." in line for line in told)


def test_without_a_text_nothing_is_approved(staff, note):
    StatusNote.objects.update(text="")
    assert notices(step(staff, note, "godkend")) == ["Skriv teksten først."]


def test_withdrawing_asks_why(staff, note):
    url = f"{note.get_absolute_url()}traek-tilbage/"
    assert errors(staff.post(url, {"version": "1", "reason": " "})) == ["Hvorfor: Dette felt er påkrævet."]
    response = staff.post(url, {"version": "0", "reason": "Forkert tal"})
    assert (response.status_code, errors(response)) == (409, [MOVED_ON])
    assert form_data(response)["reason"] == "Forkert tal"
    assert staff.post(url, form_data(response)).status_code == 302


def test_a_withdrawn_note_makes_room_and_cannot_come_back_then(staff, note):
    step(staff, note, "traek-tilbage", reason="Forkert tal")
    StatusNoteFactory(month=LAST_MONTH)
    assert notices(step(staff, note, "til-kladde"))[0] == "Kommunen har allerede et statusnotat for denne måned."


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("approved", "Teksten er godkendt. Gør den til udkast igen for at ændre den."),
        ("published", "Teksten er offentliggjort. Træk den tilbage, og gør den til udkast igen for at ændre den."),
        ("withdrawn", "Teksten er trukket tilbage. Gør den til udkast igen for at ændre den."),
    ],
)
def test_what_is_approved_stands(staff, note, status, told):
    opened = form_data(staff.get(f"{note.get_absolute_url()}rediger/"))
    StatusNote.objects.update(status=status, status_reason="Derfor", published_on=TODAY)
    own = note.get_absolute_url()
    assert told in notices(staff.get(f"{own}rediger/", follow=True))
    assert errors(staff.post(f"{own}rediger/", opened | {"text": "Nyt"})) == [told]
    assert staff.post(f"{own}slet/").status_code == 409
    assert told in notices(step(staff, note, "udkast", erstat=""))
    note.refresh_from_db()
    assert note.text == BY_HAND


def test_taking_a_version_back_takes_no_step(staff, note):
    send(staff, f"{note.get_absolute_url()}rediger/", text="Rettet")
    step(staff, note, "godkend")
    step(staff, note, "til-kladde")
    approved = note.history.filter(status="approved").get()
    first = note.history.earliest()
    note.refresh_from_db()
    assert staff.post(f"{note.get_absolute_url()}historik/{first.pk}/", {"version": note.version}).status_code == 302
    note.refresh_from_db()
    assert (note.text, note.status) == (BY_HAND, "draft")
    staff.post(f"{note.get_absolute_url()}historik/{approved.pk}/", {"version": note.version})
    note.refresh_from_db()
    assert (note.text, note.status) == ("Rettet", "draft")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_once_one_does(log_in, cast):
    note = StatusNoteFactory(text=BY_HAND)
    url = f"{note.get_absolute_url()}godkend/"
    clients = [log_in(cast.staff), log_in(cast.admin)]
    at_once(*[partial(client.post, url, {"version": "1"}) for client in clients])
    told = sorted(notices(client.get(note.get_absolute_url()))[0] for client in clients)
    assert told == sorted([MOVED_ON, "Teksten er godkendt. Offentliggør den, når det passer."])
    note.refresh_from_db()
    assert (note.status, note.version, note.history.count()) == ("approved", 2, 2)


# --- the list, and who sees what --------------------------------------------------------------------------------------


def test_the_list_has_what_is_due_first(staff, no_notes):
    committee = CommitteeFactory()
    for name, month, days, status in [
        ("Ishøj", 3, None, "draft"),
        ("Herlev", 2, None, "published"),
        ("Køge", 1, 20, "draft"),
        ("Furesø", 1, None, "draft"),
        ("Køge", 2, 10, "requested"),
        ("Køge", 3, 5, "published"),
    ]:
        StatusNoteFactory(
            municipality=municipality(name),
            month=date(2026, month, 1),
            status=status,
            published_on=TODAY,
            meeting=days and MeetingFactory(body=committee, held_on=TODAY + timedelta(days=days)),
        )
    assert records(staff.get("/statusnotater/")) == [
        "Køge, februar 2026",
        "Køge, januar 2026",
        "Ishøj, marts 2026",
        "Køge, marts 2026",
        "Herlev, februar 2026",
        "Furesø, januar 2026",
    ]
    assert records(staff.get("/statusnotater/?status=published&kommune=0259")) == ["Køge, marts 2026"]
    assert records(staff.get("/statusnotater/?fra=01-03-2026&sorter=-kommune")) == [
        "Køge, marts 2026",
        "Ishøj, marts 2026",
    ]


def test_the_list_as_a_file(staff, no_notes):
    meeting = MeetingFactory(body=CommitteeFactory(name="Udvalget"), held_on=date(2026, 12, 16))
    StatusNoteFactory(month=date(2026, 10, 1), meeting=meeting, text="=En tekst")
    lines = b"".join(staff.get("/statusnotater/?format=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert lines == [
        "kulturregion;kommunekode;kommune;måned;status;tekst;udvalg;møde;frist;offentliggjort",
        "Kulturmetropolen;0259;Køge;01-10-2026;Udkast;'=En tekst;Udvalget;16-12-2026;09-12-2026;",
    ]


@pytest.mark.parametrize("status", ["requested", "draft", "approved", "published", "withdrawn"])
def test_others_see_what_is_published_about_their_own_municipality(log_in, cast, no_notes, status):
    note = StatusNoteFactory(
        municipality=municipality("Rødovre"), status=status, published_on=TODAY, status_reason="Derfor", text=BY_HAND
    )
    is_published = status == "published"
    seen = {"chair": is_published, "culture_head": is_published, "chair_elsewhere": False, "outsider": False}
    for role, sees in seen.items():
        client = log_in(getattr(cast, role))
        assert client.get(note.get_absolute_url()).status_code == (200 if sees else 404), role
        assert len(records(client.get("/statusnotater/"))) == sees
        assert (note.get_absolute_url() in client.get("/soeg/?q=hånden").content.decode()) == sees


def test_a_chair_reads_and_copies_but_takes_no_step(log_in, cast, no_notes):
    note = StatusNoteFactory(municipality=municipality("Rødovre"), status="published", published_on=TODAY)
    chair = log_in(cast.chair)
    page = parse(chair.get(note.get_absolute_url()))
    assert [button.get("data-copy") for button in page.iter("button") if button.get("data-copy")] == ["note-text"]
    assert [form.get("action") for form in page.iter("form") if "statusnotater" in form.get("action", "")] == []
    assert all_of_class(page, "notice") == []
    for verb in ("godkend", "offentliggoer", "til-kladde", "traek-tilbage", "udkast"):
        assert chair.post(f"{note.get_absolute_url()}{verb}/", {"version": "1"}).status_code == 403
    history = f"{note.get_absolute_url()}historik/"
    assert history not in [link.get("href") for link in page.iter("a")]
    assert [client.get(history).status_code for client in (chair, log_in(cast.staff))] == [403, 200]


# --- what is to be done -----------------------------------------------------------------------------------------------


def waiting(user, today=TODAY) -> list[tuple]:
    found = [each for each in todo.todos(user, today) if each.key.startswith("statusnote-")]
    return [(each.title, each.note, each.due_on, each.verb) for each in sorted(found, key=lambda each: each.title)]


def test_what_waits_for_the_secretariat(cast, no_notes):
    committee = CommitteeFactory(municipality=municipality("Halsnæs"), papers_days_before=5)
    meeting = MeetingFactory(body=committee, held_on=date(2026, 12, 16))
    fields = {"municipality": committee.municipality, "meeting": meeting}
    asked = StatusNoteFactory(**fields, status="requested", text="", requested_on=date(2026, 11, 2))
    StatusNoteFactory(month=date(2026, 10, 1), status="approved")
    StatusNoteFactory(status="draft")
    StatusNoteFactory(status="published", published_on=TODAY, meeting=MeetingFactory(body=CommitteeFactory()))
    title, due = "Status til udvalget i Halsnæs, møde 16. december", date(2026, 12, 11)
    other = ("Status for Køge, oktober 2026", "Godkendt, ikke offentliggjort", TODAY, "Offentliggør")
    assert waiting(cast.staff) == [other, (title, "Bedt om", due, "Skriv status")]
    StatusNote.objects.filter(pk=asked.pk).update(status="approved", text=BY_HAND)
    assert waiting(cast.staff) == [other, (title, "Godkendt, ikke offentliggjort", due, "Offentliggør")]
    assert waiting(cast.outsider) == waiting(cast.chair) == []


@pytest.mark.parametrize(
    ("papers", "requested_on", "due_on"),
    [
        (7, None, (2026, 12, 9)),
        (7, (2026, 12, 9), (2026, 12, 9)),
        (7, (2026, 12, 10), (2026, 12, 15)),
        (14, None, (2026, 12, 2)),
        (1, (2026, 12, 15), (2026, 12, 15)),
    ],
)
def test_a_note_is_due_with_the_papers_or_the_day_before(cast, papers, requested_on, due_on):
    meeting = Meeting(body=CommitteeFactory(papers_days_before=papers), held_on=date(2026, 12, 16))
    asked = requested_on and date(*requested_on)
    note = StatusNote(culture_region=kulturmetropolen(), meeting=meeting, requested_on=asked)
    assert note.due_on == date(*due_on)
