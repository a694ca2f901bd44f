"""Bodies of requests: what every one may hold, and what is said of keys that nobody knows.

Source: docs/api/pims.md, Bodies.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from marshmallow import Schema

from pims_api.domain.suggestion import NAME_LENGTH_MAX, Suggestions
from pims_api.errors import Fault, pointer_to, refuse_if_any
from schemas.keys import KeyTable, Place, holds, is_like, spellings, words_of
from schemas.loading import Keyed, keys_of, load
from schemas.pims.faults import FAULTS_MAX
from schemas.pims.fields import Flag, IdempotencyKey

LOOKED_UP_MAX = 500  # different unknown keys of one request
NOTE_KEYS = ("reason", "source_ref")
DRY_RUN = "dry_run"

_NEVER_IGNORED = (DRY_RUN, "if_version", "idempotency_key")
_TELLING = {"dry": DRY_RUN, "version": "if_version", "idempotency": "idempotency_key"}
"""Words that tell which of them is meant, whatever stands beside."""

_OTHERWISE = {"simulate": DRY_RUN, "trial": DRY_RUN, "if_match": "if_version"}
"""What other systems call them."""

_MAY_TELL = re.compile(r"d[\W_]*r[\W_]*y|i[\W_]*f[\W_]*[vm]|i[\W_]*d[\W_]*e|version|sim|tri")
"""What a key holds that may be one of them, cut short or with something added."""

_GUARDS = KeyTable(
    ["strict", "force", "restore", "only", "mode", "createMissing", "on_conflict", "as_of", "since"]
).spelled

_IGNORED = " is not known and was ignored."
_UNTOLD = Fault("unknown_attribute", "A further key is not known!")
"""A key beyond those that a reply names."""

_ABOVE = "It holds for all rows: send it beside actions, in a stream in its first line."


class ReadingBody(Keyed):
    """A body that changes nothing. strict: keys that are not known are refused."""

    passed_over: tuple[str, ...] = ("action",)
    strict = Flag(allow_none=False)
    idempotency_key = IdempotencyKey()


class WritingBody(ReadingBody):
    """A body that changes something. dry_run: everything is done but stored."""

    passed_over: tuple[str, ...] = (*ReadingBody.passed_over, *NOTE_KEYS)
    dry_run = Flag(allow_none=False)


READING = ReadingBody()


@dataclass(slots=True)
class Request:
    """A body that was read: its values under our names, every fault and warning so far."""

    values: dict[str, Any]
    faults: list[Fault]
    warnings: list[Fault]
    suggestions: Suggestions = field(default_factory=Suggestions)

    @property
    def params(self) -> dict[str, Any]:
        """The params that were sent, with defaults for the rest."""
        found: dict[str, Any] = self.values.get("params", {})
        return found

    @property
    def strict(self) -> bool:
        """Whether what would be ignored is refused."""
        return bool(self.values.get("strict"))

    @property
    def dry_run(self) -> bool:
        """Whether nothing is to be stored."""
        return bool(self.values.get(DRY_RUN))

    def check(self) -> None:
        """Raise the refusal of the faults so far, if there are any."""
        refuse_if_any(self.faults, self.warnings)


class UnknownKeys:
    """What is said of the unknown keys of one request, each looked up once for all of its rows.

    above: the keys that hold for all rows, in every spelling; a row that has one is told where it
    stands.
    """

    def __init__(self, above: Container[str] = ()) -> None:
        self._above = above
        self._found: dict[tuple[int, str], tuple[str | None, str | None]] = {}

    def tell(self, request: Request, table: KeyTable, places: Iterable[Place]) -> None:
        """Add what is said of the keys at these places to the request."""
        for place in places:
            self._tell_one(request, table, place, *self._look_up(table, place))

    def _look_up(self, table: KeyTable, place: Place) -> tuple[str | None, str | None]:
        """Return what a key may mean of those that are never ignored, and the nearest known one."""
        key = str(place[-1])
        around = (id(table.at(place[:-1])), key)
        if around not in self._found:
            if len(self._found) >= LOOKED_UP_MAX:
                return _meant_at_sight(key), None
            self._found[around] = (may_mean(key), table.nearest(place))
        return self._found[around]

    def _tell_one(
        self, request: Request, table: KeyTable, place: Place, meant: str | None, near: str | None
    ) -> None:
        if meant is not None:
            request.faults.append(_refused(place, meant, known=meant in table.own))
            return
        found = request.faults if request.strict else request.warnings
        if len(found) > FAULTS_MAX:  # it will only be counted
            found.append(_UNTOLD)
            return
        is_above = len(place) == 1 and place[0] in self._above
        ignored = _ignored(place, None if is_above else near)
        told = as_refused(ignored) if request.strict else ignored
        if is_above:
            told = replace(told, message=f"{told.message} {_ABOVE}")
        found.append(told)


def read_request(
    schema: Schema,
    body: Mapping[str, Any],
    suggestions: Suggestions | None = None,
    usual: Mapping[str, Any] | None = None,
    unknown: UnknownKeys | None = None,
    strict: bool = False,
) -> Request:
    """Return the request of a body. Unknown keys become warnings or, if it is strict, faults.

    suggestions, unknown: given where the body is one of many in a request. usual: as of `load`.
    strict: of a body that does not say it itself.
    """
    values, faults = load(schema, body, usual)
    if "strict" not in values:
        values["strict"] = strict
    request = Request(values, faults, [], suggestions or Suggestions())
    table = keys_of(schema)
    if places := table.unknown(body):
        (unknown or UnknownKeys()).tell(request, table, places)
        faults += _buried(body, places[:LOOKED_UP_MAX])
    return request


def _buried(body: Mapping[str, Any], places: Iterable[Place]) -> Iterator[Fault]:
    """Yield a fault for each key that is never ignored, in an object that nobody knows."""
    for place in places:
        value: Any = body
        for step in place:
            value = value[step]
        if isinstance(value, dict):
            found = (refused_name(key, place) for key in value)
            yield from (one for one in found if one)


def placed(faults: Sequence[Fault], place: str, row: int | None) -> list[Fault]:
    """Return faults of a part of a body, with their pointers from its top."""
    return [replace(one, pointer=place + (one.pointer or ""), row=row) for one in faults]


def as_refused(ignored: Fault) -> Fault:
    """Return the warning of an unknown key as the fault that a strict request makes of it."""
    return replace(ignored, message=f"{ignored.message.removesuffix(_IGNORED)} is not known!")


def refuse_parameters(names: Iterable[str]) -> None:
    """Raise BadInput for parameters of an address that guard or steer a request in its body."""
    sent = [(name, may_mean(name) or _GUARDS.get(name)) for name in list(names)[:LOOKED_UP_MAX]]
    refuse_if_any([_misplaced(name, meant) for name, meant in sent if meant])


def _misplaced(name: str, meant: str) -> Fault:
    message = f"{_shown((name,))} in the address means nothing, so nothing was done: "
    message += "send it in the body!"
    return Fault("unknown_attribute", message, pointer=pointer_to(name), nearest=meant)


def may_mean(key: str) -> str | None:
    """Return which of the keys that are never ignored a key may be meant to be.

    >>> may_mean("if_versoin"), may_mean("run-dry"), may_mean("simulate"), may_mean("colour")
    ('if_version', 'dry_run', 'dry_run', None)
    """
    like = (name for name in _NEVER_IGNORED if is_like(key, name))
    return _meant_at_sight(key) or next(like, None)


def _meant_at_sight(key: str) -> str | None:
    """Return the same, quicker, but not of a key that is misspelt."""
    if not _MAY_TELL.search(key.casefold()):  # nearly always
        return None
    told = next((name for word, name in _TELLING.items() if word in words_of(key)), None)
    told = told or next((name for name in _NEVER_IGNORED if holds(key, name)), None)
    return told or next((name for word, name in _OTHERWISE.items() if holds(key, word)), None)


def refused_name(name: str, place: Place) -> Fault | None:
    """Return the fault of a name in the object at a place if it is a key that is never ignored.

    Only the key itself counts, however it is spelled, for names there may be anything.
    """
    key = "_".join(words_of(name))
    return _refused((*place, name), key, known=True) if key in _NEVER_IGNORED else None


def _shown(place: Place) -> str:
    return ".".join(str(step)[:NAME_LENGTH_MAX] for step in place)


def _ignored(place: Place, near: str | None) -> Fault:
    message = _shown(place) + _IGNORED
    return Fault("unknown_attribute", message, pointer=pointer_to(*place), nearest=near)


def _refused(place: Place, meant: str, *, known: bool) -> Fault:
    if not known and str(place[-1]) in spellings(meant):
        message = f"{_shown(place)} means nothing here, so nothing was done: leave it out!"
        return Fault("unknown_attribute", message, pointer=pointer_to(*place))
    message = f"{_shown(place)} is not known and may mean {meant}, so nothing was done!"
    return Fault("unknown_attribute", message, pointer=pointer_to(*place), nearest=meant)
