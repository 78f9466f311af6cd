"""The templates of pages and messages, everything in them escaped."""

from __future__ import annotations

from importlib import resources

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound

from loyalty.report.unbroken import unbroken


def environment(lang: str) -> Environment:
    """Return the environment in which the templates beside this module are rendered, no figure broken over lines."""
    whole = unbroken(lang)
    return Environment(
        loader=_Templates(),
        autoescape=True,
        # What is markup already has been through this, or is a drawing.
        finalize=lambda value: whole(value) if type(value) is str else value,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class _Templates(BaseLoader):
    """The templates beside this module, also when the package is installed as a zip file."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, None, None]:
        file = resources.files("loyalty.report").joinpath("templates", template)
        if not file.is_file():
            raise TemplateNotFound(template)
        return file.read_text(encoding="utf-8"), None, None
