"""Makes each metric's own options a part of the configuration, so that a new metric needs no line here."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from decimal import Decimal
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import pydantic
from pydantic import AfterValidator, BeforeValidator, create_model

from loyalty.config.model import Block, Config
from loyalty.errors import UsageError
from loyalty.model.days import parse_days
from loyalty.model.share import parse_share


def config_model(metric_options: Mapping[str, type[Any]]) -> type[Config]:
    """Return the configuration with one key under ``metrics`` for each metric.

    ``metric_options`` maps a metric's name to its options dataclass. In the metadata of a field ``help``
    describes it, ``min`` and ``max`` are the smallest and the largest number allowed.
    """
    entries: dict[str, Any] = {
        name: (_options_block(name, options) | bool | None, None) for name, options in metric_options.items()
    }
    metrics: Any = create_model("Metrics", __base__=Block, __doc__="Options of each metric.", **entries)
    described = pydantic.Field(default=None, description=Config.model_fields["metrics"].description)
    return create_model(
        "Config", __base__=Config, __doc__=Config.__doc__, metrics=(metrics | None, described)
    )


def _options_block(name: str, options: type[Any]) -> Any:
    """Return the type of a metric's block of options, which turns into an instance of ``options``."""
    hints = get_type_hints(options, include_extras=True)
    keys: dict[str, Any] = {
        _field(option.name): _key(option, hints[option.name]) for option in fields(options)
    }
    block = create_model(f"{name} options", __base__=Block, **keys)
    return Annotated[block, AfterValidator(_build(options))]


def _field(option: str) -> str:
    """Return the name of an option's field: pydantic has names of its own, such as ``validate``."""
    return f"{option}_" if hasattr(Block, option) else option


def _key(option: Field[Any], hint: Any) -> tuple[Any, Any]:
    described: dict[str, Any] = {"description": option.metadata.get("help")}
    if _field(option.name) != option.name:
        described["alias"] = option.name
    if option.default is not MISSING:
        described["default"] = option.default
    elif option.default_factory is not MISSING:
        described["default_factory"] = option.default_factory
    bounded = _bounded(hint, option.metadata.get("min"), option.metadata.get("max"))
    if option.metadata.get("share"):
        bounded = Annotated[bounded, BeforeValidator(_share)]
    if option.metadata.get("days"):
        bounded = Annotated[bounded, BeforeValidator(_days)]
    check = option.metadata.get("check")
    if check is not None:
        bounded = Annotated[bounded, AfterValidator(_checked(option.name, check))]
    return bounded, pydantic.Field(**described)


def _share(given: Any) -> Any:
    return parse_share(given) if isinstance(given, str) and "%" in given else given


def _days(given: Any) -> Any:
    return parse_days(given) if isinstance(given, str) else given


def _checked(option: str, check: Callable[[str], object]) -> Callable[[Any], Any]:
    """Return the check of a text as pydantic wants it, its message in the words of a configuration."""
    flag = f"--{option.replace('_', '-')}"

    def checked(text: Any) -> Any:
        try:
            if text is not None:
                check(text)
        except UsageError as error:
            reason = error.problems[0].removeprefix(f"{flag}: {text!r} ")
            raise ValueError(f"{reason}. {(error.hint or '').replace(f'{flag} ', '')}") from None
        return text

    return checked


def _build(options: type[Any]) -> Callable[[Block], Any]:
    def build(block: Block) -> Any:
        return options(**{option.name: getattr(block, _field(option.name)) for option in fields(options)})

    return build


def _bounded(hint: Any, least: Any, most: Any) -> Any:
    """Return the type with its numbers kept between ``least`` and ``most``; other members of a union stay."""
    if least is None and most is None:
        return hint
    if get_origin(hint) in {Union, types.UnionType}:
        return Union[tuple(_bounded(member, least, most) for member in get_args(hint))]  # noqa: UP007
    if hint in {int, float, Decimal}:
        return Annotated[hint, pydantic.Field(ge=least, le=most)]
    return hint
