"""The glossary: the Danish words of culture agreements, in the order of the Danish alphabet, each with its anchor."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Term:
    """`english`: what the word is called where the portal speaks English."""

    anchor: str
    word: str
    english: str
    meaning: str


TERMS = [
    Term(
        "aktivitet",
        "aktivitet",
        "activity",
        _(
            "One thing that took place, on a day, in one or more municipalities, such as a concert or a "
            "workshop. It belongs to an initiative."
        ),
    ),
    Term(
        "ambassadoer",
        "ambassadør",
        "ambassador",
        _("A politician of a member municipality who comes along on a visit and tells of the culture region."),
    ),
    Term(
        "bidrag",
        "bidrag",
        "contribution",
        _("What a municipality, the state or another party gives to the agreement in a year, in money or in own work."),
    ),
    Term(
        "bilag",
        "bilag",
        "annex",
        _("A document for an item of the agenda, with a number such as 1, 2a or 2b."),
    ),
    Term(
        "citatboks",
        "citatboks",
        "quote box",
        _("Another word for a status note: a short text that a politician can quote or share."),
    ),
    Term(
        "dagsordenspunkt",
        "dagsordenspunkt",
        "agenda item",
        _(
            "A case on a meeting's agenda, with its presentation, recommendation, annexes and decision. Each "
            "municipality has its own headings."
        ),
    ),
    Term(
        "egenfinansiering",
        "egenfinansiering",
        "own financing",
        _("The part of the costs that the municipalities pay themselves, beside the grant of the state."),
    ),
    Term(
        "formandskab",
        "formandskab",
        "chairmanship",
        _("Those who lead the political steering group between its meetings."),
    ),
    Term(
        "formaal",
        "formål",
        "purpose",
        _("One of the agreement's overall purposes. Initiative areas and result targets say how they are reached."),
    ),
    Term(
        "indikator",
        "indikator",
        "indicator",
        _("What a result target is followed by, as a number or in words: for example how many young people take part."),
    ),
    Term(
        "indsats",
        "indsats",
        "initiative",
        _("A project inside an initiative area. It consists of activities."),
    ),
    Term(
        "indsatsomraade",
        "indsatsområde",
        "initiative area",
        _("One of the main areas of the agreement, with its own result targets."),
    ),
    Term(
        "indslusning",
        "indslusning",
        "onboarding",
        _("The way of an interested municipality into the agreement, gate by gate."),
    ),
    Term(
        "indstilling",
        "indstilling",
        "recommendation",
        _("What a committee or council is asked to decide: “It is recommended that ...”."),
    ),
    Term(
        "j-nr",
        "j.nr.",
        "case number",
        _(
            "The number of a case in the municipality's own filing, by KLE, such as 20.20.00-P27-1-20: subject,"
            " facet, serial number and year."
        ),
    ),
    Term(
        "kl",
        "KL",
        "KL",
        _("The association of the Danish municipalities."),
    ),
    Term(
        "kle",
        "KLE",
        "KLE",
        _("KL's list of subjects, by which municipalities number their cases."),
    ),
    Term(
        "kmk",
        "KMK",
        "KMK",
        _(
            "The culture heads of the member municipalities. They meet about four times a year, some weeks "
            "before the steering group."
        ),
    ),
    Term(
        "kmp",
        "KMP",
        "KMP",
        _("The politicians of the culture region."),
    ),
    Term(
        "kommunalbestyrelse",
        "kommunalbestyrelse",
        "municipal council",
        _("The elected council of a municipality. It alone decides whether the municipality joins."),
    ),
    Term(
        "kommunens-regnskab",
        "kommunens regnskab",
        "the municipality's account",
        _("What one municipality gives and gets in a period: activities, people, initiatives and money."),
    ),
    Term(
        "kulturaftale",
        "kulturaftale",
        "culture agreement",
        _("An agreement for up to four years between the Minister for Culture and a number of municipalities."),
    ),
    Term(
        "kulturchef",
        "kulturchef",
        "culture head",
        _("The head of a municipality's cultural administration."),
    ),
    Term(
        "kulturregion",
        "kulturregion",
        "culture region",
        _("The municipalities of one culture agreement together."),
    ),
    Term(
        "koereplan",
        "køreplan",
        "roadmap",
        _("The milestones of an initiative area, in the order in which they are to be reached."),
    ),
    Term(
        "medlemskab",
        "medlemskab",
        "membership",
        _(
            "That a municipality is part of an agreement, from the day it joined. It begins with a decision of "
            "its council."
        ),
    ),
    Term(
        "maaling",
        "måling",
        "measurement",
        _("The value of an indicator on a day, with its source."),
    ),
    Term(
        "notat",
        "notat",
        "memo",
        _(
            "A document to a committee or a municipality, with figures from the portal. Once issued it never "
            "changes; a correction is a new memo."
        ),
    ),
    Term(
        "noegletal",
        "nøgletal",
        "key figures",
        _("Figures for each initiative area that the state asks for every year."),
    ),
    Term(
        "omverdensanalyse",
        "omverdensanalyse",
        "environment analysis",
        _("The agreement's description of what is going on around it: citizens, culture life, and what others do."),
    ),
    Term(
        "organ",
        "organ",
        "body",
        _("A group that meets: a council, a committee, the steering group, the chairmanship, KMK or KMP."),
    ),
    Term(
        "politisk-styregruppe",
        "politisk styregruppe",
        "political steering group",
        _("One politician of each member municipality. It leads the culture region."),
    ),
    Term(
        "post",
        "post",
        "post",
        _(
            "That a person is, for a time, chair, member, culture head, project manager or case officer. The "
            "access of chairs and culture heads follows it."
        ),
    ),
    Term(
        "resultatmaal",
        "resultatmål",
        "result target",
        _("What an initiative area promises to reach. Each is followed by indicators."),
    ),
    Term(
        "sagsbehandler",
        "sagsbehandler",
        "case officer",
        _("The person who has written the memo and answers questions about it."),
    ),
    Term(
        "sagsfremstilling",
        "sagsfremstilling",
        "presentation",
        _("The part of an agenda item that tells what the case is about."),
    ),
    Term(
        "slks",
        "SLKS",
        "SLKS",
        _("The Agency for Culture and Palaces. It receives each year's status, key figures and accounts."),
    ),
    Term(
        "statusnotat",
        "statusnotat",
        "status note",
        _("A short text on what one municipality's citizens had from the culture region in a month."),
    ),
    Term(
        "tiltag",
        "tiltag",
        "measure",
        _(
            "A point of the list of measures on the way to an agreement: outward (A1-A3) to new municipalities,"
            " inward (B1-B4) to members."
        ),
    ),
    Term(
        "tour-de-kommune",
        "Tour-de-Kommune",
        "Tour-de-Kommune",
        _(
            "Politicians of member municipalities visit another municipality's committee and present the "
            "culture region."
        ),
    ),
    Term(
        "trin",
        "trin",
        "gate",
        _("A political step of onboarding, with its day and its document: from interested to joined."),
    ),
    Term(
        "udgangspunkt",
        "udgangspunkt",
        "baseline",
        _("The value of an indicator before the work began. Progress is counted from it."),
    ),
    Term(
        "udvalg",
        "udvalg",
        "committee",
        _(
            "A political committee of a municipality, such as one for culture and leisure. Its chair has access"
            " to the portal."
        ),
    ),
    Term(
        "udvalgets-ur",
        "udvalgets ur",
        "committee clock",
        _(
            "The time since a committee last had the culture region on its agenda. Usually it is to be there "
            "every third month."
        ),
    ),
]

# where the heading of a page asks what its word means, by the kind of record that a list holds
ASKED = {
    "account": "kommunens-regnskab",
    "body": "organ",
    "clock": "udvalgets-ur",
    "contribution": "bidrag",
    "indicator": "indikator",
    "initiativearea": "indsatsomraade",
    "keyfigure": "noegletal",
    "measure": "tiltag",
    "measurement": "maaling",
    "membership": "medlemskab",
    "memo": "notat",
    "milestone": "koereplan",
    "onboardingcase": "indslusning",
    "post": "post",
    "purpose": "formaal",
    "resulttarget": "resultatmaal",
    "statusnote": "statusnotat",
    "visit": "tour-de-kommune",
}
WORDS = {term.anchor: term for term in TERMS}
