"""How the work is reported: memos that are written, issued once, and then never change."""

from __future__ import annotations

import datetime
import hashlib
import json
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.kle import validate_case_number
from agreements.models import Agreement, Body, Meeting, Municipality, RegionalQuerySet, RegionalRecord
from agreements.models.agreement import LONG_TEXT
from kulturmetropol.compiled import Compiled

MARKDOWN = _("Markdown: **bold**, *italic*, - list.")


class MemoQuerySet(RegionalQuerySet):
    def visible_to(self, user):
        """All to editors. To chairs and culture heads what is issued to their own municipality, and what the region
        has issued to nobody in particular; to guests what is issued to the municipality that they come from."""
        roles = access.roles(user)
        return self.seen_by(roles.edited, roles.read, roles.represented, roles.invited_for)

    def seen_by(self, edited, read, represented, invited_for):
        """By the ids that `access.Roles` gives: of culture regions, and of municipalities in them."""
        seen = Q(pk__in=[])
        for region, municipality in (*represented, *invited_for):
            seen |= _in_region(region) & _to(municipality)
        to_all = Q(committee=None, municipality=None, agreement__culture_region__in=read)
        published = ~Q(status=Memo.Status.DRAFT) & (seen | to_all)
        return self.filter(Q(agreement__culture_region__in=edited) | published)

    @staticmethod
    def stored_for(user, memo: int) -> tuple | None:
        """What a download of an issued memo to somebody takes, if the user may see it, by the query that is asked most.

        Its date, the committee's name and the municipality's, its number, the SHA-256 and the PDF.
        """
        roles = access.roles(user)
        rows = STORED(memo, tuple(roles.edited), (), (), ())
        if not rows:  # who edits needs no post to see it
            rows = STORED(memo, (), (), tuple(roles.represented), tuple(roles.invited_for))
        return rows[0] if rows else None

    def with_sections_read_by(self, user):
        """Each with its sections as the user may read them, `opening_read` and so on: to editors all that is written,
        to others what is part of the memo, and nothing of a withdrawn one."""
        editor = Q(agreement__culture_region__in=access.roles(user).edited)
        stands = ~Q(status=Memo.Status.WITHDRAWN)
        return self.annotate(
            **{
                f"{name}_read": Case(
                    When(editor | stands & Q(**{f"{name}_included": True}), then=name),
                    default=Value("", models.TextField()),
                )
                for name in Written.SECTIONS
            }
        )

    def issued(self):
        """Those that stand: neither drafts, nor withdrawn, nor replaced by a correction."""
        return self.filter(status=Memo.Status.ISSUED).exclude(replacement__status__in=["issued", "withdrawn"])


def _in_region(region: int) -> Q:
    return Q(agreement__culture_region=region)


def _to(municipality: int) -> Q:
    return Q(committee__municipality=municipality) | Q(municipality=municipality)


class Written(models.Model):
    """What people give a memo beside the data: the day, the case, and the sections around the data."""

    SECTIONS = ("opening", "situation", "closing")
    SECTION_FIELDS = [field for name in SECTIONS for field in (f"{name}_included", name)]

    date = models.DateField(_("date"))
    case_officer = models.CharField(_("case officer"), max_length=150)
    case_number = models.CharField(
        _("case number (J. nr.)"),
        max_length=30,
        validators=[validate_case_number],
        help_text=_("By KL's KLE system: subject, facet, serial and year, for example 20.20.00-P27-1-20."),
    )

    # what people write around the data, in Markdown, each with whether it is part of the memo; the words stay when not
    opening_included = models.BooleanField(_("include the opening"), default=False)
    opening = models.TextField(_("opening"), max_length=LONG_TEXT, blank=True, help_text=MARKDOWN)
    situation_included = models.BooleanField(_("include the situation"), default=False)
    situation = models.TextField(_("the situation"), max_length=LONG_TEXT, blank=True, help_text=MARKDOWN)
    closing_included = models.BooleanField(_("include the closing"), default=False)
    closing = models.TextField(_("closing"), max_length=LONG_TEXT, blank=True, help_text=MARKDOWN)

    class Meta:
        abstract = True


