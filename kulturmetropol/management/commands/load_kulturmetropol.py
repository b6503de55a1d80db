"""Loads the agreement Kulturmetropolen 2021-2024 from the apps' data files. Running it again undoes nobody's edit."""

from pathlib import Path

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from agreements.demo import load_governance
from agreements.loading import Loader, LoadingError, ParentGoneError, load_municipalities, read
from agreements.models import (
    AccountLine,
    Agreement,
    Body,
    Contribution,
    CultureRegion,
    Meeting,
    MeetingDelegate,
    Membership,
    Municipality,
    OtherParty,
    Purpose,
    Submission,
)
from initiatives.demo import load_measuring
from initiatives.loading import load_doing, load_target_groups
from initiatives.models import Initiative, InitiativeArea, ResultTarget
from outreach.demo import load_memos, load_outreach
from outreach.loading import load_measures


class Command(BaseCommand):
    help = "Load the culture agreement Kulturmetropolen 2021-2024; what has been loaded before is left as it is."

    def add_arguments(self, parser):
        parser.add_argument("--demo", action="store_true", help="also load made-up initiatives, marked as such")

    def handle(self, *, demo, **options):
        try:
            with transaction.atomic():
                loader = load(demo=demo)
                if demo:
                    load_memos(loader, data_folder("outreach"))
        except LoadingError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("%(count)d municipalities in the register.") % {"count": Municipality.objects.count()})
        if not loader.created:
            self.stdout.write(_("Everything was loaded before; nothing was changed."))
        for model, count in loader.created.items():
            self.stdout.write(
                f"{count:4} {model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural}"
            )


def load(*, demo: bool) -> Loader:
    load_municipalities(data_folder("agreements"))
    loader = Loader()
    content = read(data_folder("agreements") / "kulturmetropolen.toml")
    for section, model in [
        ("culture_region", CultureRegion),
        ("agreement", Agreement),
        ("purpose", Purpose),
        ("membership", Membership),
        ("body", Body),
        ("meeting", Meeting),
        ("delegate", MeetingDelegate),
    ]:
        loader.load(model, content[section])
    for area in read(data_folder("initiatives") / "kulturmetropolen.toml")["area"]:
        targets = area.pop("targets")
        loader.load(InitiativeArea, [area])
        loader.load(
            ResultTarget,
            [
                {"key": target_key(area["key"], position), "area": area["key"], "position": position, "text": text}
                for position, text in enumerate(targets, start=1)
            ],
        )
    load_target_groups(loader, data_folder("initiatives"))
    load_measures(loader, data_folder("outreach"))
    if demo:
        load_demo(loader)
    return loader


def load_demo(loader: Loader) -> None:
    for row in read(data_folder("initiatives") / "demo.toml")["initiative"]:
        try:
            targets = [loader.find(ResultTarget, target_key(row["area"], n), row=row["key"]) for n in row["targets"]]
        except ParentGoneError:
            continue
        loader.load(Initiative, [{**row, "targets": targets}])
    load_measuring(loader, read(data_folder("initiatives") / "demo-measuring.toml"))
    load_doing(loader, data_folder("initiatives"))
    load_economy(loader)
    load_governance(loader, data_folder("agreements"))
    load_outreach(loader, data_folder("outreach"))
    CultureRegion.objects.filter(slug="kulturmetropolen").update(has_demo_data=True)


def load_economy(loader: Loader) -> None:
    content = read(data_folder("agreements") / "demo-economy.toml")
    for section, model in [
        ("other_party", OtherParty),
        ("contribution", Contribution),
        ("account_line", AccountLine),
        ("submission", Submission),
    ]:
        loader.load(model, content[section])


def target_key(area_key: str, position: int) -> str:
    return f"{area_key}-maal-{position}"


def data_folder(app: str) -> Path:
    return Path(apps.get_app_config(app).path) / "data"
