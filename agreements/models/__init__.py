from .agreement import Agreement, Membership, Purpose
from .base import RegionalQuerySet, RegionalRecord
from .bodies import Body, Meeting, MeetingDelegate, Person, Post
from .economy import AccountLine, Contribution, OtherParty, Submission
from .outbox import OutgoingMail
from .papers import AgendaItem, Document
from .region import CultureRegion, LoadedRecord, Municipality, RoleGrant

__all__ = [
    "AccountLine",
    "AgendaItem",
    "Agreement",
    "Body",
    "Contribution",
    "CultureRegion",
    "Document",
    "LoadedRecord",
    "Meeting",
    "MeetingDelegate",
    "Membership",
    "Municipality",
    "OtherParty",
    "OutgoingMail",
    "Person",
    "Post",
    "Purpose",
    "RegionalQuerySet",
    "RegionalRecord",
    "RoleGrant",
    "Submission",
]
