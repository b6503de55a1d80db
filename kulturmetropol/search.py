"""Search over everything that the user may see. Which kinds of records are searched, and in what, stands here alone.

On every database a record is found when it holds the stem of each word somewhere: «øvelokaler» finds «øvelokale», and
«lokale» finds it too, for Danish writes words together. PostgreSQL adds its full-text search with Danish word forms,
and ranks by it; SQLite puts what has all words in the title first.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any
from urllib.parse import urlencode

import snowballstemmer
from django import forms
from django.contrib.postgres.search import Lexeme, SearchQuery, SearchRank, SearchVector
from django.db import connection, models
from django.db.models import Case, CharField, F, FloatField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from agreements.choosing import Choices, choices
from agreements.models import (
    AccountLine,
    AgendaItem,
    Agreement,
    Body,
    Contribution,
    Document,
    Meeting,
    Membership,
    Municipality,
    OtherParty,
    Person,
    Purpose,
)
from initiatives.models import (
    Activity,
    Indicator,
    Initiative,
    InitiativeArea,
    KeyFigure,
    Measurement,
    Milestone,
    ResultTarget,
    Story,
    TargetGroup,
)
from kulturmetropol.filters import LONGEST, MOST_WORDS, TOO_LONG, holding
from outreach.models import (
    ContactNote,
    Encounter,
    FollowUp,
    Measure,
    MeasureList,
    Memo,
    NetworkEvent,
    OnboardingCase,
    OpenQuestion,
    StatusNote,
    Visit,
)
from outreach.models.memos import MemoQuerySet

HITS = 10  # of each kind; the rest is in the kind's list
SNIPPET = 200
CONFIG = "danish"

# what the Danish configuration of PostgreSQL passes over; passed over everywhere, as long as other words are left
SMALL_WORDS = """
    og i jeg det at en den til er som på de med han af for ikke der var mig sig men et har om vi min havde ham hun nu
    over da fra du ud sin dem os op man hans hvor eller hvad skal selv her alle vil blev kunne ind når være dog noget
    ville jo deres efter ned skulle denne end dette mit også under have dig anden hende mine alt meget sit sine vor
    mod disse hvis din nogle hos blive mange ad bliver hendes været thi jer sådan
