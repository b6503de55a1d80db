"""What the sources themselves say of outreach: the list of measures, word for word."""

from pathlib import Path

from agreements.loading import Loader, read

from .models import Measure, MeasureList, OpenQuestion


def load_measures(loader: Loader, folder: Path) -> None:
    content = read(folder / "kulturmetropolen.toml")
    for section, model in [("measure_list", MeasureList), ("measure", Measure), ("open_question", OpenQuestion)]:
        loader.load(model, content[section])
