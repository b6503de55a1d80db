"""The list of measures: what is proposed, outward and inward, with what meetings have answered."""

from typing import Any

from django.db.models import Prefetch

from outreach.models import Measure, MeasureList, Memo, OpenQuestion


def gather(memo: Memo) -> dict[str, Any]:
    """The agreement's list as it stands; None where there is none yet."""
    found = MeasureList.objects.filter(agreement=memo.agreement).first()
    return {"list": said_of(found) if found else None} | ({} if memo.place else to_all(memo))


def to_all(memo: Memo) -> dict[str, Any]:
    """The recipient of what is issued to nobody in particular: the culture region."""
    return {"recipient": {"name": str(memo.agreement.culture_region), "municipality": "", "municipality_code": ""}}


def said_of(measure_list: MeasureList) -> dict[str, Any]:
    """What a list says, as plain data: its words, and its measures by direction."""
    questions = OpenQuestion.objects.select_related("meeting__body__municipality")
    measures = measure_list.measures.select_related("responsible").prefetch_related(Prefetch("questions", questions))
    return {
        "title": measure_list.title,
        "introduction": measure_list.introduction,
        "measures": [_measure(each) for each in measures],
    }


def _measure(measure: Measure) -> dict[str, Any]:
    told = measure.status != Measure.Status.PROPOSED  # that it is proposed is what the list says
    return {
        "direction": measure.direction,
        "number": measure.number,
        "title": measure.title,
        "introduction": measure.introduction,
        "points": measure.points,
        "questions": [_question(each) for each in measure.questions_apart()],
        "status": str(measure.get_status_display()) if told else "",
        "status_reason": measure.status_reason if told else "",
        "responsible": str(measure.responsible or ""),
    }


def _question(question: OpenQuestion) -> dict[str, Any]:
    return {
        "text": question.text,
        "answer": question.answer,
        "answered_on": question.answered_on,
        "meeting": str(question.meeting or ""),
    }
