"""The dictionaries of dropdowns: reader and JSON form of option lists.

Source: docs/api/pims.md, Dictionaries.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pims_api.domain.attributes.option_list import Option, OptionList
from pims_api.domain.attributes.setting_readers import TEXT_LENGTH_MAX, is_text, plain_json
from pims_api.domain.suggestion import NAME_LENGTH_MAX, Suggestions
from pims_api.domain.values.text import has_control
from pims_api.errors import Fault, pointer_to
from pims_api.services.attributes.requests import OptionListWrite

_LIST_LENGTH_MAX = 1_000  # entries of a layout
_METHOD_LENGTH_MAX = 64  # characters


@dataclass(slots=True)
class ReadDictionary:
    """A dictionary that was read; pointers of faults are relative to it."""

    options: OptionListWrite = field(default_factory=OptionListWrite)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)


def dictionary_object(options: OptionList) -> dict[str, Any]:
    """Return a dictionary: rows as plain strings when they came so, else as lists of cells."""
    columns = options.columns
    layout: dict[str, Any] = {
        "visible": [1] * len(columns),
        "sorting": [],
        "sortingMethod": "manual",
        "unique": [1] + [0] * (len(columns) - 1),
        "validation": [""] * len(columns),
    }
    rows = [_row(option, options) for option in options.in_order()]
    return {"columns": list(columns), "data": rows, **layout, **options.layout}


def _row(option: Option, options: OptionList) -> Any:
    return option.alias if options.bare else [option.alias, *option.cells]


def read_dictionary(
    sent: Any, known: OptionList | None, suggestions: Suggestions
) -> ReadDictionary:
    """Return the write that a dictionary object asks for. known: the current option list."""
    result = ReadDictionary()
    if not isinstance(sent, dict):
        message = "dictionary must be an object with columns and data!"
        result.faults.append(Fault("type", message, pointer=""))
        return result
    columns = _columns(sent.get("columns"), result.faults)
    rows = _rows(sent.get("data"), result.faults)
    result.options = OptionListWrite(
        columns=columns,
        rows=rows,
        bare=rows is None or all(isinstance(row, str) for row in sent["data"]),
        layout=_layout(sent, columns, known, result.faults),
    )
    result.warnings = [_unknown(name, suggestions) for name in sent if name not in DICTIONARY_KEYS]
    return result


def _columns(sent: Any, faults: list[Fault]) -> tuple[str, ...] | None:
    if sent is None:
        return None
    if isinstance(sent, list) and sent and all(is_text(one) for one in sent):
        return tuple(sent)
    message = "columns must be a list of names, the first one is that of the value!"
    faults.append(Fault("type", message, pointer="/columns"))
    return None


def _rows(sent: Any, faults: list[Fault]) -> list[tuple[str, ...]] | None:
    if sent is None:
        return None
    if not isinstance(sent, list):
        faults.append(Fault("type", "data must be a list of rows!", pointer="/data"))
        return None
    rows = []
    for place, row in enumerate(sent):
        cells = ["" if cell is None else cell for cell in (row if isinstance(row, list) else [row])]
        if all(is_text(cell) for cell in cells):
            rows.append(tuple(cells))
        else:
            message = "A dictionary row must be text, or a list of texts!"
            faults.append(Fault("type", message, pointer=f"/data/{place}"))
    return rows


def _layout(
    sent: Mapping[str, Any],
    columns: tuple[str, ...] | None,
    known: OptionList | None,
    faults: list[Fault],
) -> dict[str, object]:
    """Return the layout of the dictionary that was sent, where it differs from the known one."""
    before = known or OptionList(0)
    shown = dictionary_object(
        OptionList(0, columns=columns or before.columns, layout=before.layout)
    )
    layout: dict[str, object] = {}
    for name, (fits, wanted) in _LAYOUT.items():
        value = plain_json(sent.get(name))
        if value is None or value == shown[name]:
            continue
        if fits(value):
            layout[name] = value
            faults += _text_faults(name, value)
        else:
            faults.append(Fault("type", f"{name} must be {wanted}!", pointer=f"/{name}"))
    return layout


def _text_faults(name: str, value: Any) -> list[Fault]:
    texts = [one for one in (value if isinstance(value, list) else [value]) if is_text(one)]
    if not any(len(one) > TEXT_LENGTH_MAX or has_control(one) for one in texts):
        return []
    message = f"{name} takes texts of at most {TEXT_LENGTH_MAX} characters, no control characters!"
    return [Fault("limit", message, pointer=f"/{name}")]


def _unknown(name: str, suggestions: Suggestions) -> Fault:
    message = f"dictionary.{name[:NAME_LENGTH_MAX]} is not known and was ignored."
    hint = suggestions.word(name, DICTIONARY_KEYS)
    return Fault("unknown_attribute", message, pointer=pointer_to(name), nearest=hint)


def below(faults: list[Fault], pointer: str) -> list[Fault]:
    """Return faults with this pointer before their relative ones."""
    return [replace(one, pointer=pointer + (one.pointer or "")) for one in faults]


def _are_numbers(value: Any) -> bool:
    return _is_list(value) and all(isinstance(one, int) for one in value)


def _are_texts(value: Any) -> bool:
    return _is_list(value) and all(isinstance(one, str) for one in value)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= _LIST_LENGTH_MAX


def _is_method(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _METHOD_LENGTH_MAX


_LAYOUT: dict[str, tuple[Callable[[Any], bool], str]] = {
    "visible": (_are_numbers, "a list of whole numbers"),
    "unique": (_are_numbers, "a list of whole numbers"),
    "validation": (_are_texts, "a list of texts"),
    "sorting": (_are_texts, "a list of texts"),
    "sortingMethod": (_is_method, f"text of at most {_METHOD_LENGTH_MAX} characters"),
}
DICTIONARY_KEYS = ("columns", "data", *_LAYOUT)
"""The keys of a dictionary."""
