from .agreement import Agreement, Membership, Purpose
from .audit import AuditEvent
from .base import OfRegion, RegionalQuerySet, RegionalRecord
from .bodies import Body, Meeting, MeetingDelegate, Person, Post
from .choice import ChosenAgreement
from .economy import AccountLine, Contribution, OtherParty, Submission
from .outbox import OutgoingMail
from .papers import AgendaItem, Document
from .region import CultureRegion, LoadedRecord, Municipality, RoleGrant
from .users import PortalUser, UserInvitation

__all__ = [
    "AccountLine",
    "AgendaItem",
    "Agreement",
    "AuditEvent",
    "Body",
    "ChosenAgreement",
    "Contribution",
    "CultureRegion",
    "Document",
    "LoadedRecord",
    "Meeting",
    "MeetingDelegate",
    "Membership",
    "Municipality",
    "OfRegion",
    "OtherParty",
    "OutgoingMail",
    "Person",
    "PortalUser",
    "Post",
    "Purpose",
    "RegionalQuerySet",
    "RegionalRecord",
    "RoleGrant",
    "Submission",
    "UserInvitation",
]
