"""Messages that replace the core's own, for the command and the PIMS face.

Documents and tests quote them. Services may not import this module.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pims_api.errors import Fault, Subject
from pims_api.services.keys.api_keys import EXPIRES_IN_DAYS_MAX

Wording = str | tuple[str, str]
"""A whole message; or a part of the core's message, and its replacement."""


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
        message = said if isinstance(said, str) else _instead(fault.message, said)
        return replace(fault, message=message)


_VIEW_IS_UNKNOWN = "View is unknown! Please add it to Views Dictionary first!"
_MADE = (", or let it be made.", ', or send createMissing: ["categories"].')

WORDINGS = Wordings(
    by_place={
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
        ("type", "attribute/max_length"): ("a max_length", "maxLength"),
        ("range", "attribute/max_length"): ("a max_length", "a maxLength"),
        ("read_only", "attribute/searchable"): ("by its id or", "by cat_id or"),
        ("forbidden", "import/missing"): ("Making ", "createMissing of "),
    },
    by_subject={
        ("exists", Subject.PRODUCT): "Product already exists!",
        ("exists", Subject.ATTRIBUTE): "Attribute with such name exists.",
        ("exists", Subject.CATEGORY): "Category with such name exists.",
        ("exists", Subject.CATEGORY_CONTENT): ("or force it to", "or send force: true to"),
        ("exists", Subject.VIEW): "View with the same name already exist!",
        ("exists", Subject.DEFAULT_VIEW): (
            "You can not delete 'Default' view "
            "Please set different view as 'Default' then try again."
        ),
        ("not_found", Subject.VIEW): "View does not exist",
        ("read_only", Subject.REQUIRED): ("what it requires", "--required"),
        ("unknown_category", Subject.MISSING_CATEGORY): _MADE,
        ("exists", Subject.MISSING_CATEGORY): _MADE,  # a default that is refused by now
    },
)


def worded(fault: Fault) -> Fault:
    """Return a fault with its message from `WORDINGS`, if there is one.

    >>> worded(Fault("exists", "There is a view shop already!", subject=Subject.VIEW)).message
    'View with the same name already exist!'
    >>> worded(Fault("exists", "Move it, or force it to go!", subject="category content")).message
    'Move it, or send force: true to go!'
    """
    return WORDINGS.worded(fault)


def _instead(message: str, words: tuple[str, str]) -> str:
    """Return a message with the last occurrence of a part replaced; names of things come before."""
    before, found, after = message.rpartition(words[0])
    return before + words[1] + after if found else message
