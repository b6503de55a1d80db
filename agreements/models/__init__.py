from .agreement import Agreement, Membership, Purpose
from .base import RegionalQuerySet, RegionalRecord
from .bodies import Body, Meeting, MeetingDelegate, Person, Post
from .region import CultureRegion, LoadedRecord, Municipality, RoleGrant

__all__ = [
    "Agreement",
    "Body",
    "CultureRegion",
    "LoadedRecord",
    "Meeting",
    "MeetingDelegate",
    "Membership",
    "Municipality",
    "Person",
    "Post",
    "Purpose",
    "RegionalQuerySet",
    "RegionalRecord",
    "RoleGrant",
]
