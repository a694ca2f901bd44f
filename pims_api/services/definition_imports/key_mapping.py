"""The mapping from the keys of a source, columns or keys of objects, to our own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pims_api.domain.suggestion import NAME_LENGTH_MAX, Suggestions
from pims_api.errors import Fault, refuse_if_any

_INSIDE = "."  # between the key of an object and a key inside it


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The keys that an import understands.

    keys: every spelling → our own. prefixes: keys that are followed by a dot and a word of the
    caller's, such as `label` in `label.de-de`. silent: keys that mean nothing and need no notice.
    instead: our key → another of ours, which its spelling means alone when it is mapped to that.
    """

    keys: Mapping[str, str]
    prefixes: Mapping[str, str] = field(default_factory=dict)
    silent: Collection[str] = ()
    instead: Mapping[str, str] = field(default_factory=dict)

    def own(self, key: str) -> str | None:
        """Return our own spelling of a key, or None when it is unknown."""
        known = self.keys.get(key)
        if known is None:
            start, dot, rest = key.partition(_INSIDE)
            prefix = self.prefixes.get(start)
            known = f"{prefix}{_INSIDE}{rest}" if prefix and dot and rest else None
        return known


class SourceKeys:
    """Reads the entries of one source by our own keys.

    ignored: how many entries had each key that meant nothing. absent: mapped keys that no entry
    had so far.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        mapped: Sequence[tuple[str, str]] = (),
        ignore: Collection[str] = (),
    ) -> None:
        """Take their key → our key; theirs may lead into an object: `title.en` → `name`.

        Raises BadInput when a mapped key of ours is none.
        """
        self._vocabulary = vocabulary
        self._mapped = _own_mapping(vocabulary, mapped)
        self._ignore = {*ignore, *vocabulary.silent}
        self._taken = {start for theirs in self._mapped.values() for start in _starts(theirs)}
        self._own: dict[str, str | None] = {}
        self.ignored: dict[str, int] = {}
        self.absent = set(self._mapped.values())
        self._seen: dict[str, None] = {}

    def read(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of an entry by our own keys."""
        found: dict[str, Any] = {}
        for key, value in entry.items():
            if key in self._ignore:
                continue
            own = self._own_key(key)
            if own is not None and own not in self._mapped:
                found.setdefault(own, value)
            elif own is None and key not in self._taken:
                self.ignored[key] = self.ignored.get(key, 0) + 1
        for own, theirs in self._mapped.items():
            is_there, value = _inside(entry, theirs)
            if is_there:
                found[own] = value
        if self.absent:
            self._look_for_absent(entry)
        return found

    def require_mapped(self, columns: Collection[str] = ()) -> None:
        """Raise BadInput, with the nearest keys, when mapped ones are in no entry that was read.

        columns: keys that are there although no entry may have them, those of a table.
        """
        known = [*columns, *self._seen]
        suggestions = Suggestions()
        faults = []
        for theirs in sorted(self.absent.difference(columns)) if known else ():
            hint = suggestions.word(theirs, known)
            more = f" Did you mean {hint!r}?" if hint else ""
            message = f"No entry has the key {theirs[:NAME_LENGTH_MAX]!r} to map!{more}"
            faults.append(Fault("unknown_attribute", message, nearest=hint))
        refuse_if_any(faults)

    def _look_for_absent(self, entry: Mapping[str, Any]) -> None:
        """Note the keys of an entry as suggestions for mapped keys that no entry has had so far."""
        self.absent = {one for one in self.absent if not _inside(entry, one)[0]}
        self._seen |= dict.fromkeys(entry)
        for start in {one.partition(_INSIDE)[0] for one in self.absent}:
            within = entry.get(start)
            if isinstance(within, dict):
                self._seen |= dict.fromkeys(f"{start}{_INSIDE}{key}" for key in within)

    def notes(self) -> list[Fault]:
        """Return a warning for every unknown key."""
        suggestions = Suggestions()
        return [self._note(key, count, suggestions) for key, count in self.ignored.items()]

    def _note(self, key: str, count: int, suggestions: Suggestions) -> Fault:
        hint = suggestions.word(key, self._vocabulary.keys)
        more = f" Did you mean {hint}?" if hint else ""
        shown = key[:NAME_LENGTH_MAX]
        message = f"The key {shown!r} of {count} entries is not known and was ignored.{more}"
        return Fault("unknown_attribute", message, nearest=hint)

    def _own_key(self, key: str) -> str | None:
        if key not in self._own:
            own = self._vocabulary.own(key)
            instead = self._vocabulary.instead.get(own or "", "")
            self._own[key] = None if self._mapped.get(instead) == key else own
        return self._own[key]


def by_prefix(entry: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Return the values of keys with a prefix, by the rest of the key.

    >>> by_prefix({"label.de-de": "Stange", "name": "Rod"}, "label")
    {'de-de': 'Stange'}
    """
    start = prefix + _INSIDE
    return {key.removeprefix(start): one for key, one in entry.items() if key.startswith(start)}


def _own_mapping(vocabulary: Vocabulary, mapped: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return our key → theirs."""
    found: dict[str, str] = {}
    faults, suggestions = [], Suggestions()
    for theirs, key in mapped:
        own = vocabulary.own(key)
        if own is None:
            known = ", ".join(dict.fromkeys(vocabulary.keys.values()))
            prefixes = "".join(f", {one}.…" for one in vocabulary.prefixes)
            message = f"{key[:NAME_LENGTH_MAX]!r} cannot be mapped: the keys are {known}{prefixes}!"
            hint = suggestions.word(key, vocabulary.keys)
            faults.append(Fault("range", message, nearest=hint))
        else:
            found[own] = theirs
    refuse_if_any(faults)
    return found


def _starts(key: str) -> tuple[str, str]:
    return key, key.partition(_INSIDE)[0]


def _inside(entry: Mapping[str, Any], key: str) -> tuple[bool, Any]:
    """Return whether a key is there, and its value; dots lead into objects."""
    if key in entry:
        return True, entry[key]
    start, dot, rest = key.partition(_INSIDE)
    within = entry.get(start)
    if dot and isinstance(within, dict):
        return _inside(within, rest)
    return False, None
