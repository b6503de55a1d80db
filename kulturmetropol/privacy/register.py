"""Every field that holds something on a person: what for, on what ground, how long, and who sees it.

The page on personal data is made of it, and so are handing out and erasing. A test holds every field of every model
against it: a new one must be put down here, as personal, as free text or as neither. History rows follow the record.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

ALL = "*"

PUBLIC_TASK = _(
    "A public authority's task (GDPR article 6(1)(e)): the municipalities carry out the agreement together."
)
SAFETY = _("A public authority's task, and the duty to keep data safe (GDPR articles 6(1)(e) and 32).")
CONSENT = _("Your consent (GDPR article 6(1)(a)), which every mail lets you take back.")


@dataclass(frozen=True)
class Store:
    """What is stored for one purpose. `holds` names for each model its personal fields, or `ALL` of them.

    `until` says how long, with the names of RETENTION_DAYS for the periods that are settings.
    """

    title: Any
    whom: Any
    what: Any
    purpose: Any
    basis: Any
    seen_by: Any
    until: Any
    holds: Mapping[str, tuple[str, ...] | str]

    @property
    def how_long(self) -> str:
        return str(self.until) % {name: in_words(days) for name, days in settings.RETENTION_DAYS.items()}


def in_words(days: int) -> str:
    """A number of days as people say it: 730 is two years."""
    if days % 365 == 0 and days:
        years = days // 365
        return ngettext("%(count)d year", "%(count)d years", years) % {"count": years}
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


STORES = [
    Store(
        title=_("Users"),
        whom=_("Everybody who can log in"),
        what=_("Name, e-mail address, role, culture region, choices of the portal, when you logged in last"),
        purpose=_("To let you in, and show what your role lets you see"),
        basis=PUBLIC_TASK,
        seen_by=_("You, and the admins of your culture region; staff see the name beside what you have written"),
        until=_(
            "Until the user is erased. Your rights end with your post or your role. Invitations are deleted "
            "%(ended_invitations)s after they have ended."
        ),
        holds={
            "accounts.User": ALL,
            "account.EmailAddress": ALL,
            "agreements.RoleGrant": ALL,
            "agreements.UserInvitation": ALL,
            "agreements.ChosenAgreement": ALL,
        },
    ),
    Store(
        title=_("Login"),
        whom=_("Everybody who can log in"),
        what=_(
            "The password as a hash, apps and passkeys, the devices where you are logged in with their network "
            "address, the secret address of your calendar"
        ),
        purpose=_("To know that it is you, and to let you see and end logins on your other devices"),
        basis=SAFETY,
        seen_by=_(
            "You. The admins of your culture region see whether a second step is set up and in how many places you "
            "are logged in, and can hand all but the secrets out to you"
        ),
        until=_("Until you remove it, log out or the session runs out."),
        holds={
            "accounts.CalendarSecret": ALL,
            "account.EmailConfirmation": ALL,
            "mfa.Authenticator": ALL,
            "socialaccount.SocialAccount": ALL,
            "socialaccount.SocialToken": ALL,
            "usersessions.UserSession": ALL,
            "sessions.Session": ALL,
        },
    ),
    Store(
        title=_("People of the agreement"),
        whom=_("Politicians, culture heads and others whom the secretariat works with"),
        what=_("Name, e-mail address at work, posts and their periods"),
        purpose=_("To know who sits in which committee and who represents a municipality"),
        basis=PUBLIC_TASK,
        seen_by=_("Staff and admins of the culture region, and its chairs and culture heads while in office"),
        until=_(
            "Posts until %(ended_posts)s after they have ended. Somebody without a post or a task is erased when "
            "nothing has been heard of the person for %(lost_contacts)s."
        ),
        holds={"agreements.Person": ALL, "agreements.Post": ALL},
    ),
    Store(
        title=_("Who does what"),
        whom=_("People and users who are named on a record"),
        what=_("That somebody is manager, ambassador, contact person or responsible, took part or asked for a note"),
        purpose=_("To know whom to turn to, and who was there"),
        basis=PUBLIC_TASK,
        seen_by=_("Those who may see the record"),
        until=_("As long as the record; the name is replaced when the person is erased."),
        holds={
            "initiatives.Initiative": ("manager",),
            "outreach.Ambassador": ("person",),
            "outreach.ContactNote": ("person", "entered_by"),
            "outreach.Encounter": ("whom",),
            "outreach.FollowUp": ("owner",),
            "outreach.GatePassage": ("entered_by",),
            "outreach.Measure": ("responsible",),
            "outreach.IssuedMemo": ("issued_by",),
            "outreach.Memo": ("case_officer",),
            "outreach.MemoRun": ("case_officer", "created_by", "status_by"),
            "outreach.NetworkEvent": ("participants",),
            "outreach.OnboardingCase": ("contacts", "owner"),
            "outreach.StatusNote": ("requested_by",),
            "initiatives.Measurement": ("entered_by",),
        },
    ),
    Store(
        title=_("History of records"),
        whom=_("Users who write in the portal"),
        what=_("Who saved what and when, and what the record was before"),
        purpose=_("So that nothing typed is lost, and figures can be accounted for"),
        basis=PUBLIC_TASK,
        seen_by=_("Those who may see the record; of memos and status notes, those who edit them"),
        until=_(
            "As long as the record. What is deleted can be brought back; people who were deleted "
            "for %(deleted_people)s."
        ),
        holds={},
    ),
    Store(
        title=_("Newsletter"),
        whom=_("Those who have asked for it"),
        what=_("E-mail address, when you asked, confirmed and left; for an hour a hash of the network address"),
        purpose=_("To send you the newsletter"),
        basis=CONSENT,
        seen_by=_("Staff and admins of the culture region"),
        until=_(
            "Until you leave, and %(ended_subscriptions)s after it, so that nobody invites you again. Sign-ups that "
            "nobody confirms for %(unconfirmed_subscriptions)s."
        ),
        holds={"outreach.Subscription": ALL, "outreach.PublicRequest": ALL},
    ),
    Store(
        title=_("Mail that the portal sends"),
        whom=_("Those who get it"),
        what=_("The mail with its address, and whether it arrived"),
        purpose=_("So that no mail is lost and none goes twice"),
        basis=PUBLIC_TASK,
        seen_by=_("Staff and admins of the culture region"),
        until=_("For %(outgoing_mail)s."),
        holds={"agreements.OutgoingMail": ALL},
    ),
    Store(
        title=_("Audit log"),
        whom=_("Everybody who can log in"),
        what=_(
            "Logins and attempts, changes of roles and posts, issued memos, exports of lists, handing out and erasing "
            "of data"
        ),
        purpose=_("To find out afterwards who has had access to what"),
        basis=SAFETY,
        seen_by=_("Admins of the culture region, and those who run the portal"),
        until=_("For %(audit)s; who issued and withdrew a memo, as long as the memo."),
        holds={"agreements.AuditEvent": ALL},
    ),
    Store(
        title=_("Free text and documents"),
        whom=_("Those who are named in them"),
        what=_("Minutes, notes, memos, stories, documents and pictures in which somebody may be named"),
        purpose=_("To prepare and account for the work on the agreement"),
        basis=PUBLIC_TASK,
        seen_by=_("Those who may see the record; what is published, everybody"),
        until=_("As long as the record. Issued memos are documents of the case and are not changed."),
        holds={},
    ),
    Store(
        title=_("The server's log and backups"),
        whom=_("Everybody who uses the portal"),
        what=_(
            "The portal's log holds the number of a user and the address of a page, and neither names nor network "
            "addresses; backups hold all of the above"
        ),
        purpose=_("To find faults and attacks, and to restore the portal"),
        basis=SAFETY,
        seen_by=_("Those who run the server"),
        until=_("As those who run the server have settled; what has been erased is erased again after a restore."),
        holds={},
    ),
]

# Text in which somebody may be named.
FREE_TEXT: dict[str, tuple[str, ...]] = {
    "agreements.AccountLine": ("text",),
    "agreements.AgendaItem": ("title", "presentation", "recommendation", "decision"),
    "agreements.Agreement": ("mission", "vision", "environment_analysis", "negotiation_note"),
    "agreements.Contribution": ("source",),
    "agreements.Document": ("title", "file"),
    "agreements.Meeting": ("place", "announcement", "minutes"),
    "agreements.Membership": ("source",),
    "agreements.OtherParty": ("name", "note"),
    "agreements.Submission": ("note",),
    "initiatives.Activity": ("title", "place", "note"),
    "initiatives.Initiative": ("title", "summary", "description", "status_reason"),
    "initiatives.InitiativeArea": ("purpose",),
    "initiatives.KeyFigure": ("source",),
    "initiatives.Measurement": ("note", "source"),
    "initiatives.Milestone": ("title", "note"),
    "initiatives.Story": ("title", "text", "picture", "picture_text"),
    "outreach.ContactNote": ("text",),
    "outreach.Encounter": ("whom", "text"),
    "outreach.FollowUp": ("text",),
    "outreach.GatePassage": ("note",),
    "outreach.Invitation": ("title", "note"),
    "outreach.Measure": ("title", "introduction", "points", "status_reason"),
    "outreach.MeasureList": ("title", "introduction"),
    "outreach.Memo": ("case_officer", "opening", "situation", "closing", "status_reason"),
    "outreach.MemoRun": ("case_officer", "opening", "situation", "closing"),
    "outreach.NetworkEvent": ("name", "place", "note"),
    "outreach.OnboardingCase": ("stage_reason", "next_step", "note"),
    "outreach.OpenQuestion": ("text", "answer"),
    "outreach.StatusNote": ("text", "status_reason"),
    "outreach.Visit": ("place", "status_reason", "talking_points", "outcome"),
}

# Text in which nobody is named.
NOT_PERSONAL: dict[str, tuple[str, ...]] = {
    "agreements.Agreement": ("name", "case_number", "legal_basis"),
    "agreements.Body": ("name",),
    "agreements.CultureRegion": ("name", "slug", "wordmark"),
    "agreements.Document": ("annex",),
    "agreements.LoadedRecord": ("key", "model"),
    "agreements.Membership": ("council_case_number",),
    "agreements.Municipality": ("code", "name", "region", "tile_label"),
    "agreements.Purpose": ("text",),
    "auth.Group": ("name",),
    "auth.Permission": ("name", "codename"),
    "contenttypes.ContentType": ("app_label", "model"),
    # tasks are given keys of rows
    "django_tasks_database.DBTaskResult": (
        *("id", "args_kwargs", "task_path", "worker_ids", "queue_name", "backend_name", "return_value"),
        *("exception_class_path", "traceback"),
    ),
    "initiatives.Indicator": ("name", "unit"),
    "initiatives.InitiativeArea": ("name",),
    "initiatives.KeyFigure": ("name", "unit"),
    "initiatives.ResultTarget": ("text",),
    "initiatives.TargetGroup": ("name",),
    "outreach.AgendaLayout": (
        *("core", "presentation", "recommendation", "law", "economy", "timetable", "annexes", "decision"),
    ),
    # a document of the case: it may name its case officer, and is never changed
    "outreach.IssuedMemo": ("series", "payload", "html", "pdf", "sha256", "seal"),
    "outreach.Memo": ("case_number",),
    "outreach.MemoRun": ("case_number",),
    "outreach.MemoRunItem": ("claimed_by", "error"),
    "outreach.OnboardingCase": ("council_case_number",),
    "outreach.SocialLink": ("url",),
    "socialaccount.SocialApp": ("provider", "provider_id", "name", "client_id", "secret", "key", "settings"),
}

TEXTS = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.GenericIPAddressField,
    models.BinaryField,
    models.UUIDField,
)


def stored() -> Iterator[type[models.Model]]:
    """The models, without the history rows of each."""
    for model in apps.get_models():
        if not hasattr(model, "instance_type") and not model._meta.proxy:
            yield model


def personal_fields(model: type[models.Model]) -> set[str]:
    names: set[str] = set()
    for store in STORES:
        held = store.holds.get(model._meta.label, ())
        names |= {field.name for field in fields_of(model)} if held == ALL else set(held)
    return names


def fields_of(model: type[models.Model]) -> list[Any]:
    return [*model._meta.concrete_fields, *model._meta.local_many_to_many]


def is_about_somebody(model: type[models.Model]) -> bool:
    """Whether each row is about one person: all of its fields are personal."""
    return any(store.holds.get(model._meta.label) == ALL for store in STORES)


def may_be_personal(field: Any) -> bool:
    """Text that has no fixed choices, and what leads to a row about somebody.

    Numbers, days, choices and other relations say nothing of a person unless their row is about one.
    """
    if field.is_relation:
        return field.related_model is not None and is_about_somebody(field.related_model)
    return isinstance(field, TEXTS) and not field.choices


def unclassed() -> list[str]:
    """The fields that somebody has to put down here."""
    return [
        f"{model._meta.label}.{field.name}"
        for model in stored()
        for field in fields_of(model)
        if may_be_personal(field)
        and field.name not in personal_fields(model)
        and field.name not in FREE_TEXT.get(model._meta.label, ())
        and field.name not in NOT_PERSONAL.get(model._meta.label, ())
    ]


def unknown() -> list[str]:
    """What is put down here and is no field (any more)."""
    named = [*(store.holds for store in STORES), FREE_TEXT, NOT_PERSONAL]
    return [
        f"{label}.{name}"
        for each in named
        for label, names in each.items()
        for name in ([] if names == ALL else names)
        if name not in {field.name for field in fields_of(apps.get_model(label))}
    ]


def is_personal_path(model: type[models.Model], path: str) -> bool:
    """Whether a path from a record, such as `manager.name`, ends in or goes by something on a person."""
    at: Any = model
    for step in path.split("."):
        fields = {field.name: field for field in at._meta.get_fields()} if at else {}
        if at and step in personal_fields(at) and step not in {"id", "version"}:
            return True
        at = fields[step].related_model if step in fields and fields[step].is_relation else None
    return False
