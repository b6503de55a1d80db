"""Case numbers, dates, amounts and Markdown, whatever is typed."""

import re
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from hypothesis import example, given
from hypothesis import strategies as st

from agreements.kle import CASE_NUMBER, validate_case_number
from kulturmetropol.amounts import AmountField, amount
from kulturmetropol.pdf import printable
from kulturmetropol.richtext import is_empty, to_html
from outreach.models import Memo
from tests.attacks.markup import faults_in
from tests.factories import MemoFactory
from tests.pages import form_data
from tests.properties import ANYTHING, HOSTILE, examples

pytestmark = pytest.mark.once

# KL's grammar, written down apart from the validator: subject, facet, serial, year
DIGITS = "0123456789"


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=count, max_size=count)


GOOD = st.builds(
    "{}.{}.{}-{}{}-{}-{}".format,
    digits(2),
    digits(2),
    digits(2),
    st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZÆØÅ"),
    digits(2),
    st.integers(1, 99_999),
    digits(2),
)


def is_case_number(text: str) -> bool:
    """By hand, sign by sign."""
    parts = text.split("-")
    if len(parts) != 4:
        return False
    subject, facet, serial, year = parts
    numbers = [*subject.split("."), facet[1:], year]
    return (
        len(numbers) == 5
        and all(len(each) == 2 and set(each) <= set(DIGITS) for each in numbers)
        and facet[:1] in set("ABCDEFGHIJKLMNOPQRSTUVWXYZÆØÅ")
        and 1 <= len(serial) <= 5
        and set(serial) <= set(DIGITS)
        and not serial.startswith("0")
    )


@examples(150)
@given(text=GOOD | ANYTHING | HOSTILE | st.from_regex(CASE_NUMBER) | GOOD.map(lambda text: f"{text}\n"))
@example("20.20.00-P27-1-20\n")
@example("２０.20.00-P27-1-20")
@example("20.20.00-P27-01-20")
def test_a_case_number_is_what_the_grammar_says(text):
    try:
        validate_case_number(text)
        taken = True
    except ValidationError:
        taken = False
    assert taken == is_case_number(text)


def test_a_case_number_is_kept_as_it_was_typed(staff):
    memo = MemoFactory()
    url = f"/notater/{memo.pk}/rediger/"

    @examples(8)
    @given(text=GOOD)
    def keep(text):
        assert staff.post(url, form_data(staff.get(url)) | {"case_number": f" {text} "}).status_code == 302
        assert Memo.objects.get(pk=memo.pk).case_number == text

    keep()


@examples(150)
@given(day=st.dates(date(1, 1, 1)), text=ANYTHING | HOSTILE)
def test_a_date_is_read_as_it_is_written_or_refused(day, text):
    field = forms.DateField()
    assert field.clean(f"{day:%d-%m-}{day.year:04}") == day
    if day.year >= 1000:
        assert field.clean(date_format(day, "d-m-Y")) == day
    with suppress(ValidationError):
        assert isinstance(field.clean(text), date)


@examples(150)
@given(value=st.decimals(-(10**12), 10**12, places=2), text=ANYTHING | HOSTILE)
def test_an_amount_is_read_as_it_is_written_or_refused(value, text):
    field = AmountField(max_digits=15, decimal_places=2, required=False)
    assert field.clean(amount(value)) == value
    assert field.clean(f"{amount(value)} kr.") == value
    with suppress(ValidationError):
        assert isinstance(field.clean(text), Decimal | None)


MARKS = st.text(st.sampled_from(list("*_#>-+1.[]()<>!`\\&;:/\n \tab\"'|~=")), max_size=80)


@examples(200)
@given(text=ANYTHING | HOSTILE | MARKS)
def test_any_markdown_is_harmless_and_printable(text):
    html = to_html(text)
    assert faults_in(html) == []
    assert not re.search(r"<(?!/?(?:p|br|strong|em|ul|ol|li|div|blockquote|a|h3)\b)", html)
    assert isinstance(is_empty(text), bool)
    assert "\0" not in printable(html)
