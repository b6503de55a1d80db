"""A week of the secretariat in one go: what is written down here is found again there, in figures that are exact."""

import csv

import pytest
from playwright.sync_api import expect

from initiatives.models import Measurement, Participation, Story
from tests.factories.doing import picture

pytestmark = pytest.mark.browser

KOEGE = "0259"


def figures(page) -> dict[str, str]:
    """What Kommunens regnskab says Køge gets, by the name of the figure, without what dates it."""
    page.goto(f"/kommuner/{KOEGE}/regnskab/")
    found = {}
    for figure in page.locator("dl.figures > div").all():
        label, value = figure.locator("dt"), figure.locator("dd")
        found[label.evaluate("each => each.firstChild.textContent.trim()")] = value.inner_text().partition("\n")[0]
    return found


def save(page) -> None:
    page.get_by_role("button", name="Gem", exact=True).click()
    page.get_by_text("er gemt.").wait_for()


def test_the_secretariats_week(page, log_in_as, cast, tmp_path):
    log_in_as(cast.staff)
    main = page.locator("main")
    before = figures(page)

    # on Monday: what took place, and the next one at the same place
    page.goto("/aktiviteter/opret/")
    main.get_by_label("Indsats").select_option(label="Syng dig stærk")
    main.get_by_label("Titel").fill("Kor på Køge Torv")
    main.get_by_label("Dato").fill("10-3-2022")
    main.get_by_label("Sted").fill("Køge Torv")
    main.get_by_label("Køge", exact=True).check()
    main.get_by_label("Deltagere").fill("48")
    page.get_by_role("button", name="Gem og ny").click()
    page.get_by_text("“Kor på Køge Torv” er gemt.").wait_for()
    assert main.get_by_label("Sted").input_value() == "Køge Torv"
    expect(main.get_by_label("Køge", exact=True)).to_be_checked()
    main.get_by_label("Titel").fill("Kor på Køge Torv, igen")
    main.get_by_label("Dato").fill("17-3-2022")
    main.get_by_label("Deltagere").fill("1.002")
    page.get_by_role("button", name="Gem", exact=True).click()
    page.get_by_role("alert").wait_for()
    main.get_by_label("Deltagere").fill("1002")
    save(page)

    # on Tuesday: a measurement
    page.goto("/maalinger/opret/")
    indicator = main.get_by_label("Indikator").locator("option", has_text="(").first
    main.get_by_label("Indikator").select_option(indicator.get_attribute("value"))
    main.get_by_label("Målt").fill("31-3-2022")
    main.get_by_label("Kommune").select_option(label="Køge")
    main.get_by_label("Værdi").fill("1.234,5")
    main.get_by_label("Kilde").fill("Optælling på torvet")
    save(page)
    assert str(Measurement.objects.get(source="Optælling på torvet").value) == "1234.50"

    # on Wednesday: a story, whose picture is chosen once although its description was forgotten
    file = tmp_path / "torvet.jpg"
    file.write_bytes(picture().read())
    page.goto("/historier/opret/")
    main.get_by_label("Indsats").select_option(label="Syng dig stærk")
    main.get_by_label("Kommune").select_option(label="Køge")
    main.get_by_label("Titel").fill("Et kor på torvet")
    main.get_by_label("Tekst", exact=False).first.fill("De kom for at **lytte** og blev for at synge.")
    main.get_by_label("Offentliggjort").fill("1-4-2022")
    main.get_by_label("Billede", exact=True).set_input_files(file)
    page.get_by_role("button", name="Gem", exact=True).click()
    page.get_by_text("“torvet.jpg” er allerede valgt").wait_for()
    main.get_by_label("Tekst til dem, der ikke kan se billedet").fill("Et kor på en plads")
    save(page)
    expect(page.get_by_role("img", name="Et kor på en plads")).to_have_js_property("naturalWidth", 60)
    assert Story.objects.get(title="Et kor på torvet").picture

    # on Thursday: Køge takes part from March on
    page.goto("/hvem-er-med/?aar=2022")
    page.get_by_role("link", name="Køge, Syng dig stærk").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Partner").check()
    dialog.get_by_label("Fra", exact=True).fill("1-3-2022")
    dialog.get_by_role("button", name="Gem").click()
    expect(page.get_by_role("link", name="Køge, Syng dig stærk")).to_contain_text("fra 01-03-22")
    assert str(Participation.objects.get(initiative__title="Syng dig stærk", municipality__code=KOEGE).starts_on) == (
        "2022-03-01"
    )

    # on Friday: what has become of it, and a file of it
    after = figures(page)
    assert {name: (before[name], after[name]) for name in after if before[name] != after[name]} == {
        "indsatser med": ("3", "4"),
        "aktiviteter": ("9", "11"),
        "deltagere": ("757", "1.807"),
        "gode historier": ("0", "1"),
        "resultatmål, der arbejdes på": ("6 af 13", "8 af 13"),
        "målinger": ("2", "3"),
    }
    page.get_by_role("link", name=f"{after['aktiviteter']} aktiviteter").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Hent som CSV").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text, delimiter=";"))
    assert len(rows) == 11
    initiative = ["Kulturmetropolen 2021-2024", "Kultur og sundhedsindsatsen", "Syng dig stærk"]
    place = ["Køge Torv", KOEGE, "Køge"]
    assert [list(row.values()) for row in rows if row["sted"] == "Køge Torv"] == [
        [*initiative, "Kor på Køge Torv, igen", "17-03-2022", *place, "1002", "", ""],
        [*initiative, "Kor på Køge Torv", "10-03-2022", *place, "48", "", ""],
    ]
