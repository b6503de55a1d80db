"""The site as an attacker walks it: every address of the URL conf, and every form that a page of them shows.

What is new is found in the pages themselves. Who adds an address fills in the table of `test_access`, which knows how
to make a record for it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.forms import BaseForm
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from agreements.models import UserInvitation
from kulturmetropol.views import ListPage
from tests.kulturmetropol.test_access import RECORDS, TABLE, address

from .payloads import SHORT_MARKUP

TYPED = {"text", "search", "email", "url", "tel", "password", "number", "date", "time", "month", ""}
EXAMPLES = {"int": "1", "str": "x", "slug": "x", "uuid": "12345678-1234-5678-1234-567812345678", "month": "2026-11"}
EXAMPLES_BY_NAME = {"case_number": "20.20.00-P27-1-20"}
EXAMPLES_OF = {"date": "15-06-2027", "numeric": "1", "number": "1", "decimal": "1"}


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern)
        else:
            yield pattern


def example_path(pattern: URLPattern) -> str:
    """An address of the pattern, which need not lead to any record."""
    if pattern.name == "account_reset_password_from_key":
        return "/glemt-adgangskode/1-abc-def/"
    route = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        kind = route.partition(f":{name}>")[0].rpartition("<")[2]
        assert kind in EXAMPLES, f"{pattern.name}: say what an address with a <{kind}:…> looks like"
        route = route.replace(f"<{kind}:{name}>", EXAMPLES[kind])
        assert converter
    return f"/{route}"


@dataclass
class Form:
    """A form of a page, with what a browser would send from it. `typed` are the fields that one writes in."""

    page: str
    action: str
    method: str
    data: dict[str, list[str]] = field(default_factory=dict)
    typed: dict[str, int | None] = field(default_factory=dict)  # the longest text of each, where one is told
    hidden: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    options: dict[str, list[str]] = field(default_factory=dict)
    boxes: dict[str, list[str]] = field(default_factory=dict)
    areas: set[str] = field(default_factory=set)
    kinds: dict[str, str] = field(default_factory=dict)
    required: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        return {*self.data, *self.typed, *self.hidden, *self.files, *self.options, *self.boxes, *dict(self.buttons)}

    def send(self, client: Client, typed: dict | None = None, **more):
        data = {name: values for name, values in self.data.items() if values} | dict(self.buttons[:1]) | (typed or {})
        return client.post(self.action, data, **more)


def send_until_taken(client: Client, form: Form, typed: dict[str, Any], look: Callable, attempts: int = 5) -> dict:
    """Sends the form as often as it takes: what is refused is left as it was, or another choice is made.

    Returns what the last answer refused, nothing where the form was taken; `look` is given every answer.
    """
    wrong: dict[str, list[str]] = {}
    for attempt in range(attempts):
        uploads = {name: SimpleUploadedFile(f"{SHORT_MARKUP}.txt", b"Ord") for name in form.files if name == "file"}
        response = form.send(client, typed | uploads, follow=True)
        look(form.action, response)
        wrong = errors(response)
        if response.redirect_chain or not wrong:
            return {}
        # where the form as a whole is wrong, a date is what is missing
        dates = [name for name in form.kinds if form.kinds[name] == "date" and not any(form.data[name])]
        dates = dates if "__all__" in wrong else []
        for name in [*wrong, *dates]:
            if typed.pop(name, None) is None or attempt:
                other_value(form, name)
    return wrong


def other_value(form: Form, name: str) -> None:
    if options := [each for each in form.options.get(name, []) if each]:
        now = options.index(form.data[name][0]) if form.data[name] and form.data[name][0] in options else -1
        form.data[name] = [options[(now + 1) % len(options)]]
    elif name in form.boxes:
        form.data[name] = form.boxes[name][:1]
    elif form.kinds.get(name) == "date":  # one to come, and then one that has been
        form.data[name] = ["15-06-2021" if form.data[name] == [EXAMPLES_OF["date"]] else EXAMPLES_OF["date"]]
    elif name in form.typed and not any(form.data[name]):
        form.data[name] = [EXAMPLES_OF.get(form.kinds.get(name, ""), "x")]


def is_page(response) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming


class _Controls(HTMLParser):
    """The forms of a page; a field outside of its form names it by `form`."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.outside: list[tuple[str, dict, list]] = []
        self.form: Form | None = None
        self.options: list[tuple[dict, str]] | None = None
        self.text: list[str] | None = None
        self.control: dict = {}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        match tag:
            case "form":
                action = urljoin(self.page, given.get("action") or self.page)
                self.form = Form(self.page, action, given.get("method", "get").lower())
                self.forms.append(self.form)
                self.by_id[given.get("id", "")] = self.form
            case "select":
                self.control, self.options = given, []
            case "option" if self.options is not None:
                self.options.append(given)
            case "textarea":
                self.control, self.text = given, []
            case "input" | "button":
                self._take(tag, given, "")

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "form":
                self.form = None
            case "select" if self.options is not None:
                self._take(tag, self.control, self.options)
                self.options = None
            case "textarea" if self.text is not None:
                self._take(tag, self.control, "".join(self.text).removeprefix("\n"))
                self.text = None

    def _take(self, tag: str, given: dict, content: Any) -> None:
        if given.get("form"):
            self.outside.append((tag, given, content))
        elif self.form:
            take(self.form, tag, given, content)

    def close(self) -> None:
        super().close()
        for tag, given, content in self.outside:
            if form := self.by_id.get(given["form"]):
                take(form, tag, given, content)


