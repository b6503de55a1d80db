"""Rows for tests of indicators and measurements. They stand in the agreement of the customer's documents."""

from datetime import date
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from initiatives.models import Indicator, KeyFigure, Measurement, ResultTarget


def target(number: int = 1, area: str = "Ungeindsatsen") -> ResultTarget:
    return ResultTarget.objects.get(area__name=area, position=number)


class IndicatorFactory(DjangoModelFactory):
    """A figure that is to rise from 10 to 30 in the years of the agreement, measured every half year."""

    class Meta:
        model = Indicator
        skip_postgeneration_save = True

    target = factory.LazyFunction(target)
    name = factory.Sequence(lambda n: f"Indikator {n}")
    unit = "projekter"
    baseline = Decimal(10)
    baseline_on = date(2020, 12, 31)
    target_value = Decimal(30)
    target_on = date(2024, 12, 31)


class InWordsFactory(IndicatorFactory):
    kind = "qualitative"
    unit = ""
    baseline = baseline_on = target_value = target_on = None


class MeasurementFactory(DjangoModelFactory):
    """Of the whole region."""

    class Meta:
        model = Measurement

    indicator = factory.SubFactory(IndicatorFactory)
    measured_on = date(2022, 6, 30)
    value = Decimal(18)


class KeyFigureFactory(DjangoModelFactory):
    class Meta:
        model = KeyFigure

    area = factory.LazyFunction(lambda: target().area)
    year = 2022
    name = factory.Sequence(lambda n: f"Nøgletal {n}")
    value = Decimal(7)
