"""The options that `pims attribute add` and `pims attribute edit` share, and their reader."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.definition import Definition
from pims_api.domain.values.scope import is_locale
from pims_api.domain.values.value import read_number, read_value
from pims_api.services.attributes.requests import AttributeWrite, OptionListWrite

Command = TypeVar("Command", bound=Callable[..., Any])

FLAGS = ("collection", "unique", "searchable", "indexable", "filterable", "localizable")
_MEANING = {
    "collection": "Products have a list of values.",
    "unique": "No two products share a value.",
    "searchable": "Full text looks here.",
    "indexable": "Lists can be ordered by it.",
    "filterable": "Lists can be filtered by it, and ordered.",
    "localizable": "Every locale may have a value of its own.",
}


def with_settings(command: Command) -> Command:
    """Give a command the options for every setting but the type."""
    options = [
        click.option("--label", "labels", multiple=True, metavar="[LOCALE=]TEXT",
                     help="Name for people; repeat for further locales."),
        click.option("--comment", "comments", multiple=True, metavar="[LOCALE=]TEXT",
                     help="Help text for editors; repeat for further locales."),
        click.option("--group", help="Where people find it, such as Basic."),
        *(click.option(f"--{flag}/--not-{flag}", default=None, help=_MEANING[flag])
          for flag in FLAGS),
        click.option("--validation", "mask", metavar="PATTERN",
                     help="RE2 pattern that a whole value must match."),
        click.option("--min", "minimum", metavar="NUMBER", help="Least number."),
        click.option("--max", "maximum", metavar="NUMBER", help="Greatest number."),
        click.option("--max-length", type=int, metavar="N", help="Characters of a text."),
        click.option("--default", metavar="VALUE", help="Value of new products; commas separate "
                     "those of a collection."),
        click.option("--dictionary", metavar="A,B,C", help="All values of a dropdown, in order."),
        click.option("--static/--growing", default=None,
                     help="Whether values that are not in the dictionary are refused or join it."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def attribute_write(
    name: str, kind: ValueType | None, options: Mapping[str, Any], definition: Definition
) -> AttributeWrite:
    """Return the write that the options ask for. kind: None of an attribute that exists.

    Raises click.BadParameter for a number or a default value that cannot be read.
    """
    settings = {
        setting: options[setting]
        for setting in (*FLAGS, "group", "mask", "max_length")
        if options[setting] is not None
    }
    for setting, option in (("minimum", "--min"), ("maximum", "--max")):
        if options[setting] is not None:
            settings[setting] = _number(options[setting], option)
    if kind is not None:
        settings["type"] = kind
    if options["default"] is not None:
        settings["default"] = _default(options["default"], name, settings, definition)
    return AttributeWrite(
        name,
        settings,
        labels=_words(options["labels"], definition),
        comments=_words(options["comments"], definition),
        options=_options(options["dictionary"], options["static"]),
    )


def _number(text: str, option: str) -> str | None:
    try:
        return read_number(text) if text else None
    except ValueError as error:
        raise click.BadParameter(f"must be {error}.", param_hint=option) from error


def _default(text: str, name: str, settings: Mapping[str, Any], definition: Definition) -> Any:
    known = definition.by_name.get(name)
    kind = settings.get("type", known.type if known else ValueType.STRING)
    collection = settings.get("collection", known.collection if known else False)
    shape = Attribute(0, name, name, kind, collection=collection)
    try:
        return read_value(shape, _parts(text) if collection else text)
    except ValueError as error:
        raise click.BadParameter(f"must be {error}.", param_hint="--default") from error


def _words(texts: tuple[str, ...], definition: Definition) -> dict[str, str]:
    words = {}
    for text in texts:
        locale, word = _split(text, definition)
        segment = definition.language.segment(locale)
        words[segment.code if segment else locale] = word
    return words


def _split(text: str, definition: Definition) -> tuple[str, str]:
    """Return locale and text; a language alone, such as pH, counts only if there is such a one."""
    locale, mark, word = text.partition("=")
    known = "-" in locale or definition.language.segment(locale) is not None
    is_told = mark and known and is_locale(locale)
    return (locale, word) if is_told else (definition.default_locale, text)


def _options(dictionary: str | None, static: bool | None) -> OptionListWrite | None:
    if dictionary is None and static is None:
        return None
    rows = None if dictionary is None else [(value,) for value in _parts(dictionary)]
    return OptionListWrite(rows=rows, static=... if static is None else static)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
