"""Messages that replace the core's own, for the command and the PIMS face.

Documents and tests quote them. Services may not import this module.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pims_api.domain.access.api_key import EXPIRES_IN_DAYS_MAX
from pims_api.errors import Fault, Subject

Wording = str | tuple[str, str] | Callable[[str], str]
"""A whole message; or a part of the core's message, and its replacement; or what rewrites it."""


@dataclass(frozen=True, slots=True)
class Wordings:
    """The words of a face, by the code of a fault and its place, or its code and its subject.

    The place counts first.
    """

    by_place: Mapping[tuple[str, str], Wording]
    by_subject: Mapping[tuple[str, str], Wording]

    def worded(self, fault: Fault) -> Fault:
        """Return a fault with the message that the face has for it."""
        said = self.by_place.get((fault.code, fault.place or ""))
        said = said or self.by_subject.get((fault.code, fault.subject or ""))
        if said is None:
            return fault
        return replace(fault, message=_said_as(said, fault.message))


def _said_as(wording: Wording, message: str) -> str:
    if isinstance(wording, str):
        return wording
    return wording(message) if callable(wording) else _instead(message, wording)


def _with_dictionary(message: str) -> str:
    """Return a message of an option list with the word `dictionary`, where it says `option` last.

    >>> _with_dictionary("option has an option value twice!")
    'option has a dictionary value twice!'
    """
    found = list(_OPTION.finditer(message))
    if not found:
        return message
    article = "a " if found[-1][1] else ""
    return f"{message[: found[-1].start()]}{article}dictionary{message[found[-1].end() :]}"


def _with_dropdown(message: str) -> str:
    """Return a message about the type of an attribute with the words `dropdown` and `dictionary`.

    >>> _with_dropdown("size cannot be of type option: A has 1, but use an option list!")
    'size cannot be of type dropdown: A has 1, but use a dictionary!'
    """
    said, colon, why = message.partition(": ")
    shown, but, reason = why.rpartition(", but ")
    return _TYPE.sub(r"\1 dropdown", said) + colon + shown + but + _with_dictionary(reason)


_TYPE = re.compile(r"\b(of type|from|to) option\b")
_OPTION = re.compile(r"\b(an )?option( list)?\b")
_OPTION_FAULTS = ("dictionary", "limit", "read_only", "required")
_VIEW_IS_UNKNOWN = "View is unknown! Please add it to Views Dictionary first!"
_MADE = (", or let it be made.", ', or send createMissing: ["categories"].')
_LENIENTLY = ("leniently", "leniently (--quotes lenient, over HTTP quotes=lenient)")

WORDINGS = Wordings(
    by_place={
        **{
            (code, f"attribute/{setting}"): _with_dictionary
            for code in _OPTION_FAULTS
            for setting in ("columns", "rows")
        },
        ("unauthorized", ""): "The API key is missing or not valid! Send it in the ApiKey header.",
        ("not_found", "key/view"): _VIEW_IS_UNKNOWN,
        ("range", "key/views"): _VIEW_IS_UNKNOWN,
        ("not_found", "key/withdrawn"): "API key does not exist or could not be deleted",
        ("range", "key/expiry"): (
            f"expires_in_days must be a whole number from 1 to {EXPIRES_IN_DAYS_MAX}!"
        ),
        ("type", "attribute/rows"): (
            "option list: only attributes of type option",
            "dictionary: only attributes of type dropdown",
        ),
        ("type", "attribute/name"): (
            "option list: only attributes of type option",
            "dictionary: only attributes of type dropdown",
        ),
        ("read_only", "attribute/name"): ("its option list", "its dictionary"),
        ("type", "attribute/type"): _with_dropdown,
        ("type", "attribute/max_length"): ("a max_length", "maxLength"),
        ("range", "attribute/max_length"): ("a max_length", "a maxLength"),
        ("read_only", "attribute/searchable"): ("by its id or", "by cat_id or"),
        ("forbidden", "import/missing"): ("Making ", "createMissing of "),
    },
    by_subject={
        ("exists", Subject.PRODUCT): "Product already exists!",
        ("exists", Subject.ATTRIBUTE): "Attribute with such name exists.",
        ("exists", Subject.CATEGORY): "Category with such name exists.",
        ("exists", Subject.CATEGORY_CONTENT): ("or force it to", "or use --force to"),
        ("dictionary", Subject.OPTION): _with_dictionary,
        ("limit", Subject.OPTION): _with_dictionary,
        ("exists", Subject.OPTION): ("The option list of", "The dictionary of"),
        ("exists", Subject.VIEW): "View with the same name already exist!",
        ("exists", Subject.DEFAULT_VIEW): (
            "You can not delete 'Default' view "
            "Please set different view as 'Default' then try again."
        ),
        ("not_found", Subject.VIEW): "View does not exist",
        ("read_only", Subject.REQUIRED): ("what it requires", "--required"),
        ("syntax", Subject.QUOTES): _LENIENTLY,
        ("unknown_category", Subject.MISSING_CATEGORY): _MADE,
        ("exists", Subject.MISSING_CATEGORY): _MADE,  # a default that is refused by now
    },
)


def worded(fault: Fault) -> Fault:
    """Return a fault with its message from `WORDINGS`, if there is one.

    >>> worded(Fault("exists", "There is a view shop already!", subject=Subject.VIEW)).message
    'View with the same name already exist!'
    >>> worded(Fault("exists", "Move it, or force it to go!", subject="category content")).message
    'Move it, or use --force to go!'
    """
    return WORDINGS.worded(fault)


def _instead(message: str, words: tuple[str, str]) -> str:
    """Return a message with the last occurrence of a part replaced; names of things come before."""
    before, found, after = message.rpartition(words[0])
    return before + words[1] + after if found else message
