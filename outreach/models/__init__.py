from .agenda import AgendaLayout
from .base import SecretariatQuerySet, SecretariatRecord
from .contacts import ContactNote, Encounter, FollowUp, NetworkEvent
from .marketing import PublicRequest, SocialLink, Subscription
from .measures import Measure, MeasureList, OpenQuestion
from .memos import IssuedMemo, Memo
from .notes import StatusNote
from .onboarding import GatePassage, Invitation, OnboardingCase
from .runs import MemoRun, MemoRunItem
from .visits import Ambassador, Visit

__all__ = [
    "AgendaLayout",
    "Ambassador",
    "ContactNote",
    "Encounter",
    "FollowUp",
    "GatePassage",
    "Invitation",
    "IssuedMemo",
    "Measure",
    "MeasureList",
    "Memo",
    "MemoRun",
    "MemoRunItem",
    "NetworkEvent",
    "OnboardingCase",
    "OpenQuestion",
    "PublicRequest",
    "SecretariatQuerySet",
    "SecretariatRecord",
    "SocialLink",
    "StatusNote",
    "Subscription",
    "Visit",
]
