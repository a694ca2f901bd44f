"""Every way a request can be refused.

PimsError
├── BadInput        the caller sent something we cannot accept
│   └── UnknownAction
├── Unauthorized    no key, or one that is wrong, expired or withdrawn
├── Forbidden       the caller's key does not allow it
├── NotFound        it is not there, or this caller may not see it
├── Conflict        it clashes with what is already stored
├── StaleVersion    somebody changed it since the caller read it
├── Outdated        what the caller knows is of no use any more: it has to begin anew
├── NameReused      another request, or row of one, had the name that it has
├── TooLarge        the body exceeds the limit
├── NotAllowedNow   its stage or the rules of its workflow do not let it happen
├── LimitExceeded   it would be more than this installation lets a tenant have
├── Busy            the database could not take the work in time; try again
└── TooMany         the caller asked too often; try again later

A refusal carries every fault that was found, not the first one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

POINTER_STEP_MAX = 64  # characters of a step of a pointer


class Subject(StrEnum):
    """What a fault is about: a noun of the core, for which each face may have a word of its own."""

    PRODUCT = "product"
    PRODUCT_TYPE = "product type"
    REQUIRED = "required attributes"
    CATALOG = "catalog"
    CATEGORY = "category"
    CATEGORY_PATH = "category path"
    CATEGORY_CONTENT = "category content"
    MISSING_CATEGORY = "missing category"
    ATTRIBUTE = "attribute"
    OPTION = "option"
    OPTION_LIST = "option list"
    VIEW = "view"
    DEFAULT_VIEW = "default view"
    KEY = "API key"
    USER = "user"
    JOB = "job"
    TRANSACTION = "transaction"
    LOCALE = "locale"
    DIMENSION = "dimension"
    WORKFLOW = "workflow"
    ROLE = "role"
    SAVED_QUERY = "saved query"
    WEBHOOK = "webhook"
    DELIVERY = "delivery"
    EXPORT_JOB = "export job"
    CHANNEL = "channel"
    TENANT = "tenant"
    QUOTES = "quotes"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, told so that a program can act on it.

    code: a stable word (`required`, `type`, `range`, …). message: for people, in the core's words;
    never holds a secret. attribute: the name under which the caller knows it. allowed: the values
    that would do, at most a handful. nearest: the known name or value closest to the one sent.
    row: which row of a batch, counted from 0.

    Where it is: `place` in the core's words, such as `page/after`, which each face translates; or
    `pointer` (RFC 6901), where whoever read the request said where each part of it stood. subject:
    what it is about; a face may say the message in its own words, by code and subject.

    Source: docs/core.md, Faults.
    """

    code: str
    message: str
    attribute: str | None = None
    pointer: str | None = None
    value: Any = None
    allowed: Sequence[Any] | None = None
    nearest: str | None = None
    row: int | None = None
    place: str | None = None
    subject: str | None = None


def place_of(*steps: str | int) -> str:
    """Return a place in the core's words; its steps are escaped and cut like those of a pointer.

    >>> place_of("view", "attributes", "a/b", "name")
    'view/attributes/a~1b/name'
    """
    return pointer_to(*steps)[1:]


def pointer_to(*steps: str | int) -> str:
    """Return the JSON pointer (RFC 6901) to a place in a body; very long steps are cut.

    >>> pointer_to("params", "filter_values", "a/b~c", 0)
    '/params/filter_values/a~1b~0c/0'
    """
    return "".join([_step(str(step)[:POINTER_STEP_MAX]) for step in steps])


@lru_cache(maxsize=8_192)
def _step(step: str) -> str:
    return "/" + step.replace("~", "~0").replace("/", "~1")


class PimsError(Exception):
    """Base class. Its faults are shown to the caller, so they never hold a secret.

    warnings: what the caller should know beside them. beside: more to tell, in the words of the
    face that was asked.
    """

    code = "invalid"
    message = "The request could not be processed!"
    beside: Mapping[str, Any] = {}

    def __init__(
        self,
        message: str | None = None,
        *,
        faults: Iterable[Fault] = (),
        warnings: Iterable[Fault] = (),
    ) -> None:
        self.faults = tuple(faults) or (Fault(self.code, message or self.message),)
        self.warnings = tuple(warnings)
        super().__init__(self.faults[0].message)


