"""What the sources themselves say of outreach: the list of measures, word for word, and how agendas are written."""

from pathlib import Path

from agreements.loading import Loader, read

from .models import AgendaLayout, Measure, MeasureList, OpenQuestion


def load_measures(loader: Loader, folder: Path) -> None:
    content = read(folder / "kulturmetropolen.toml")
    for section, model in [
        ("measure_list", MeasureList),
        ("measure", Measure),
        ("open_question", OpenQuestion),
        ("agenda_layout", AgendaLayout),
    ]:
        loader.load(model, content[section])
