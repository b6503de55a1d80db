"""A1, onboarding (indslusning): how an interested municipality comes in, by its political gates."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.models import Agreement, Document, Meeting, Municipality, Person
from agreements.models.agreement import LONG_TEXT
from initiatives.models import Activity

from .base import SecretariatQuerySet, SecretariatRecord, hold

DAYS_TO_INVITE = 14


class AdminQuerySet(SecretariatQuerySet):
    def visible_to(self, user):
        return super().editable_by(user)

    def editable_by(self, user):
        return self.administered_by(user)


class AdminRecord(SecretariatRecord):
    """Read by the secretariat, edited by admins."""

    objects = AdminQuerySet.as_manager()

    class Meta:
        abstract = True

    def is_editable_by(self, user) -> bool:
        return access.may_administer(user, self.region.pk)

    @classmethod
    def is_creatable_by(cls, user) -> bool:
        return access.may_administer(user)

    @classmethod
    def deleted_rows(cls, user) -> models.QuerySet:
        return cls.deleted_in(access.roles(user).administered)


class OnboardingCaseQuerySet(AdminQuerySet):
    def open(self):
        """Those that may still become a member."""
        return self.exclude(stage__in=OnboardingCase.CLOSED)

    def moving(self):
        """The open ones that nobody has paused."""
        return self.open().exclude(stage=OnboardingCase.Stage.PAUSED)

    def without_invitation(self):
        """Those that nothing has been sent to."""
        sent = Invitation.objects.filter(case=OuterRef("pk"), sent_on__isnull=False)
        return self.moving().filter(~Exists(sent))

    def invitation_overdue(self, day: date):
        return self.without_invitation().filter(interested_on__lt=day - timedelta(days=DAYS_TO_INVITE))


class OnboardingCase(AdminRecord):
    """One interested municipality on its way into an agreement. `stage` is the last gate passed, or how it ended."""

    REGION = "agreement__culture_region"

    class Stage(models.TextChoices):
        IDENTIFIED = "identified", _("Identified")
        CONTACTED = "contacted", _("Contacted")
        INVITED = "invited", _("Invited")
        TAKING_PART = "taking_part", _("Taking part")
        COMMITTEE = "committee", _("Committee's recommendation")
        COUNCIL = "council", _("Council's decision")
        JOINED = "joined", _("Joined")
        DECLINED = "declined", _("Declined")
        PAUSED = "paused", _("Paused")

    GATES = (
        Stage.IDENTIFIED,
        Stage.CONTACTED,
        Stage.INVITED,
        Stage.TAKING_PART,
        Stage.COMMITTEE,
        Stage.COUNCIL,
        Stage.JOINED,
    )
    CLOSED = (Stage.JOINED, Stage.DECLINED)

    class Inviter(models.TextChoices):
        SECRETARIAT = "secretariat", _("The secretariat")
        CULTURE_HEADS = "kmk", _("KMK, the culture heads")
        POLITICIANS = "kmp", _("KMP, the politicians")

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="onboarding_cases", verbose_name=_("agreement")
    )
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="onboarding_cases", verbose_name=_("municipality")
    )
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.IDENTIFIED, editable=False)
    stage_reason = models.TextField(_("reason"), max_length=2000, blank=True, editable=False)
    interested_on = models.DateField(_("interested since"))
    invited_by = models.CharField(_("who invites"), max_length=12, choices=Inviter, blank=True)
    contacts = models.ManyToManyField(
        Person, blank=True, related_name="onboarding_cases", verbose_name=_("contact persons")
    )
    decision_deadline = models.DateField(
        _("the municipality decides by"),
        null=True,
        blank=True,
        help_text=_("Visits to the municipality are held before this day."),
    )
    council_decided_on = models.DateField(_("the council decided on"), null=True, blank=True, editable=False)
    council_case_number = models.CharField(_("the council's case number"), max_length=40, blank=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="onboarding_cases",
        verbose_name=_("owner"),
    )
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_step_on = models.DateField(_("next step by"), null=True, blank=True)
    encounter = models.ForeignKey(
        "outreach.Encounter",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="onboarding_cases",
        editable=False,
        verbose_name=_("began with"),
    )
    note = models.TextField(_("note"), max_length=LONG_TEXT, blank=True)

    _history_m2m_fields = ("contacts",)

    objects = OnboardingCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("onboarding case")
        verbose_name_plural = _("onboarding cases")
        ordering = ["municipality__sort_order", "-interested_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "municipality"],
                condition=~Q(stage="declined"),
                name="onboardingcase_one_open",
                violation_error_message=_("The municipality already has an onboarding case of this agreement."),
            ),
            models.CheckConstraint(
                condition=Q(
                    stage__in=[
                        "identified",
                        "contacted",
                        "invited",
                        "taking_part",
                        "committee",
                        "council",
                        "joined",
                        "declined",
                        "paused",
                    ]
                ),
                name="onboardingcase_stage_known",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=["council", "joined"])
                | (Q(council_decided_on__isnull=False) & ~Q(council_case_number="")),
                name="onboardingcase_council_decision",
                violation_error_message=_("The council's decision has a date and a case number. Fill in both."),
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=["declined", "paused"]) | ~Q(stage_reason=""),
                name="onboardingcase_reason_given",
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(
                condition=Q(next_step_on__isnull=True) | ~Q(next_step=""),
                name="onboardingcase_next_step_named",
                violation_error_message=_("Say what the next step is, or take its date away."),
            ),
        ]

    def __str__(self):
        return f"{self.municipality}, {self.agreement}"

    def save(self, *args, **kwargs):
        """Raises `ValidationError` when a visit after the deadline has been planned since it was checked."""
        with transaction.atomic():
            hold(self.municipality_id)
            if too_early := self._why_too_early():
                raise ValidationError({"decision_deadline": too_early})
            super().save(*args, **kwargs)

    def clean(self):
        super().clean()
        errors = {}
        if too_early := self._why_too_early():
            errors["decision_deadline"] = too_early
        if self.decision_deadline and self.interested_on and self.decision_deadline < self.interested_on:
            errors["decision_deadline"] = gettext("The municipality decides after it has become interested.")
        if not self._state.adding and (first := self.passages.order_by("passed_on").first()):
            if self.interested_on and self.interested_on > first.passed_on:
                errors["interested_on"] = gettext("The gate “%(gate)s” was passed on %(day)s already.") % {
                    "gate": first.get_gate_display(),
                    "day": date_format(first.passed_on),
                }
            # a stage that somebody takes back in the history would contradict the gates
            if self.stage in self.GATES and self.stage != self.last_gate():
                errors[NON_FIELD_ERRORS] = gettext("The stage follows from the gates that the case has passed.")
        if errors:
            raise ValidationError(errors)

    def _why_too_early(self) -> str:
        """Why the municipality cannot decide by then: a visit is still to be held. Empty when it can."""
        if not (self.decision_deadline and self.agreement_id and self.municipality_id) or self.stage in self.CLOSED:
            return ""
        visits = self.municipality.visits.ahead().filter(culture_region=self.agreement.culture_region_id)
        late = visits.filter(held_on__gte=self.decision_deadline).order_by("held_on").first()
        if late is None:
            return ""
        return gettext(
            "A visit to %(municipality)s is planned on %(day)s. The deadline is to lie after that day: "
            "move or cancel the visit first."
        ) % {"municipality": self.municipality, "day": date_format(late.held_on)}

    @property
    def invite_by(self) -> date:
        """The last day on which invitations are in time."""
        return self.interested_on + timedelta(days=DAYS_TO_INVITE)

    def last_gate(self) -> str:
        """The last gate that the case has passed; the first one where nothing is written of any."""
        passed = {each.gate for each in self.passages.all()}
        return next((gate for gate in reversed(self.GATES) if gate in passed), self.Stage.IDENTIFIED)

    def why_closed(self) -> str:
        """Why nothing moves the case any more, in words for people; empty while it is open."""
        what = {"municipality": self.municipality}
        if self.stage == self.Stage.JOINED:
            return gettext("%(municipality)s has joined. The case is closed.") % what
        if self.stage == self.Stage.DECLINED:
            return gettext("%(municipality)s has declined. Begin a new case if it comes back.") % what
        return ""

    def why_not_pass(self, gate: str) -> str:
        """Why the case cannot pass the gate, in words for people; empty when it can. Gates go forward only."""
        stages = self.Stage
        if closed := self.why_closed():
            return closed
        if self.stage == stages.PAUSED:
            return gettext("The case is paused. Resume it first.")
        if gate not in self.GATES:
            return gettext("There is no such gate.")
        if self.GATES.index(gate) <= self.GATES.index(self.stage):
            return gettext("The case is past this gate: it stands at “%(stage)s”.") % {
                "stage": self.get_stage_display()
            }
        if gate == stages.JOINED and not (self.council_decided_on and self.council_case_number):
            return gettext(
                "A municipality joins by its council's decision, with a date and a case number. Register that first."
            )
        return ""


def _not_before(what: str, day: date) -> str:
    return gettext("This day lies before “%(what)s”, %(day)s.") % {"what": what, "day": date_format(day)}


def _not_after(what: str, day: date) -> str:
    return gettext("This day lies after “%(what)s”, %(day)s.") % {"what": what, "day": date_format(day)}


class GatePassage(AdminRecord):
    """That a case passed a gate: when, by which document, and who wrote it down."""

    REGION = "case__agreement__culture_region"

    case = models.ForeignKey(
        OnboardingCase, on_delete=models.PROTECT, related_name="passages", verbose_name=_("onboarding case")
    )
    gate = models.CharField(
        _("gate"), max_length=12, choices=[(gate.value, gate.label) for gate in OnboardingCase.GATES]
    )
    passed_on = models.DateField(_("passed on"))
    document = models.ForeignKey(
        Document,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="gate_passages",
        verbose_name=_("document"),
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
        verbose_name=_("entered by"),
    )

    class Meta:
        verbose_name = _("passed gate")
        verbose_name_plural = _("passed gates")
        ordering = ["case", "passed_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "gate"],
                name="gatepassage_once",
                violation_error_message=_("The case has passed this gate already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    gate__in=["identified", "contacted", "invited", "taking_part", "committee", "council", "joined"]
                ),
                name="gatepassage_gate_known",
            ),
        ]

    def __str__(self):
        return f"{self.case.municipality}: {self.get_gate_display()}"

    def clean(self):
        """The gates lie one after the other in time as well."""
        super().clean()
        if not (self.passed_on and self.gate and self.case_id):
            return
        if self.passed_on < self.case.interested_on:
            raise ValidationError({"passed_on": _not_before(_("Interested"), self.case.interested_on)})
        gates = OnboardingCase.GATES
        for other in sorted(self.case.passages.exclude(pk=self.pk), key=lambda each: gates.index(each.gate)):
            if gates.index(other.gate) < gates.index(self.gate) and other.passed_on > self.passed_on:
                raise ValidationError({"passed_on": _not_before(other.get_gate_display(), other.passed_on)})
            if gates.index(other.gate) > gates.index(self.gate) and other.passed_on < self.passed_on:
                raise ValidationError({"passed_on": _not_after(other.get_gate_display(), other.passed_on)})

    def get_absolute_url(self) -> str:
        return f"{self.case.get_absolute_url()}#gatepassage-{self.pk}"


class Invitation(AdminRecord):
    """What an interested municipality is invited to, and what it answered. Whether it pays is said, never assumed."""

    REGION = "case__agreement__culture_region"

    class Kind(models.TextChoices):
        POLITICAL_MEETING = "political", _("Political meeting")
        CULTURE_HEADS = "kmk", _("KMK meeting")
        ACTIVITY = "activity", _("Activity")
        CONFERENCE = "conference", _("Conference")
        DATA = "data", _("Data and analyses")

    class Answer(models.TextChoices):
        NONE = "none", _("No answer yet")
        YES = "yes", _("Yes")
        NO = "no", _("No")

    class Fee(models.TextChoices):
        UNDECIDED = "undecided", _("Undecided")
        YES = "yes", _("Yes")
        NO = "no", _("No")

    case = models.ForeignKey(
        OnboardingCase, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("onboarding case")
    )
    kind = models.CharField(_("to"), max_length=10, choices=Kind)
    meeting = models.ForeignKey(
        Meeting,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="invitations",
        verbose_name=_("meeting"),
    )
    activity = models.ForeignKey(
        Activity,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="invitations",
        verbose_name=_("activity"),
    )
    title = models.CharField(
        _("what it is"), max_length=200, blank=True, help_text=_("Conferences and data, in words.")
    )
    takes_place_on = models.DateField(_("takes place on"), null=True, blank=True)
    sent_on = models.DateField(_("sent on"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=4, choices=Answer, default=Answer.NONE)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    fee = models.CharField(_("pays for taking part"), max_length=10, choices=Fee, default=Fee.UNDECIDED)
    note = models.TextField(_("note"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["case", "sent_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(meeting__isnull=True) | Q(activity__isnull=True),
                name="invitation_to_one_thing",
                violation_error_message=_("Choose a meeting or an activity, not both."),
            ),
            models.CheckConstraint(
                condition=Q(meeting__isnull=False) | Q(activity__isnull=False) | ~Q(title=""),
                name="invitation_to_something",
                violation_error_message=_("Say what the invitation is to: a meeting, an activity, or in words."),
            ),
            models.CheckConstraint(
                condition=Q(answer="none", answered_on__isnull=True)
                | (Q(answer__in=["yes", "no"]) & Q(answered_on__isnull=False, sent_on__isnull=False)),
                name="invitation_answer_dated",
                violation_error_message=_("An answer has a date, and comes after the invitation is sent."),
            ),
            models.CheckConstraint(
                condition=Q(fee__in=["undecided", "yes", "no"]),
                name="invitation_fee_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["political", "kmk", "activity", "conference", "data"]),
                name="invitation_kind_known",
            ),
        ]

    def __str__(self):
        return f"{self.case.municipality}: {self.what}"

    def clean(self):
        super().clean()
        errors = {}
        known = self.meeting or self.activity
        if known and self.takes_place_on and self.takes_place_on != known.held_on:
            errors["takes_place_on"] = gettext("It takes place on %(day)s. Leave this empty.") % {
                "day": date_format(known.held_on)
            }
        if self.sent_on and self.case_id and self.sent_on < self.case.interested_on:
            errors["sent_on"] = _not_before(_("Interested"), self.case.interested_on)
        if self.sent_on and self.answered_on and self.answered_on < self.sent_on:
            errors["answered_on"] = _not_before(_("Sent"), self.sent_on)
        if errors:
            raise ValidationError(errors)

    @property
    def what(self) -> str:
        return str(self.meeting or self.activity or self.title)

    @property
    def day(self) -> date | None:
        """When it takes place: the day of the meeting or the activity, else the one that is written."""
        known = self.meeting or self.activity
        return known.held_on if known else self.takes_place_on

    def get_absolute_url(self) -> str:
        return f"{self.case.get_absolute_url()}#invitation-{self.pk}"