"""
PASSED_OVER = frozenset(SMALL_WORDS.split())

stem = snowballstemmer.stemmer("danish").stemWord


@dataclass(frozen=True)
class Kind:
    """A kind of record: query paths to the words of its title and of its text, and the relations its name needs.

    `as_read_by` annotates the records with texts of which a user may not read all.
    """

    model: Any
    title: tuple[str, ...]
    text: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    as_read_by: Callable[[Any, Any], QuerySet] = lambda records, user: records


KINDS = [
    Kind(
        Agreement,
        ("name",),
        ("case_number", "mission", "vision", "environment_analysis", "negotiation_note", "legal_basis"),
    ),
    Kind(Municipality, ("name",), ("code",)),
    Kind(
        Membership,
        ("municipality__name", "agreement__name"),
        ("council_case_number", "source"),
        ("municipality", "agreement"),
    ),
    Kind(Purpose, ("text",)),
    Kind(InitiativeArea, ("name",), ("purpose",)),
    Kind(ResultTarget, ("text",)),
    Kind(Initiative, ("title",), ("summary", "description", "status_reason", "manager__name"), ("manager",)),
    Kind(Milestone, ("title",), ("note",)),
    Kind(Activity, ("title",), ("place", "note")),
    Kind(Story, ("title",), ("text", "municipality__name", "picture_text"), ("municipality",)),
    Kind(TargetGroup, ("name",)),
    Kind(Indicator, ("name",), ("unit",)),
    Kind(Measurement, ("indicator__name", "municipality__name"), ("note", "source"), ("indicator", "municipality")),
    Kind(KeyFigure, ("name",), ("source",)),
    Kind(Body, ("name", "municipality__name")),
    Kind(Meeting, ("body__name", "body__municipality__name"), ("place", "announcement", "minutes")),
    Kind(AgendaItem, ("title",), ("presentation", "recommendation", "decision"), ("meeting",)),
    Kind(Document, ("title",), ("annex",)),
    Kind(Person, ("name",), ("email",)),
    Kind(
        Contribution,
        ("municipality__name", "other_party__name"),
        ("source",),
        ("municipality", "other_party"),
    ),
    Kind(AccountLine, ("text",)),
    Kind(OtherParty, ("name",), ("note",)),
    Kind(MeasureList, ("title",), ("introduction",)),
    Kind(Measure, ("title",), ("introduction", "points", "status_reason", "responsible__name"), ("responsible",)),
    Kind(OpenQuestion, ("text",), ("answer",), ("measure",)),
    Kind(
        OnboardingCase,
        ("municipality__name",),
        ("next_step", "note", "stage_reason", "council_case_number"),
        ("municipality", "agreement"),
    ),
    Kind(NetworkEvent, ("name",), ("place", "note")),
    Kind(Encounter, ("whom", "municipality__name"), ("text",), ("municipality", "event")),
    Kind(ContactNote, ("municipality__name", "person__name"), ("text",), ("municipality", "person")),
    Kind(FollowUp, ("text",), ("municipality__name",), ("municipality",)),
    Kind(
        Visit,
        ("host__name", "body__name"),
        ("place", "talking_points", "outcome", "status_reason"),
        ("host",),
    ),
    Kind(StatusNote, ("municipality__name",), ("text",), ("municipality",)),
    Kind(
        Memo,
        ("committee__name", "committee__municipality__name", "municipality__name"),
        ("case_officer", "case_number", *[f"{name}_read" for name in Memo.SECTIONS]),
        ("committee__municipality", "municipality", "meeting__body__municipality", "agreement"),
        MemoQuerySet.with_sections_read_by,
    ),
]


@dataclass(frozen=True)
class Part:
    """A piece of text, and whether it is what was searched for."""

    text: str
    hit: bool


@dataclass(frozen=True)
class Hit:
    url: str
    title: list[Part]
    snippet: list[Part]
    where: str


@dataclass(frozen=True)
class Group:
    label: str
    hits: list[Hit]
    more_url: str


class Words:
    """The words of a search: what they are, and where they stand in a text."""

    def __init__(self, text: str) -> None:
        trimmed = (word.strip("\"'“”„»«()[]{}<>.,;:!?…*-–/\\") for word in text.split())
        self.all = list(dict.fromkeys(filter(None, trimmed)))[:MOST_WORDS]
        self.sought = [word for word in self.all if word.lower() not in PASSED_OVER] or self.all
        self.stems = [root if len(root := stem(word.lower())) > 2 else word for word in self.sought]

    def __bool__(self) -> bool:
        return bool(self.all)

    @property
    def are_letters(self) -> bool:
        """Whether the full-text search reads them as they are written: it would take «c++» for every word with c."""
        return all(word.isalnum() for word in self.sought)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self.stems, key=len, reverse=True)
        return re.compile("(" + "|".join(rf"{re.escape(root)}\w*" for root in longest_first) + ")", re.IGNORECASE)

    def held_by(self, fields: tuple[str, ...]) -> Q:
        return reduce(and_, [holding(root, fields) for root in self.stems])

    def marked(self, text: str) -> list[Part]:
        pieces = self.pattern.split(text)
        return [Part(piece, hit=bool(place % 2)) for place, piece in enumerate(pieces) if piece]

    def snippet(self, texts: list[str]) -> list[Part]:
        """The words where they stand first, with some of what is around them; empty when they stand in no text."""
        for text in texts:
            flat = " ".join(text.split())
            if found := self.pattern.search(flat):
                return self.marked(_around(flat, found.start()))
        return []


def _around(text: str, place: int) -> str:
    start = max(0, place - SNIPPET // 4)
    piece = text[start : start + SNIPPET]
    if start:
        piece = f"… {piece.partition(' ')[2]}" if " " in piece[: place - start] else f"…{piece}"
    return piece if start + SNIPPET >= len(text) else f"{piece.rpartition(' ')[0] or piece} …"


def search(user: Any, words: Words) -> Iterator[Group]:
    """The groups of hits, one query for each kind that the user may read."""
    for kind in KINDS:
        if not kind.model.is_readable_by(user):
            continue
        records = list(matching(kind, user, words)[: HITS + 1])
        if records:
            yield Group(
                label=str(kind.model._meta.verbose_name_plural),
                hits=[_hit(kind, record, words) for record in records[:HITS]],
                more_url=_list_url(kind, words, choices(user).has_several) if len(records) > HITS else "",
            )


def matching(kind: Kind, user: Any, words: Words) -> QuerySet:
    fields = kind.title + kind.text
    found = Q(words.held_by(fields))
    records = kind.as_read_by(kind.model.objects.visible_to(user), user)
    if kind.related:
        records = records.select_related(*kind.related)
    if connection.vendor == "postgresql":
        vector = SearchVector(*kind.title, weight="A", config=CONFIG)
        if kind.text:
            vector += SearchVector(*kind.text, weight="C", config=CONFIG)
        query = SearchQuery(reduce(and_, [Lexeme(word, prefix=True) for word in words.sought]), config=CONFIG)
        records = records.annotate(words=vector, rank=SearchRank(vector, query))
        if words.are_letters:
            found |= Q(words=query)
    else:
        records = records.annotate(rank=Value(0.0, output_field=FloatField()))
    records = records.annotate(where=_where(kind.model, choices(user)))
    in_title = Case(When(words.held_by(kind.title), then=0), default=1)
    return records.filter(found).order_by(in_title, "-rank", *kind.model._meta.ordering, "pk")


def _where(model: Any, options: Choices) -> F | Value:
    """The agreement or the region of a record by name, where the user sees several."""
    if hasattr(model, "REGION") and options.has_several:
        if path := model.agreement_path():
            return F(f"{path}__name")
        if options.of_several_regions:
            return F(f"{model.REGION}__name")
    return Value("", output_field=CharField())


def _hit(kind: Kind, record: models.Model, words: Words) -> Hit:
    return Hit(
        url=record.get_absolute_url(),  # type: ignore[attr-defined]
        title=words.marked(str(record)),
        snippet=words.snippet([str(_value(record, path) or "") for path in kind.text]),
        where=record.where,  # type: ignore[attr-defined]
    )


def _value(record: Any, path: str) -> Any:
    for step in path.split("__"):
        record = getattr(record, step) if record is not None else None
    return record


def _list_url(kind: Kind, words: Words, has_several: bool) -> str:
    # an empty choice: in all agreements and regions, as the search itself
    query = {"q": " ".join(words.sought), **({"aftale": "", "kulturregion": ""} if has_several else {})}
    try:
        return f"{reverse(f'{kind.model._meta.model_name}_list')}?{urlencode(query)}"
    except NoReverseMatch:
        return ""


class SearchForm(forms.Form):
    q = forms.CharField(
        max_length=LONGEST,
        required=False,
        error_messages={"max_length": TOO_LONG},
    )


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    words = Words(form.cleaned_data["q"] if form.is_valid() else "")
    return render(
        request,
        "search.html",
        {
            "search_text": request.GET.get("q", ""),
            "errors": form.errors.get("q"),
            "words": words.all,
            "groups": list(search(request.user, words)) if words else [],
        },
    )