class BadInput(PimsError):
    """The caller sent something we cannot accept."""

    code = "type"


class UnknownAction(BadInput):
    """The `action` key names no action."""

    code = "unknown_action"
    message = "Unknown action!"


class Unauthorized(PimsError):
    """There is no key, or it is wrong, expired or withdrawn."""

    code = "unauthorized"
    message = "The API key is missing or not valid!"


class Forbidden(PimsError):
    """The key is good but does not allow this."""

    code = "forbidden"
    message = "Access denied!"


class NotFound(PimsError):
    """It is not there, or this caller may not see it: the two are told alike."""

    code = "not_found"
    message = "It does not exist!"


class Conflict(PimsError):
    """It clashes with what is already stored."""

    code = "exists"
    message = "It exists already!"


class StaleVersion(PimsError):
    """The stored version is not the one that the caller read."""

    code = "stale_version"


class Outdated(PimsError):
    """What the caller knows of the catalogue does not fit to what it would be told now."""

    code = "resync"


class NameReused(PimsError):
    """Another request, or row of one, had its name."""

    code = "idempotency"
    message = "Another request had this idempotency key, so nothing was done: choose a new one!"


class TooLarge(PimsError):
    """The request body exceeds the limit."""

    code = "limit"


class NotAllowedNow(PimsError):
    """The workflow does not let the transition happen."""

    code = "transition"


class LimitExceeded(PimsError):
    """It would be more than a tenant may have."""

    code = "limit"


class Busy(PimsError):
    """The database could not take the work in time; nothing was stored.

    retry_after_s: seconds after which it is worth trying again.
    """

    code = "busy"
    retry_after_s = 1
    message = "The server is busy, nothing was stored. Please try again!"


class TooMany(PimsError):
    """The caller asked too often. retry_after_s: seconds after which it may ask again."""

    code = "limit"

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


def absent(subject: Subject, **told: Any) -> NotFound:
    """Return the refusal of what is not there. told: more fields of its fault.

    >>> absent(Subject.KEY, place="key").faults[0].message
    'API key does not exist!'
    """
    message = f"{subject[0].upper()}{subject[1:]} does not exist!"
    return NotFound(faults=[Fault("not_found", message, subject=subject, **told)])


def taken(subject: Subject, name: str, **told: Any) -> Conflict:
    """Return the refusal of a name that something has already. told: more fields of its fault.

    >>> taken(Subject.LOCALE, "de").faults[0].message
    'There is a locale de already!'
    """
    article = "an" if subject[0] in "aAeEiIoO" else "a"
    message = f"There is {article} {subject} {name} already!"
    return Conflict(faults=[Fault("exists", message, subject=subject, **told)])


_KIND_OF_CODE: dict[str, type[PimsError]] = {
    "exists": Conflict,
    "not_unique": Conflict,
    "not_found": NotFound,
    "forbidden": Forbidden,
    "stale_version": StaleVersion,
}


def refusal(faults: Sequence[Fault], warnings: Iterable[Fault] = ()) -> PimsError:
    """Return the error for these faults: their common kind, or BadInput when kinds mix.

    warnings: what the caller should know beside them.

    >>> refusal([Fault("not_unique", "Taken!")]).__class__.__name__
    'Conflict'
    >>> refusal([Fault("not_unique", "Taken!"), Fault("type", "No number!")]).__class__.__name__
    'BadInput'

    Source: docs/core.md, Faults.
    """
    kinds = {_kind(fault) for fault in faults}
    kind = kinds.pop() if len(kinds) == 1 else BadInput
    return kind(faults=faults, warnings=warnings)


def _kind(fault: Fault) -> type[PimsError]:
    if fault.code == "not_found" and fault.attribute is not None:
        return BadInput  # a value names something that is not there, but the thing asked for is
    return _KIND_OF_CODE.get(fault.code, BadInput)


def refuse_if_any(faults: Sequence[Fault], warnings: Iterable[Fault] = ()) -> None:
    """Raise the refusal for these faults, with these warnings, if there are any faults."""
    if faults:
        raise refusal(faults, warnings)
