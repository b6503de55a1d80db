"""What comes in from spreadsheets: activities and measurements."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements.imports import MunicipalityReader, RegionalImport
from agreements.models import Agreement
from initiatives.locking import hold
from initiatives.models import Activity, Indicator, Initiative, Measurement, TargetGroup
from kulturmetropol.importing import Column, Row, clean, create_with_history
from kulturmetropol.spreadsheets import Columns

# the same names out and in, so that what was exported can be imported again
ACTIVITY_COLUMNS: Columns = [
    ("aftale", "initiative.area.agreement.name"),
    ("indsatsområde", "initiative.area.name"),
    ("indsats", "initiative.title"),
    ("titel", "title"),
    ("dato", "held_on"),
    ("sted", "place"),
    ("kommunekoder", "municipalities.code"),
    ("kommuner", "municipalities.name"),
    ("deltagere", "attendance"),
    ("målgrupper", "target_groups.name"),
    ("note", "note"),
]
MEASUREMENT_COLUMNS: Columns = [
    ("aftale", "indicator.target.area.agreement.name"),
    ("indsatsområde", "indicator.target.area.name"),
    ("resultatmål", "indicator.target.text"),
    ("indikator", "indicator.name"),
    ("kommunekode", "municipality.code"),
    ("kommune", "municipality.name"),
    ("dato", "measured_on"),
    ("værdi", "value"),
    ("enhed", "indicator.unit"),
    ("note", "note"),
    ("kilde", "source"),
    ("indtastet af", "entered_by.name"),
]

NARROWING = (
    Column("aftale", _("Only needed where the name is used in several agreements.")),
    Column("indsatsområde", _("Only needed where the name is used in several areas.")),
)


class ByName:
    """Records that a row names, narrowed by what they belong to as far as the row says so."""

    def __init__(self, what: str, records: list[Any], **columns: Any) -> None:
        """`columns` gives, by column of the file, how to get its text from a record; the first is the name itself."""
        self.what, self.columns = what, columns
        self.name = next(iter(columns))
        self.known: dict[str, list[Any]] = defaultdict(list)
        for record in records:
            self.known[columns[self.name](record).casefold()].append(record)
        self.names = {name: columns[self.name](those[0]) for name, those in self.known.items()}

    def find(self, row: Row) -> Any | None:
        value = row.text(self.name, required=True)
        if not value or row.one_of(self.name, value, self.names, what=self.what) is None:
            return None
        found = self.known[value.casefold()]
        for column, text_of in self.columns.items():
            if wanted := row.text(column):
                found = [each for each in found if text_of(each).casefold() == wanted.casefold()]
                if not found:
                    message = gettext("“%(name)s” is not found under “%(wanted)s”.")
                    row.fault(column, message % {"name": value, "wanted": wanted})
                    return None
        if len(found) > 1:
            message = gettext("Several are called “%s”. Fill in the columns that tell them apart.")
            row.fault(self.name, message % value)
            return None
        return found[0]


class FigureImport(RegionalImport):
    """Rows that the agreement can lock."""

    @classmethod
    def lock(cls, user) -> None:
        super().lock(user)
        hold(Agreement.objects.editable_by(user))


class ActivityImport(FigureImport):
    slug = "aktiviteter"
    title = _("Activities")
    list_name = "activity_list"
    columns = (
        Column("indsats", _("The initiative's title."), required=True),
        Column("titel", _("What the activity is called."), required=True),
        Column("dato", _("Day-month-year, as 06-11-2020."), required=True),
        Column("kommunekoder", _("The codes of the municipalities, or their names, with | between: 0175 | 0259.")),
        Column("kommuner", _("Their names, where there are no codes.")),
        Column("sted", _("May be empty.")),
        Column("deltagere", _("A whole number; empty where nobody has counted.")),
        Column("målgrupper", _("Names of target groups, with | between.")),
        Column("note", _("May be empty.")),
        *NARROWING,
    )
    fields = {"title": "titel", "held_on": "dato", "place": "sted", "attendance": "deltagere", "note": "note"}

    def __init__(self, user) -> None:
        super().__init__(user)
        self.municipalities = MunicipalityReader()
        initiatives = Initiative.objects.editable_by(user).select_related("area__agreement")
        self.initiatives = ByName(
            gettext("The initiative"),
            list(initiatives),
            indsats=lambda each: each.title,
            aftale=lambda each: each.area.agreement.name,
            indsatsområde=lambda each: each.area.name,
        )
        self.target_groups = {
            (group.culture_region_id, group.name.casefold()): group for group in TargetGroup.objects.editable_by(user)
        }
        self._read_saved()

    def _read_saved(self) -> None:
        """What is saved already, by what makes two activities the same one."""
        saved = Activity.objects.editable_by(self.user).order_by()
        municipalities, groups = defaultdict(set), defaultdict(set)
        for name, keys in (("municipalities", municipalities), ("target_groups", groups)):
            for activity, key in saved.filter(**{f"{name}__isnull": False}).values_list("pk", name):
                keys[activity].add(key)
        self.saved = {
            (initiative, title, held_on, place): (attendance, note, municipalities[pk], groups[pk])
            for pk, initiative, title, held_on, place, attendance, note in saved.values_list(
                "pk", "initiative_id", "title", "held_on", "place", "attendance", "note"
            )
        }

    def read(self, row: Row) -> Activity:
        initiative = self.initiatives.find(row)
        activity = Activity(
            title=row.text("titel", required=True),
            held_on=row.day("dato", required=True),
            place=row.text("sted"),
            attendance=row.count("deltagere"),
            note=row.text("note"),
        )
        activity.read_municipalities = self.municipalities.many(row)
        if initiative:
            activity.initiative = initiative
            activity.read_groups = self._groups(row, initiative.area.agreement.culture_region_id)
        if not row.faults:
            clean(activity, row, self.fields)
        return activity

    def _groups(self, row: Row, region: int) -> list[TargetGroup]:
        known = {name: group for (of, name), group in self.target_groups.items() if of == region}
        what = gettext("The target group")
        found = [row.one_of("målgrupper", name, known, what=what) for name in row.many("målgrupper")]
        return list(dict.fromkeys(each for each in found if each))

    def key(self, activity: Activity) -> list:
        return [activity.initiative_id, activity.title, f"{activity.held_on}", activity.place]

    def is_there(self, activity: Activity, row: Row) -> bool:
        saved = self.saved.get((activity.initiative_id, activity.title, activity.held_on, activity.place))
        here = (
            activity.attendance,
            activity.note,
            {each.pk for each in activity.read_municipalities},
            {each.pk for each in activity.read_groups},
        )
        if saved and saved != here:
            row.fault("titel", gettext("The portal has this activity with other contents. Change it there."))
        return saved is not None

    def save(self, activities: list[Activity]) -> None:
        many = {
            "municipalities": [activity.read_municipalities for activity in activities],
            "target_groups": [activity.read_groups for activity in activities],
        }
        create_with_history(activities, many, self.user)


class MeasurementImport(FigureImport):
    slug = "maalinger"
    title = _("Measurements")
    list_name = "measurement_list"
    columns = (
        Column("indikator", _("The indicator's name."), required=True),
        Column("dato", _("Day-month-year, as 06-11-2020."), required=True),
        Column("værdi", _("With a comma before decimals. Empty for an indicator in words.")),
        Column("kommunekode", _("The municipality's code or name; empty for the whole region.")),
        Column("kommune", _("Its name, where there is no code.")),
        Column("note", _("May be empty; for an indicator in words: how it is going.")),
        Column("kilde", _("May be empty.")),
        Column("resultatmål", _("Only needed where the name is used in several result targets.")),
        *NARROWING,
    )
    passed_over = frozenset({"enhed", "indtastet af"})
    fields = {"measured_on": "dato", "value": "værdi", "note": "note", "source": "kilde"}

    def __init__(self, user) -> None:
        super().__init__(user)
        self.municipalities = MunicipalityReader()
        indicators = Indicator.objects.editable_by(user).select_related("target__area__agreement")
        self.indicators = ByName(
            gettext("The indicator"),
            list(indicators),
            indikator=lambda each: each.name,
            aftale=lambda each: each.target.area.agreement.name,
            indsatsområde=lambda each: each.target.area.name,
            resultatmål=lambda each: each.target.text,
        )
        saved = Measurement.objects.editable_by(user).order_by()
        self.saved = {
            tuple(key): (value, note, source)
            for *key, value, note, source in saved.values_list(
                "indicator_id", "municipality_id", "measured_on", "value", "note", "source"
            )
        }

    def read(self, row: Row) -> Measurement:
        indicator = self.indicators.find(row)
        measurement = Measurement(
            municipality=self.municipalities.one(row),
            measured_on=row.day("dato", required=True),
            value=row.decimal("værdi"),
            note=row.text("note"),
            source=row.text("kilde"),
            entered_by=self.user,
        )
        if indicator:
            measurement.indicator = indicator
        if not row.faults:
            clean(measurement, row, self.fields)
        return measurement

    def key(self, measurement: Measurement) -> list:
        return [measurement.indicator_id, measurement.municipality_id, f"{measurement.measured_on}"]

    def is_there(self, measurement: Measurement, row: Row) -> bool:
        saved = self.saved.get((measurement.indicator_id, measurement.municipality_id, measurement.measured_on))
        if saved and saved != (measurement.value, measurement.note, measurement.source):
            row.fault("værdi", gettext("The portal has another measurement of this day. Change it there."))
        return saved is not None

    def save(self, measurements: list[Measurement]) -> None:
        create_with_history(measurements, {}, self.user)
