"""The report as one HTML page that needs nothing else: no script, no network; light, dark, on a phone and on paper."""

from __future__ import annotations

from importlib import resources

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound
from markupsafe import Markup

from loyalty.render import charts, palette
from loyalty.report.build import Report
from loyalty.report.content import Content, tell
from loyalty.report.sections import ShownSection, ShownTable

CHART_WIDTH = 720

IN_THE_DARK = {
    palette.BLUE: "#5fb0e8",
    palette.GREY: "#7c8894",
    palette.ORANGE: "#f08c48",
    palette.BAND: "#1f4560",
    palette.INK: "#e8edf2",
    palette.MUTED: "#a3afba",
    palette.GRID: "#2c353e",
    palette.PAPER: "#182028",
}
"""What the colours of the charts become on a dark page; a style sheet outranks the colours in the drawing."""


def render(report: Report, lang: str) -> str:
    """Return the report as a self-contained page."""
    content = tell(report, lang)
    page = _environment().get_template("report.html")
    return page.render(
        content=content,
        words=content.voice.words,
        numbers=content.voice.numbers,
        lang=lang,
        dark=IN_THE_DARK,
        chart=lambda section, table: _chart(content, section, table),
    ).rstrip() + "\n"


def _chart(content: Content, section: ShownSection, shown: ShownTable) -> Markup | None:
    title = f"{section.title}: {shown.heading}"
    drawn = charts.svg(
        shown.table,
        content.voice,
        ident=f"{section.metric}-{shown.table.name}",
        title=f"{title} ({shown.measure})" if shown.measure else title,
        width=CHART_WIDTH,
    )
    # The texts inside are escaped where they are drawn.
    return None if drawn is None else Markup(drawn)  # noqa: S704


def _environment() -> Environment:
    return Environment(
        loader=_Templates(), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


class _Templates(BaseLoader):
    """The templates beside this module, also when the package is installed as a zip file."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, None, None]:
        file = resources.files("loyalty.report").joinpath("templates", template)
        if not file.is_file():
            raise TemplateNotFound(template)
        return file.read_text(encoding="utf-8"), None, None