def well_written(name: str) -> list[models.CheckConstraint]:
    """That the day is one to reckon from, and that a section which is part of the memo says something. `name` is the
    model's, as constraints are named."""
    return [
        models.CheckConstraint(
            condition=Q(date__range=(datetime.date(2000, 1, 1), datetime.date(2100, 12, 31))),
            name=f"{name}_date_sensible",
            violation_error_message=_("The date has to be from 2000 to 2100."),
        ),
        *[
            models.CheckConstraint(
                condition=Q(**{f"{each}_included": False}) | ~Q(**{each: ""}), name=f"{name}_{each}_not_empty"
            )
            for each in Written.SECTIONS
        ],
    ]


class Memo(Written, RegionalRecord):
    """A memo: data flow in from the agreement, people write the sections around them, and it is issued as a document.

    While it is a draft it follows the data. Its `document` is what was issued; a correction is a memo that `replaces`
    it. Whom it is for: a committee, a municipality, or, where neither is given, the region itself.
    """

    REGION = "agreement__culture_region"
    history_for_editors = True

    class Kind(models.TextChoices):
        STATUS = "status", _("Status of the agreement")
        MUNICIPALITY = "municipality", _("Status for one municipality")
        MEASURES = "measures", _("List of measures")
        ONBOARDING = "onboarding", _("Memo for a municipality that is to decide")
        AGENDA = "agenda", _("Agenda of a meeting")
        MINUTES = "minutes", _("Minutes of a meeting")
        ANNUAL = "annual", _("Annual status to the Agency for Culture and Palaces")
        EVALUATION = "evaluation", _("Final evaluation")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ISSUED = "issued", _("Issued")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.STATUS)
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="memos", verbose_name=_("agreement")
    )
    committee = models.ForeignKey(
        Body,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="memos",
        limit_choices_to={"kind": Body.Kind.COMMITTEE},
        verbose_name=_("committee"),
    )
    municipality = models.ForeignKey(
        Municipality,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="memos",
        verbose_name=_("municipality"),
        help_text=_("Where the municipality's committee is not known."),
    )
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="memos", verbose_name=_("meeting")
    )
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)

    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    status_reason = models.TextField(_("reason for the status"), max_length=2000, blank=True, editable=False)
    replaces = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replacement",
        editable=False,
        verbose_name=_("replaces"),
    )

    objects = MemoQuerySet.as_manager()

    _by_transition = ("status", "status_reason", "replaces")
    # what a correction shares with the memo that it replaces
    OF_A_CORRECTION = ("kind", "agreement_id", "committee_id", "municipality_id", "meeting_id", "year")

    class Meta:
        verbose_name = _("memo")
        verbose_name_plural = _("memos")
        ordering = ["-date", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "status",
                        "municipality",
                        "measures",
                        "onboarding",
                        "agenda",
                        "minutes",
                        "annual",
                        "evaluation",
                    ]
                ),
                name="memo_kind_known",
            ),
            models.CheckConstraint(condition=Q(status__in=["draft", "issued", "withdrawn"]), name="memo_status_known"),
            models.CheckConstraint(
                condition=Q(committee=None) | Q(municipality=None),
                name="memo_one_recipient",
                violation_error_message=_("Choose the committee or the municipality, not both."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["status", "municipality", "onboarding"])
                | Q(committee__isnull=False)
                | Q(municipality__isnull=False),
                name="memo_recipient_given",
                violation_error_message=_("Choose whom the memo is for."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["agenda", "minutes"], meeting__isnull=False)
                | (~Q(kind__in=["agenda", "minutes"]) & Q(meeting=None)),
                name="memo_meeting_given",
                violation_error_message=_("Choose the meeting."),
            ),
            models.CheckConstraint(
                condition=Q(kind="annual", year__isnull=False) | (~Q(kind="annual") & Q(year=None)),
                name="memo_year_given",
                violation_error_message=_("Give the year that the status is about."),
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | ~Q(status_reason=""),
                name="memo_withdrawn_with_reason",
                violation_error_message=_("Say why the memo is withdrawn."),
            ),
            *well_written("memo"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.addressee}"

    @classmethod
    def is_readable_by(cls, user) -> bool:
        return access.may_read(user) or bool(access.roles(user).invited)

    def clean(self):
        super().clean()
        if self.pk and (locked := self.why_locked()):
            raise ValidationError(locked)
        if self.replaces and any(getattr(self, name) != getattr(self.replaces, name) for name in self.OF_A_CORRECTION):
            raise ValidationError(
                gettext(
                    "A correction has the kind, the recipient, the meeting and the year of the memo that it replaces. "
                    "Where these are wrong, withdraw that memo and write a new one."
                )
            )

    @property
    def place(self) -> Municipality | None:
        """The municipality that the memo is for, itself or through its committee."""
        return self.committee.municipality if self.committee else self.municipality

    @property
    def addressee(self) -> str:
        """Whom the memo is for, or which meeting or agreement it is about."""
        return str(self.committee or self.municipality or self.meeting or self.agreement)

    @property
    def series(self) -> str:
        """The memos that are numbered together: those to one committee, one municipality, one body, or the region."""
        if self.committee_id:
            return f"committee-{self.committee_id}"
        if self.municipality_id:
            return f"municipality-{self.municipality_id}"
        return f"body-{self.meeting.body_id}" if self.meeting else f"agreement-{self.agreement_id}"

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_withdrawn(self) -> bool:
        return self.status == self.Status.WITHDRAWN

    @property
    def replaced_by(self) -> Memo | None:
        """The correction that has been issued in its place."""
        replacement = getattr(self, "replacement", None)
        return replacement if replacement and not replacement.is_draft else None

    @property
    def last_correction(self) -> Memo | None:
        """The newest of the corrections that have replaced one another since."""
        last = self.replaced_by
        while last and last.replaced_by:
            last = last.replaced_by
        return last

    def why_locked(self) -> str:
        if self.is_draft:
            return ""
        return gettext("The memo is issued and never changes. Make a correction that replaces it.")


