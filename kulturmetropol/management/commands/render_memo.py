"""Renders a memo as a PDF without the browser, and without saving it."""

from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from agreements.models import Agreement, Body, Municipality
from outreach import memos
from outreach.actions.memos import draft_sections
from outreach.forms.memos import ABOUT, RECIPIENT
from outreach.memos import fitting
from outreach.models import Memo

KINDS = [str(kind) for kind, about in ABOUT.items() if about == RECIPIENT]  # the others take more than a committee


class Command(BaseCommand):
    help = "Render a memo as a PDF file."

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=KINDS)
        parser.add_argument("--municipality", required=True, metavar="CODE", help="municipality code, such as 0175")
        parser.add_argument("--committee", required=True, metavar="NAME", help="name of the committee")
        parser.add_argument("--agreement", metavar="NAME", help="default: the agreement that runs or comes")
        parser.add_argument("--date", metavar="YYYY-MM-DD", help="default: today")
        parser.add_argument("--case-number", required=True, metavar="KLE", help="such as 20.20.00-P27-1-20")
        parser.add_argument("--case-officer", required=True, metavar="NAME")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE")

    def handle(self, *, output, **options):
        said = memos.payload(self.memo(**options))
        try:
            output.write_bytes(memos.memo_pdf(said))
        except OSError as error:
            raise CommandError(_("The file cannot be written: %(reason)s.") % {"reason": error}) from error
        for sign in memos.signs_without_print(said):
            self.stderr.write(_("The sign “%(sign)s” cannot be printed and became �.") % {"sign": sign})
        self.stdout.write(str(output))

    def memo(self, *, kind, municipality, committee, agreement, case_number, case_officer, **options) -> Memo:
        body = find_committee(municipality, committee)
        memo = Memo(
            kind=kind,
            agreement=find_agreement(body, agreement),
            committee=body,
            date=parse_date(options["date"]),
            case_number=case_number,
            case_officer=case_officer,
        )
        draft_sections(memo)
        check(memo)
        return memo


def find_committee(code: str, name: str) -> Body:
    municipality = Municipality.objects.filter(code=code).first()
    if municipality is None:
        raise CommandError(_("There is no municipality with the code %(code)s.") % {"code": code})
    committees = Body.objects.filter(kind=Body.Kind.COMMITTEE, municipality=municipality)
    committee = committees.filter(name=name).first()
    if committee is None:
        known = ", ".join(each.name for each in committees) or "–"
        raise CommandError(
            _("%(municipality)s has no committee called “%(name)s”. Known: %(known)s.")
            % {"municipality": municipality, "name": name, "known": known}
        )
    return committee


def find_agreement(committee: Body, name: str | None) -> Agreement:
    agreements = Agreement.objects.filter(culture_region=committee.culture_region)
    found = agreements.filter(name=name).first() if name else Agreement.objects.latest_of(committee.culture_region)
    if found is None:
        known = ", ".join(each.name for each in agreements) or "–"
        raise CommandError(_("There is no such agreement. Known: %(known)s.") % {"known": known})
    return found


def parse_date(text: str | None) -> date:
    if text is None:
        return timezone.localdate()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            _("“%(date)s” is no date. Write year-month-day, for example 2020-11-06.") % {"date": text}
        ) from None


def check(memo: Memo) -> None:
    try:
        memo.full_clean()
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    if unfit := fitting.faults(memo):
        raise CommandError(" ".join(unfit.values()))
