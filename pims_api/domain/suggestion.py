"""Suggestions for unknown words: the known word with the smallest edit distance."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

from pims_api.domain.access.access import FIELD_COLUMNS, Access
from pims_api.domain.category import Category, CategoryTree, Path, join_path
from pims_api.errors import Fault

NAME_LENGTH_MAX = 64  # characters of an unknown name that a message repeats
WORD_LENGTH_MAX = 255  # characters; longer words get no suggestion
CANDIDATES_MAX = 1_000  # words that are compared letter by letter
SUGGESTIONS_MAX = 5  # per request: one costs milliseconds


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant; one that differs in case comes first.

    >>> nearest("colour", ["size", "color"])
    'color'
    """
    if len(word) > WORD_LENGTH_MAX:
        return None
    folded: dict[str, str] = {}
    for one in known:
        folded.setdefault(one.casefold(), one)
    wanted = word.casefold()
    if wanted in folded:
        return folded[wanted]
    close = get_close_matches(wanted, list(islice(folded, CANDIDATES_MAX)), n=1)
    return folded[close[0]] if close else None


def nearest_path(path: Path, tree: CategoryTree) -> str | None:
    """Return the category path that was probably meant, found level by level."""
    here = 0
    names: list[str] = []
    for wanted in path:
        found = tree.child(here, wanted) or _nearest_child(wanted, here, tree)
        if found is None:
            return None
        here = found.id
        names.append(found.name)
    return join_path(names) if names else None


def _nearest_child(name: str, parent_id: int, tree: CategoryTree) -> Category | None:
    close = nearest(name, (child.name for child in tree.children(parent_id)))
    return None if close is None else tree.child(parent_id, close)


class Suggestions:
    """Suggestions for the first unknown words of a request; None for further ones."""

    def __init__(self) -> None:
        self._left = SUGGESTIONS_MAX

    def word(self, word: str, known: Iterable[str]) -> str | None:
        """Return the nearest known word, or None."""
        return nearest(word, known) if self._spend() else None

    def path(self, path: Path, tree: CategoryTree) -> str | None:
        """Return the nearest category path, or None."""
        return nearest_path(path, tree) if self._spend() else None

    def _spend(self) -> bool:
        self._left -= 1
        return self._left >= 0


def not_filterable(name: str, access: Access, suggestions: Suggestions, where: str = "") -> Fault:
    """Return the fault of an attribute that is unknown, hidden or not filterable.

    The three have the same message, and only names that this caller may filter by are suggested.
    where: added to the name, such as ` at character 3`.

    Source: docs/core.md, Conditions.
    """
    usable = [column.name for column in access.columns if column.attribute.can_filter]
    close = suggestions.word(name, [*usable, *FIELD_COLUMNS])
    hint = f' Did you mean "{close}"?' if close else ""
    return Fault(
        "unknown_attribute",
        f'Attribute "{name[:NAME_LENGTH_MAX]}"{where} is unknown or not filterable!{hint}',
        attribute=name,
        nearest=close,
    )
