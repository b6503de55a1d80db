from .doing import Activity, Participation, Story, TargetGroup
from .measuring import Indicator, KeyFigure, Measurement
from .programme import Initiative, InitiativeArea, Milestone, ResultTarget

__all__ = [
    "Activity",
    "Indicator",
    "Initiative",
    "InitiativeArea",
    "KeyFigure",
    "Measurement",
    "Milestone",
    "Participation",
    "ResultTarget",
    "Story",
    "TargetGroup",
]
