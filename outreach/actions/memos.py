"""The verbs of memos."""

from outreach.models import Memo


def draft_sections(memo: Memo) -> None:
    """Propose the sections of a new memo: how the negotiations stand, while the agreement has not started."""
    agreement = memo.agreement
    if agreement.negotiation_note and memo.date < agreement.starts_on:
        memo.situation = agreement.negotiation_note
        memo.situation_included = True
