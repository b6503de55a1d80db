"""Help: the guide of one's own role with links that work, the glossary, the foot of each page, and the menu's folds."""

import pytest
from django.test import Client
from django.utils import translation

from kulturmetropol.glossary import ASKED, TERMS, WORDS
from kulturmetropol.help.guides import GUIDES
from kulturmetropol.help.views import GLOSSARY, LINK
from tests.kulturmetropol.test_settings import PRODUCTION, run, settings_of
from tests.pages import all_of_class, heading, parse, text

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("role", "title", "own"),
    [
        ("staff", "Vejledning til sekretariatet", []),
        ("admin", "Vejledning til administratorer", ["sekretariat"]),
        ("chair", "Vejledning til formænd og kulturchefer", []),
        ("guest", "Vejledning til gæster", []),
        ("nobody", "Log ind og din konto", []),
    ],
)
def test_ones_own_guide_comes_first_and_all_its_links_lead_somewhere(log_in, cast, role, title, own):
    client = log_in(getattr(cast, role))
    assert heading(client.get("/hjaelp/")) == title
    found = {
        link.get("href")
        for url in ["/hjaelp/", *(f"/hjaelp/{slug}/" for slug in own)]
        for steps in all_of_class(parse(client.get(url)), "help-steps")
        for link in steps.iter("a")
    }
    answers = {url: client.get(url, follow=True).status_code for url in found}
    assert found
    assert answers == dict.fromkeys(found, 200)


def test_the_guides_of_others_have_no_links_to_what_one_may_not_see(log_in, cast):
    page = log_in(cast.chair).get("/hjaelp/administrator/")
    links = [link.get("href") for steps in all_of_class(parse(page), "help-steps") for link in steps.iter("a")]
    assert links == ["/hjaelp/ordliste/#trin"]
    assert "Åbn Brugere, og vælg “Invitér”" in text(parse(page))
    assert Client().get("/hjaelp/findes-ikke/").status_code == 404


def links(language: str) -> list[list[str]]:
    with translation.override(language):
        steps = [str(step) for guide in GUIDES for task in guide.tasks for step in task.steps]
    return [[target for _words, target in LINK.findall(step)] for step in steps]


def test_both_languages_link_to_the_same_and_the_glossary_holds_what_is_asked_of_it():
    assert links("da") == links("en")
    asked = {target.removeprefix(GLOSSARY) for step in links("da") for target in step if target.startswith(GLOSSARY)}
    assert asked | set(ASKED.values()) <= WORDS.keys()
    letters = "abcdefghijklmnopqrstuvwxyzæøå"
    words = [[letters.index(letter) for letter in term.word.lower() if letter.isalpha()] for term in TERMS]
    assert words == sorted(words)


def test_lists_ask_what_their_word_means_and_the_glossary_answers(staff):
    (question,) = all_of_class(parse(staff.get("/noegletal/")), "help-link")
    assert (question.get("href"), text(question)) == ("/hjaelp/ordliste/#noegletal", "?Hvad er nøgletal?")
    (term,) = [each for each in parse(staff.get("/hjaelp/ordliste/")).iter("div") if each.get("id") == "noegletal"]
    assert text(term) == "nøgletal Tal for hvert indsatsområde, som staten beder om hvert år."


# --- the accessibility statement and the foot of every page ----------------------------------------------------------


def foot(response) -> list[tuple[str, str]]:
    """But for the way to the other language, which is for those outside."""
    (links,) = all_of_class(parse(response), "foot-links")
    return [(text(link), link.get("href")) for link in links.iter("a") if link.get("hreflang") is None]


PAGES = ["/log-ind/", "/offentligt/kulturmetropolen/", "/findes-ikke/", "/persondata/"]
FOOT = [("Hjælp", "/hjaelp/"), ("Persondata", "/persondata/")]


def test_the_foot_of_every_page_leads_to_the_statement_that_the_settings_name(staff, settings):
    assert heading(Client().get("/was")) == "Ingen tilgængelighedserklæring endnu"
    pages = [Client().get(url) for url in PAGES] + [staff.get("/"), staff.get("/hjaelp/")]
    assert [foot(page) for page in pages] == [FOOT] * len(pages)
    settings.ACCESSIBILITY_STATEMENT_URL = "https://was.digst.dk/portal-example"
    response = Client().get("/was")
    assert (response.status_code, response.url) == (302, "https://was.digst.dk/portal-example")
    pages = [Client().get(url) for url in PAGES] + [staff.get("/")]
    assert [foot(page) for page in pages] == [[*FOOT, ("Tilgængelighedserklæring", "/was")]] * len(pages)


def test_the_statement_has_an_address_on_https():
    address = "https://was.digst.dk/portal-example"
    named = settings_of("ACCESSIBILITY_STATEMENT_URL", **PRODUCTION, ACCESSIBILITY_STATEMENT_URL=address)
    assert named == {"ACCESSIBILITY_STATEMENT_URL": address}
    result = run("manage.py", "check", **PRODUCTION | {"ACCESSIBILITY_STATEMENT_URL": "javascript:alert(1)"})
    assert "ACCESSIBILITY_STATEMENT_URL is not an https:// address." in result.stderr


# --- the menu ---------------------------------------------------------------------------------------------------------


def test_what_is_rarely_needed_is_folded_and_stands_open_on_its_own_pages(log_in, cast):
    def folds(client, url) -> dict[str, bool]:
        return {
            text(fold.find("summary")): "open" in fold.attrib
            for fold in all_of_class(parse(client.get(url)), "nav-fold")
        }

    names = ["Grundlag og økonomi", "Personer og organer", "Mål, køreplan og tal", "Kontakt til kommuner"]
    names += ["Post og kanaler", "Administration"]
    admin = log_in(cast.admin)
    assert folds(admin, "/") == dict.fromkeys(names, False)
    for url, name in [
        ("/maalinger/opret/", "Mål, køreplan og tal"),
        ("/ure/", "Kontakt til kommuner"),
        ("/brugere/", "Administration"),
    ]:
        assert folds(admin, url) == dict.fromkeys(names, False) | {name: True}
    assert list(folds(log_in(cast.chair), "/")) == names[:3]
    assert folds(log_in(cast.guest), "/") == {}
