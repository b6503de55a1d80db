"""Reading pages as a browser does: what a form would send, what a list shows, what the page says."""

from xml.etree.ElementTree import Element

import tinyhtml5


def parse(response) -> Element:
    return tinyhtml5.parse(response.content.decode(), namespace_html_elements=False)


def text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def all_of_class(element: Element, name: str) -> list[Element]:
    return [each for each in element.iter() if name in each.get("class", "").split()]


def heading(response) -> str:
    return text(next(parse(response).iter("h1")))


def records(response) -> list[str]:
    """The link in each row of a list, from top to bottom."""
    return [text(link) for row in parse(response).iterfind(".//tbody/tr") for link in row.iterfind("./th/a")]


def notices(response) -> list[str]:
    return [text(each) for each in all_of_class(parse(response), "notice")]


def errors(response) -> list[str]:
    """The lines of the summary above a form: «Titel: Dette felt er påkrævet.»"""
    summary = all_of_class(parse(response), "notice-error")
    return [text(line) for each in summary for line in each.iter("li")]


def form_data(response) -> dict[str, str | list[str]]:
    """What the browser would send from the page's form for a record; a list where a name can be sent twice."""
    (form,) = all_of_class(parse(response), "record-form")
    data: dict[str, str | list[str]] = {}
    for field in form.iter():
        name = field.get("name")
        if not name or name == "csrfmiddlewaretoken" or "disabled" in field.attrib:
            continue
        if field.tag == "textarea":
            data[name] = "".join(field.itertext()).replace("\n", "\r\n")
        elif field.tag == "select":
            data[name] = chosen_option(field)
        elif field.get("type") == "checkbox" and field.get("value", "on") != "on":
            data.setdefault(name, [])
            data[name] += [field.get("value")] if "checked" in field.attrib else []
        elif field.get("type") in {"checkbox", "radio"}:
            if "checked" in field.attrib:
                data[name] = field.get("value", "on")
        elif field.tag == "input":
            data[name] = field.get("value", "")
    return data


def chosen_option(select: Element) -> str:
    options = list(select.iter("option"))
    chosen = [each for each in options if "selected" in each.attrib] or options[:1]
    return chosen[0].get("value", "") if chosen else ""


def offered(response, name: str) -> list[str]:
    """The values that the form lets one choose for a field."""
    return [
        option.get("value", "")
        for field in parse(response).iter()
        if field.get("name") == name
        for option in (field.iter("option") if field.tag == "select" else [field])
    ]


def send(client, url: str, **typed):
    """Opens the form at the address, types over some of its fields and sends it."""
    return client.post(url, form_data(client.get(url)) | typed)


def refused(client, url: str, *, forged: tuple[str, ...] = (), **typed) -> list[str]:
    """What the form says about the values typed. Nothing typed is lost, but for ids that the form never offered."""
    data = form_data(client.get(url)) | typed
    response = client.post(url, data)
    assert response.status_code == 200
    kept = form_data(response)
    assert {name: kept.get(name) for name in data if name not in forged} == {
        name: value for name, value in data.items() if name not in forged
    }
    return errors(response)
