"""Warnings of near duplicates that an import creates, such as `lamps` beside `Lamps`."""

from collections.abc import Iterator, Mapping, Sequence
from unicodedata import category, normalize

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.category import Category
from pims_api.errors import Fault, Subject
from pims_api.storage.definitions.kinds import OptionEntry
from pims_api.storage.unit_of_work import UnitOfWork

ONLY = "which differs only in case, spaces or invisible signs"

_PARTING = ("/", "\\", "|")  # which other systems write between the names of a path

_Place = tuple[str, int]
"""`category` and the id of the parent, or `option` and the id of the list."""


_ROOTS: _Place = ("category", 0)


def folded(name: str) -> str:
    """Return a name without case, spaces and signs of no width, in one Unicode form, for comparing.

    >>> folded("Desk  Lamps ") == folded("desk\u200blamps")
    True
    >>> folded("Caf\u00e9") == folded("cafe\u0301")
    True
    """
    if name.isascii():
        return "".join(name.split()).casefold()
    seen = "".join(one for one in name if not (one.isspace() or category(one) == "Cf"))
    return normalize("NFC", normalize("NFD", seen).casefold())


def both_shown(name: str, other: str) -> tuple[str, str]:
    r"""Return two names for a message, signs escaped where people would see the same.

    >>> both_shown("Lamps", "lamps")
    ("'Lamps'", "'lamps'")
    >>> both_shown("Caf\u00e9", "Cafe\u0301")
    ("'Caf\\xe9'", "'Cafe\\u0301'")
    """
    is_same = normalize("NFC", name) == normalize("NFC", other)
    return (ascii(name), ascii(other)) if is_same else (repr(name), repr(other))


class LookAlikes:
    """A finder of new categories and options whose names resemble existing ones.

    The names of a place are folded once, however many join it.
    """

    def __init__(self) -> None:
        self._names: dict[_Place, dict[str, str]] = {}
        self._paths: dict[str, str] | None = None  # folded name → path of a category below a root
        self._warned_of_parts = False
        self._seen: set[tuple[_Place, str]] = set()

    def new_warnings(self, work: UnitOfWork, access: Access) -> list[Fault]:
        """Return a warning for each near duplicate that this transaction created, each once."""
        fresh = self._fresh(work)
        found = list(self._beside(work, access, fresh))
        return found + list(self._roots(work, fresh.get(_ROOTS, ())))

    def beside(self, work: UnitOfWork, access: Access) -> Iterator[Fault]:
        """Yield the same of names in one place, without new roots that resemble what is below."""
        return self._beside(work, access, self._fresh(work))

    def _fresh(self, work: UnitOfWork) -> dict[_Place, list[str]]:
        fresh: dict[_Place, list[str]] = {}
        for place, name in _named(work):
            if (place, name) not in self._seen:
                self._seen.add((place, name))
                fresh.setdefault(place, []).append(name)
        return fresh

    def _beside(
        self, work: UnitOfWork, access: Access, fresh: Mapping[_Place, list[str]]
    ) -> Iterator[Fault]:
        for place, names in fresh.items():
            for name, duplicate in self._duplicates(work, place, names):
                yield _warning(work, access, place, name, duplicate)

    def _roots(self, work: UnitOfWork, names: Sequence[str]) -> Iterator[Fault]:
        """Yield a warning for each new root that may stand for a category below another one."""
        if names and self._paths is None:
            tree = work.definition.categories
            below = [one for one in tree if one.parent_id and not one.deleted]
            self._paths = {folded(one.name): tree.path_text(one.id) for one in below}
        for name in names:
            path = (self._paths or {}).get(folded(name))
            if path is not None:
                message = f"The category {name!r} is made as a root; there is {path!r} already."
                yield Fault("exists", message, value=name, nearest=path)
            sign = next((one for one in _PARTING if one in name.strip(one)), None)
            if sign and not self._warned_of_parts:
                self._warned_of_parts = True
                message = (
                    f"The category {name!r} is made as one root. If {sign} parts a path, name it "
                    "as the path separator."
                )
                yield Fault("syntax", message, value=name)

    def _duplicates(
        self, work: UnitOfWork, place: _Place, names: list[str]
    ) -> Iterator[tuple[str, str]]:
        if place not in self._names:
            new = set(names)
            old = (one for one in _names_at(work, place) if one not in new)
            self._names[place] = {folded(one): one for one in old}
        known = self._names[place]
        for name in names:
            duplicate = known.setdefault(folded(name), name)
            if duplicate != name:
                yield name, duplicate


def made_beside(work: UnitOfWork, access: Access) -> list[Fault]:
    """Return a warning for each name that a transaction gave and that resembles another one."""
    named = list(work.named())
    if not named:
        return []
    new = [one.name for one in named if isinstance(one, Attribute)]
    return [*LookAlikes().beside(work, access), *_attributes_beside(work, new)]


def _attributes_beside(work: UnitOfWork, new: Sequence[str]) -> Iterator[Fault]:
    known: dict[str, str] = {}
    if new:
        names = (one.name for one in work.definition.attributes.values())
        known = {folded(one): one for one in names if one not in set(new)}
    for name in new:
        duplicate = known.setdefault(folded(name), name)
        if duplicate != name:
            message = f"The attribute {name!r} is made beside {duplicate!r}, {ONLY}."
            yield Fault("exists", message, name, nearest=duplicate)


def _named(work: UnitOfWork) -> Iterator[tuple[_Place, str]]:
    for thing in work.named():
        if isinstance(thing, Category):
            yield ("category", thing.parent_id), thing.name
        elif isinstance(thing, OptionEntry):
            yield ("option", thing.list_id), thing.option.alias


def _names_at(work: UnitOfWork, place: _Place) -> list[str]:
    kind, number = place
    if kind == "category":
        return [one.name for one in work.definition.categories.children(number)]
    return [one.alias for one in work.definition.option_lists[number].in_order()]


def _warning(work: UnitOfWork, access: Access, place: _Place, name: str, duplicate: str) -> Fault:
    kind, number = place
    if kind == "category":
        tree = work.definition.categories
        above = f"{tree.path_text(number)} > " if number else ""
        made, known = both_shown(above + name, above + duplicate)
        message = f"The category {made} is there beside {known}, {ONLY}."
        return Fault("exists", message, value=above + name)
    columns = (one.name for one in access.columns if one.attribute.option_list_id == number)
    attribute = next(columns, None)
    made, known = both_shown(name, duplicate)
    message = f"The option list of {attribute} gets {made} beside {known}, {ONLY}."
    return Fault("exists", message, attribute, value=name, subject=Subject.OPTION)