STORED = Compiled(
    lambda memo, *seen: (
        Memo.objects.seen_by(*seen)
        .filter(pk=memo, status=Memo.Status.ISSUED)
        .exclude(committee=None, municipality=None)
        .values_list(
            "date",
            "committee__name",
            Coalesce("committee__municipality__name", "municipality__name"),
            "document__number",
            "document__sha256",
            "document__pdf",
        )
        .order_by()
    )
)


class IssuedMemoQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise TypeError("What is issued never changes.")

    def delete(self):
        raise TypeError("What is issued is never deleted.")

    bulk_update = update


def canonical(data: Any) -> str:
    """Data as JSON, the same text for the same data wherever it is read from."""
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, indent=1)


class IssuedMemo(models.Model):
    """What was handed over: the PDF, the data in it, its text as HTML to paste elsewhere, and their seal.

    Written once, with its number, and never again. The seal is the SHA-256 of everything that the memo says, of the
    PDF, and of the seal of the memo before it in the series: who changes one row has to change all rows after it.
    """

    REGION = "memo__agreement__culture_region"

    memo = models.OneToOneField(Memo, on_delete=models.PROTECT, related_name="document", verbose_name=_("memo"))
    series = models.CharField(_("series"), max_length=40)
    number = models.PositiveIntegerField(_("number"))
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="issued_memos",
        verbose_name=_("issued by"),
    )
    payload = models.JSONField(_("data"), encoder=DjangoJSONEncoder)
    html = models.TextField(_("text"))
    pdf = models.BinaryField(_("PDF"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    seal = models.CharField(_("seal"), max_length=64)

    objects = IssuedMemoQuerySet.as_manager()

    SEALED = [
        *["kind", "agreement_id", "committee_id", "municipality_id", "meeting_id", "year", "date"],
        *["case_officer", "case_number", "replaces_id"],
        *Memo.SECTION_FIELDS,
    ]

    class Meta:
        verbose_name = _("issued memo")
        verbose_name_plural = _("issued memos")
        ordering = ["series", "number"]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="issuedmemo_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="issuedmemo_number_from_one"),
        ]

    def __str__(self):
        return f"{self.memo}, {self.number}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("What is issued never changes.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args, **kwargs):
        raise TypeError("What is issued is never deleted.")

    @property
    def is_intact(self) -> bool:
        """Is the PDF the one that was issued?"""
        return self.sha256 == self.hash_of(self.pdf)

    def seal_after(self, previous: str) -> str:
        """The seal that this document has, the one before it in the series having `previous`."""
        said = {name: getattr(self.memo, name) for name in self.SEALED}
        own = {"series": self.series, "number": self.number, "issued_at": self.issued_at.isoformat()}
        sealed = [previous, own, said, self.payload, self.html, self.hash_of(self.pdf)]
        return self.hash_of(canonical(sealed).encode())

    @staticmethod
    def hash_of(content: bytes | memoryview) -> str:
        return hashlib.sha256(content).hexdigest()