def forms(page: str, response: HttpResponse) -> list[Form]:
    """The forms that a page sends by POST."""
    reader = _Controls(page)
    reader.feed(response.content.decode())
    reader.close()
    return [form for form in reader.forms if form.method == "post"]


def take(form: Form, tag: str, given: dict, content: Any) -> None:
    name, kind = given.get("name"), given.get("type", "").lower()
    if not name or name == "csrfmiddlewaretoken" or "disabled" in given:
        return
    longest = given.get("data-limit") or given.get("maxlength")
    values = form.data.setdefault(name, [])
    match tag, kind:
        case "textarea", _:
            form.typed[name] = int(longest) if longest else None
            form.areas.add(name)
            if "required" in given:
                form.required[name] = "x"
            values.append(content)
        case "select", _:
            form.options[name] = [each.get("value", "") for each in content]
            chosen = [each for each in content if "selected" in each]
            if "multiple" not in given:
                # what one must choose, one chooses
                first = [each for each in content if each.get("value") and "required" in given]
                chosen = [each for each in chosen if each.get("value")] or first[:1] or content[:1]
            values += [each.get("value", "") for each in chosen]
        case ("button", _) | ("input", "submit"):
            form.buttons.append((name, given.get("value", "")))
        case "input", "checkbox" | "radio":
            form.boxes.setdefault(name, []).append(given.get("value", "on"))
            if "checked" in given:
                values.append(given.get("value", "on"))
        case "input", "hidden":
            form.hidden.append(name)
            values.append(given.get("value", ""))
        case "input", "file":
            form.files.append(name)
        case "input", _:
            assert kind in TYPED, f"{form.page}: say what an attacker does with a field of type {kind}"
            form.typed[name] = int(longest) if longest else None
            form.kinds[name] = "date" if "date-input" in given.get("class", "") else given.get("inputmode", kind)
            if "required" in given:
                form.required[name] = EXAMPLES_BY_NAME.get(name) or EXAMPLES_OF.get(form.kinds[name], "x")
            values.append(given.get("value", ""))


