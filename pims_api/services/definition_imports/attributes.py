"""The import of attributes: missing ones are added, differing ones changed.

Source: docs/core.md, Attributes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.attributes.option_list import OptionList
from pims_api.domain.attributes.setting_readers import is_text
from pims_api.domain.definition import Definition
from pims_api.domain.suggestion import Suggestions
from pims_api.errors import Fault, PimsError
from pims_api.services.attributes.requests import AttributeWrite
from pims_api.services.attributes.write import save_attributes
from pims_api.services.definition_imports.attribute_words import KEYS, AttributeReader
from pims_api.services.definition_imports.key_mapping import SourceKeys, Vocabulary, by_prefix
from pims_api.services.definition_imports.totals import ImportCounts
from pims_api.storage.unit_of_work import UnitOfWork
from pims_api.transfer.errors_file import ERROR_COLUMNS

VOCABULARY = Vocabulary(
    keys={"name": "name", "attribute": "name", "definition": "definition"}
    | {key: key for key in KEYS},
    prefixes={"label": "label", "comment": "comment", "dictionary": "dictionary"},
    silent=ERROR_COLUMNS,
)
SEPARATOR = "|"  # between the values of a dictionary in a cell

_VALUE = "value"  # the name of a dictionary's first column


@dataclass(frozen=True, slots=True)
class AttributeEntry:
    """One attribute of a source. line: where it stands."""

    line: int
    wanted: AttributeWrite


@dataclass(frozen=True, slots=True)
class EntryFault:
    """A fault of the entry at a line."""

    line: int
    fault: Fault


@dataclass(slots=True)
class AttributeImport(ImportCounts):
    """The outcome of an import; nothing was stored when there are faults."""

    faults: list[EntryFault] = field(default_factory=list)
    warnings: list[EntryFault] = field(default_factory=list)


class AttributeSource:
    """Reads the entries of one source, each either `{name, definition}` or flat."""

    def __init__(self, definition: Definition, keys: SourceKeys, separator: str = SEPARATOR):
        self._definition = definition
        self._keys = keys
        self._separator = separator
        self._suggestions = Suggestions()
        self._lines: dict[str, int] = {}

    def read(
        self, line: int, cells: Mapping[str, Any], unit: str, faults: Sequence[Fault] = ()
    ) -> AttributeEntry:
        """Return the entry at a line. faults: those that it has already."""
        entry = self._keys.read(cells)
        name = entry.get("name")
        if faults or not (name is None or is_text(name)):
            found = faults or [Fault("type", "name must be text!", pointer="/name")]
            return AttributeEntry(line, AttributeWrite("", faults=found))
        name = (name or "").strip()
        known = self._definition.by_name.get(name)
        reader = AttributeReader(name, self._definition, self._suggestions)
        wanted = reader.read(self._sent(entry), known, is_new=known is None)
        first = self._lines.setdefault(name, line) if name else line
        if first != line:
            told = Fault("exists", f"{name} is on {unit} {first} already!", name, "/name", name)
            wanted = replace(wanted, faults=[*wanted.faults, told])
        return AttributeEntry(line, wanted)

    def _sent(self, entry: Mapping[str, Any]) -> Any:
        """Return the definition as addAttribute takes it."""
        sent = entry.get("definition")
        flat = {key: entry[key] for key in KEYS if key in entry}
        for key in ("label", "comment"):
            flat |= _joined(key, flat.get(key), by_prefix(entry, key))
        if is_text(flat.get("dictionary")):
            flat["dictionary"] = self._dictionary(
                flat["dictionary"], by_prefix(entry, "dictionary")
            )
        if not flat:
            return sent
        return {**sent, **flat} if isinstance(sent, dict) else flat

    def _dictionary(self, values: str, columns: Mapping[str, Any]) -> dict[str, Any]:
        """Return a dictionary from a cell with its values and further ones, place by place."""
        cells = [self._parts(values), *(self._parts(one) for one in columns.values())]
        if not columns:
            return {"data": cells[0]}
        width = max(map(len, cells))
        filled = [one + [""] * (width - len(one)) for one in cells]
        return {
            "columns": [_VALUE, *columns],
            "data": [list(row) for row in zip(*filled, strict=True)],
        }

    def _parts(self, text: Any) -> list[Any]:
        if not is_text(text):
            return [text]
        return [part.strip() for part in text.split(self._separator)]


def import_attributes(
    work: UnitOfWork, entries: Sequence[AttributeEntry], inline_max: int
) -> AttributeImport:
    """Store attributes, all or none. Linear in their number and that of their options.

    Those that exist are changed where the entry says something else; their type never is.
    inline_max: with more products than that, what has to be indexed waits for `pims reindex`.
    """
    before = work.definition
    known = {name: _state(before, one) for name, one in before.by_name.items()}
    wanted = [_of_row(row, one.wanted) for row, one in enumerate(entries)]
    done = AttributeImport()
    try:
        saved = save_attributes(work, wanted, inline_max)
    except PimsError as error:
        done.faults = [_at(entries, one) for one in error.faults]
        return done
    done.warnings = [_at(entries, one) for one in saved.warnings]
    for one in saved.attributes:
        was, after = known.get(one.name), _state(work.definition, one)
        is_same = was is not None and was[0] is after[0] and was[1] is after[1]
        done.count(is_new=was is None, is_changed=not is_same)
    return done


def _of_row(row: int, wanted: AttributeWrite) -> AttributeWrite:
    """Return the write as one of a batch: its faults and warnings name its row."""
    faults = [replace(one, row=row) for one in wanted.faults]
    warnings = [replace(one, row=row) for one in wanted.warnings]
    return replace(wanted, row=row, faults=faults, warnings=warnings)


def _state(definition: Definition, one: Attribute) -> tuple[Attribute, OptionList | None]:
    return one, definition.option_lists.get(one.option_list_id or 0)


def _at(entries: Sequence[AttributeEntry], fault: Fault) -> EntryFault:
    return EntryFault(entries[fault.row].line if fault.row is not None else 0, fault)


def _joined(key: str, whole: Any, single: Mapping[str, Any]) -> dict[str, Any]:
    """Return the texts per locale of a key that stands whole, by locale, or both."""
    if not single:
        return {}
    base = {"": whole} if is_text(whole) else whole or {}
    return {key: {**base, **single} if isinstance(base, dict) else base}
