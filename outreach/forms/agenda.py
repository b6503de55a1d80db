from django.utils.translation import gettext_lazy as _

from outreach.forms.contacts import RegionForm
from outreach.models import AgendaLayout


class AgendaLayoutForm(RegionForm):
    groups = [
        (_("Municipality"), ["culture_region", "municipality"]),
        (
            _("Headings of an agenda item"),
            [
                ("core", "presentation"),
                ("recommendation", "recommendation_place"),
                ("law", "economy"),
                ("timetable", "annexes"),
                "decision",
            ],
        ),
    ]

    class Meta:
        model = AgendaLayout
        fields = [
            "culture_region",
            "municipality",
            "core",
            "presentation",
            "recommendation",
            "recommendation_place",
            "law",
            "economy",
            "timetable",
            "annexes",
            "decision",
        ]
        help_texts = {
            "core": _("Leave a heading empty where the municipality does not use it."),
            "law": _("For example Lov- og plangrundlag."),
            "timetable": _("For example Tidsplan."),
        }