@contextmanager
def undone() -> Iterator[None]:
    """What is done in it is not done in the end: the next one finds things as they were."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)', re.IGNORECASE)


@contextmanager
def writes() -> Iterator[set[str]]:
    """The tables that are written meanwhile."""
    tables: set[str] = set()

    def note(execute, sql, *arguments):
        if match := WRITE.match(sql):
            tables.add(match[1])
        return execute(sql, *arguments)

    with connection.execute_wrapper(note):
        yield tables


def answers(client: Client, names: Iterable[str] = TABLE) -> Iterator[tuple[str, str, HttpResponse]]:
    """Each address of the table: its name, the address and the answer to GET.

    The record that it is about is there until the next one is asked for.
    """
    for name in names:
        with undone():
            url = address(name)
            yield name, url, client.get(url)


def pages(client: Client, names: Iterable[str] = TABLE) -> Iterator[tuple[str, str, HttpResponse]]:
    for name, url, response in answers(client, names):
        if response.status_code == 200 and is_page(response):
            yield name, url, response


_names_with_forms: list[str] = []


def own_forms(client: Client) -> Iterator[Form]:
    """Every form of the site once, with the record that it is about, which is gone when the next one is asked for.

    What is sent as it stands is as good as a person would have filled it in, as far as that can be known.
    """
    seen: set[tuple] = set()
    names = []
    for name, url, response in pages(client, _names_with_forms or TABLE):
        for form in forms(url, response):
            key = (name_of(form.action), *sorted(re.sub(r"^\d+-", "", each) for each in form.names))
            if key not in seen:
                seen.add(key)
                # many kinds of record share the buttons that send nothing, or the version alone
                if form.names - {"version"} or ("", *key[1:]) not in seen:
                    names.append(name)
                seen.add(("", *key[1:]))
                if name.endswith("_create"):
                    form = filled_as_edited(client, form, name.removesuffix("_create"))
                for each in form.required:
                    form.data[each] = [value for value in form.data[each] if value] or [form.required[each]]
                yield form
    _names_with_forms[:] = dict.fromkeys(names)


def invited(invitation: UserInvitation, client: Client | None = None) -> Client:
    """A browser that has followed the link: `/velkommen/` is empty without."""
    client = client or Client()
    token = invitation.new_token()
    invitation.save()
    client.get(f"/velkommen/{token}/")
    return client


def filled_as_edited(client: Client, form: Form, kind: str) -> Form:
    """A form for a new record that says what the form of one that was there said."""
    if f"{kind}_update" not in TABLE or kind not in RECORDS:
        return form
    record = RECORDS[kind]()
    url = reverse(f"{kind}_update", args=[record.pk])
    there = [each for each in forms(url, client.get(url)) if path(each.action) == url]
    record.delete()
    fresh = next(each for each in forms(form.page, client.get(form.page)) if each.action == form.action)
    for name in fresh.data.keys() & there[0].data.keys() - {"version"} if there else ():
        fresh.data[name] = there[0].data[name]
    return fresh


def name_of(url: str) -> str:
    return resolve(path(url)).url_name or ""


def lists() -> dict[str, Any]:
    """The view of each list with a filter, by its name in the URL conf."""
    views = {each.name: getattr(each.callback, "view_class", None) for each in patterns()}
    return {name: view for name, view in views.items() if view and issubclass(view, ListPage)}


def parameters() -> list[str]:
    """Every name that a view, a filter or a form reads from an address, as the source has it."""
    source = "".join(
        file.read_text()
        for app in ("kulturmetropol", "agreements", "initiatives", "outreach")
        for file in (settings.BASE_DIR / app).rglob("*.py")
    )
    read = set(re.findall(r"""GET(?:\.get|\.getlist)?[(\[]["'](\w+)["']""", source))
    read |= set(re.findall(r"""["'](\w+)["'] in (?:self\.)?request\.GET""", source))
    views = [getattr(each.callback, "view_class", None) for each in patterns()]
    read |= {name for view in views for name in getattr(view, "initial_from", {})}
    read |= {name for view in lists().values() for name in view.filterset_class.base_filters}
    return sorted(read | {"side", "next", "q"})


def errors(response: HttpResponse) -> dict[str, list[str]]:
    """What the forms of the page say, by field."""
    found: dict[str, list[str]] = {}
    for layer in response.context or []:
        for value in layer.values() if hasattr(layer, "values") else layer.flatten().values():
            for form in value if isinstance(value, list | tuple) else [value]:
                if isinstance(form, BaseForm) and form.is_bound:
                    found |= {form.add_prefix(name): list(messages) for name, messages in form.errors.items()}
    return found


def path(url: str) -> str:
    return urlsplit(url).path
