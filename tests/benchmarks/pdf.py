"""Speed and memory of the memo's PDF: `make bench-pdf`. Exits with 1 when a limit is broken.

The portal's render is paired with WeasyPrint alone on the same finished HTML, with the fonts and the style sheet read
beforehand, in one process, round by round; the figure is the median of the rounds' ratios. What is compared is time of
the processor, so that whatever else the machine does has no say.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 30
RENDERS = 200
WARM_UP = 20


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        set_up_django(folder)
        rows = [speed(), memory()]
    print(f"{'name':42} {'value':>22} {'limit':>8}  ok")
    for name, shown, value, limit in rows:
        print(f"{name:42} {shown:>22} {limit:>8}  {'yes' if value <= limit else 'NO'}")
    return int(any(value > limit for _name, _shown, value, limit in rows))


def set_up_django(folder: str) -> None:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "kulturmetropol.settings",
        "KULTURMETROPOL_ENV_FILE": "",
        "SECRET_KEY": "bench",
        "SITE_URL": "http://127.0.0.1:8000",
        "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("load_kulturmetropol", stdout=open(os.devnull, "w"))  # noqa: SIM115


def the_memo():
    """Template and context of the customer's memo, with its data read."""
    from django.utils import translation

    from outreach import memos
    from outreach.actions.memos import draft_sections
    from tests.factories import MemoFactory

    translation.activate(memos.LANGUAGE)
    memo = MemoFactory.build()
    draft_sections(memo)
    said = memos.payload(memo)
    return memos.TEMPLATE.format(kind=memo.kind), {**said, "day": said["date"]}


def speed(rounds=ROUNDS):
    from django.template.loader import render_to_string
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    from kulturmetropol.pdf import STATIC, STYLESHEET, StaticFetcher, render_pdf

    template, context = the_memo()
    html = render_to_string(template, context)
    fonts = FontConfiguration()
    style = CSS(url=STATIC + STYLESHEET, font_config=fonts, url_fetcher=StaticFetcher())

    def portal():
        render_pdf(template, context)

    def weasyprint_alone():
        HTML(string=html, url_fetcher=StaticFetcher(), base_url=STATIC).write_pdf(
            stylesheets=[style], font_config=fonts, pdf_variant="pdf/a-3a"
        )

    for _ in range(3):
        portal(), weasyprint_alone()
    pairs = [(seconds(portal), seconds(weasyprint_alone)) for _ in range(rounds)]
    ratios = sorted(mine / theirs for mine, theirs in pairs)
    median = statistics.median(ratios)
    print(f"portal {1000 * statistics.median(mine for mine, _ in pairs):.0f} ms of the processor for a memo")
    spread = f"{median:.2f} ({ratios[len(ratios) // 4]:.2f}-{ratios[-len(ratios) // 4]:.2f})"
    return "memo render / WeasyPrint alone (quartiles)", spread, median, 1.2


def seconds(work) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def memory():
    from kulturmetropol.pdf import render_pdf

    template, context = the_memo()
    for _ in range(WARM_UP):
        render_pdf(template, context)
    before = resident_mib()
    for _ in range(RENDERS):
        render_pdf(template, context)
    growth = resident_mib() - before
    return f"memory growth over {RENDERS} renders, MiB", f"{growth:.1f}", growth, 10


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    sys.exit(main())
