"""The mapping from the columns of a file to attributes, with every fault of the columns."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import PRODUCT_TYPE, SKU, TITLE, ValueType
from pims_api.domain.attributes.rules import is_attribute_name
from pims_api.domain.suggestion import NAME_LENGTH_MAX, Suggestions, nearest
from pims_api.errors import Fault, pointer_to, refuse_if_any
from pims_api.services.imports.near_duplicates import ONLY, folded
from pims_api.services.products.value_rules import CATEGORIES_MISSING, DICTIONARY_MISSING
from pims_api.transfer.errors_file import ERROR_COLUMNS

ATTRIBUTES_MISSING = "attributes"
MAY_BE_MADE = (ATTRIBUTES_MISSING, CATEGORIES_MISSING, DICTIONARY_MISSING)

LAST, FIRST, REFUSE, MERGE = DUPLICATES = ("last", "first", "refuse", "merge")
"""What becomes of further rows of a SKU: stored over the earlier ones, passed over, refused, or
what they have beyond the earlier ones is added."""

_ELEMENT = re.compile(r"(.+)\.([0-9]{1,5})")
_WHOLE = -1  # stands for the element where a cell holds the whole value


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """The options of an import.

    mapping: column → attribute. ignored: columns that nobody reads. missing: which of MAY_BE_MADE.
    product_type: of new products whose row names none. separator: what parts the elements of a
    collection in one cell; without one, a cell is one element. empty_unsets: whether an empty cell
    takes the value away; otherwise it leaves it. ignore_unknown: whether columns that are no
    attributes are passed over, with one warning. path_separator: what parts the names of a path of
    categories, beside `>`. only, restore: as of `ProductWrite`. duplicates: of DUPLICATES.
    types: of attributes that are made.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    product_type: str | None = None
    separator: str | None = None
    empty_unsets: bool = False
    ignore_unknown: bool = False
    path_separator: str | None = None
    only: str | None = None
    restore: bool = False
    duplicates: str = LAST
    types: Mapping[str, ValueType] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewAttribute:
    """An attribute that has to be made. columns: those that feed it."""

    collection: bool
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """The target of a column. element: its place in a collection; None: the whole value.

    pointer: what faults name the column by.
    """

    column: Column
    element: int | None
    pointer: str


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The compiled mapping of the cells of every row.

    sku, product_type: the columns that hold them. feeds: all others by column; ignored ones are
    absent. title: what a new product has to bring, unless a default does. made: attributes that
    have to be made first. warnings: columns that are passed over
    although they are attributes, and those that are made beside one that looks alike.
    """

    access: Access
    choices: ImportChoices
    sku: str
    product_type: str | None
    feeds: Mapping[str, Feed]
    title: Column | None
    made: Mapping[str, NewAttribute]
    warnings: tuple[Fault, ...]


def plan_columns(access: Access, names: Iterable[str], choices: ImportChoices) -> ImportPlan:
    """Return the plan for the columns of a file. Raises BadInput with every fault of them."""
    planning = _Planning(access, choices)
    columns = list(dict.fromkeys(names))
    for name in columns:
        if name not in choices.ignored:
            planning.place(name)
    planning.check(columns)
    refuse_if_any(planning.faults)
    return planning.plan()


class _Planning:
    """A compiler of columns, one after the other, which collects faults."""

    def __init__(self, access: Access, choices: ImportChoices) -> None:
        self.access = access
        self.choices = choices
        self.faults: list[Fault] = []
        self.warnings: dict[str, Fault] = {}  # by attribute, so that x.0, x.1, … warn once
        self.fed: dict[str, dict[int, str]] = {}  # attribute → element → the column that feeds it
        self.unknown: list[str] = []
        self._suggestions = Suggestions()

    def place(self, name: str) -> None:
        """Add the target of a column to the plan."""
        target = self.choices.mapping.get(name, name)
        if target in (SKU, PRODUCT_TYPE):
            self._take(name, target, _WHOLE)
            return
        known, base, element = self._resolve(target)
        if known is None:
            self._take_missing(name, base, element)
        elif not known.writable or known.attribute.name == SKU:
            message = f"{known.name} is read only: its column was ignored."
            self.warnings.setdefault(
                known.name, Fault("read_only", message, known.name, pointer_to(name))
            )
        elif element != _WHOLE and not known.attribute.collection:
            self._refuse(name, f"is an element, but {base} takes one value!", "type")
        else:
            self._take(name, known.name, element)

    def check(self, columns: list[str]) -> None:
        """Check the columns together."""
        self._check_named(columns)
        self._check_typed()
        for target, elements in self.fed.items():
            if _WHOLE in elements and len(elements) > 1:
                other = next(name for place, name in elements.items() if place != _WHOLE)
                self._refuse(other, f"feeds {target}, which {elements[_WHOLE]!r} feeds already!")
        types, kind = self.access.definition.types, self.choices.product_type
        if kind is not None and kind not in types:
            message = f"There is no product type {kind[:NAME_LENGTH_MAX]!r}!"
            self._add("type", message, PRODUCT_TYPE, self._suggestions.word(kind, types))
        if SKU not in self.fed:
            hint = nearest(SKU, columns)
            message = "The file has no column sku, and none is mapped to it!"
            self._add("required", message, SKU, hint)

    def _check_named(self, columns: list[str]) -> None:
        """Refuse options about columns that the file lacks: they would have no effect."""
        ignored = frozenset() if self.choices.ignore_unknown else self.choices.ignored
        named = {"map": self.choices.mapping, "ignore": ignored - {*ERROR_COLUMNS}}
        for verb, names in named.items():
            for name in sorted(names):
                if name not in columns:
                    hint = self._suggestions.word(name, columns)
                    message = f"The file has no column {name[:NAME_LENGTH_MAX]!r} to {verb}!"
                    self._add("unknown_attribute", message, name, hint)

    def _check_typed(self) -> None:
        """Refuse types of what is not made: they would have no effect."""
        for name, kind in sorted(self.choices.types.items()):
            known = self.access.column(name)
            if known is None and name not in self.fed:
                message = f"The file makes no attribute {name[:NAME_LENGTH_MAX]!r} to give a type!"
                hint = self._suggestions.word(name, self.fed)
                self._add("unknown_attribute", message, name, hint)
            elif known is not None and known.attribute.type is not kind:
                message = (
                    f"{name} has the type {known.attribute.type} already, not {kind}: convert the "
                    "attribute, or leave its type out!"
                )
                self._add("type", message, name, None)

    def plan(self) -> ImportPlan:
        """Return the plan of columns that have no faults."""
        made = {
            target: NewAttribute(_WHOLE not in elements, tuple(elements.values()))
            for target, elements in self.fed.items()
            if target not in (SKU, PRODUCT_TYPE) and self.access.column(target) is None
        }
        feeds = {}
        for target, elements in self.fed.items():
            column = self.access.column(target)
            if column is not None and target != SKU:
                for place, name in elements.items():
                    element = None if place == _WHOLE else place
                    feeds[name] = Feed(column, element, pointer_to(name))
        return ImportPlan(
            access=self.access,
            choices=self.choices,
            sku=self.fed[SKU][_WHOLE],
            product_type=self.fed.get(PRODUCT_TYPE, {}).get(_WHOLE),
            feeds=feeds,
            title=_required_title(self.access),
            made=made,
            warnings=(*self.warnings.values(), *self._unknown(), *self._look_alikes(made)),
        )

    def _unknown(self) -> Iterator[Fault]:
        """Yield the warning that names every column which is no attribute, if some are passed."""
        if self.unknown:
            names = ", ".join(repr(name[:NAME_LENGTH_MAX]) for name in self.unknown)
            message = f"{len(self.unknown)} columns are no attributes and were ignored: {names}."
            yield Fault("unknown_attribute", message)

    def _look_alikes(self, made: Iterable[str]) -> Iterator[Fault]:
        """Yield a warning for each attribute to be created whose name resembles an existing one."""
        known = {folded(name): name for name in self.access.by_name} if made else {}
        for name in made:
            duplicate = known.setdefault(folded(name), name)
            if duplicate != name:
                message = (
                    f"The attribute {name!r} is made beside {duplicate!r}, {ONLY}. "
                    "If that one is meant, map the column to it."
                )
                pointer = pointer_to(next(iter(self.fed[name].values())))
                yield Fault("exists", message, name, pointer, nearest=duplicate)

    def _resolve(self, target: str) -> tuple[Column | None, str, int]:
        """Return the attribute of a column's name, its name, and the element in it."""
        known, parts = self.access.column(target), _ELEMENT.fullmatch(target)
        if known is not None or parts is None:
            return known, target, _WHOLE
        return self.access.column(parts[1]), parts[1], int(parts[2])

    def _take(self, name: str, target: str, element: int) -> None:
        before = self.fed.setdefault(target, {}).setdefault(element, name)
        if before != name:
            self._refuse(name, f"feeds {target}, which {before!r} feeds already!")

    def _take_missing(self, name: str, base: str, element: int) -> None:
        if self.choices.ignore_unknown and not self._may_be_made(base):
            self.unknown.append(name)
        elif ATTRIBUTES_MISSING not in self.choices.missing:
            hint = self._suggestions.word(base, self.access.by_name)
            way_out = "Map it, ignore it or have the attribute made."
            self._refuse(name, f"is no attribute! {way_out}", "unknown_attribute", hint)
        elif not self.access.policy.is_everything:
            message = "is no attribute of the View, and one made now would not be in it!"
            self._refuse(name, message, "unknown_attribute")
        elif not is_attribute_name(base):
            rule = "1 to 64 letters, digits, _ and -, and begins with a letter"
            self._refuse(name, f"cannot become an attribute, whose name has {rule}: map it!")
        else:
            self._take(name, base, element)

    def _may_be_made(self, name: str) -> bool:
        makes = ATTRIBUTES_MISSING in self.choices.missing
        return makes and self.access.policy.is_everything and is_attribute_name(name)

    def _refuse(
        self, name: str, message: str, code: str = "syntax", hint: str | None = None
    ) -> None:
        target = self.choices.mapping.get(name)
        mapped = f", mapped to {target[:NAME_LENGTH_MAX]!r}," if target else ""
        self._add(code, f"The column {name[:NAME_LENGTH_MAX]!r}{mapped} {message}", name, hint)

    def _add(self, code: str, message: str, name: str, hint: str | None) -> None:
        more = f" Did you mean {hint!r}?" if hint else ""
        shown = name[:NAME_LENGTH_MAX]
        self.faults.append(Fault(code, message + more, shown, pointer_to(name), nearest=hint))


def _required_title(access: Access) -> Column | None:
    """Return the title as the caller sees it, if a new product has to bring one."""
    title = access.of(TITLE)
    if title is None or not title.writable:
        return None
    has_default = title.default is not None or title.attribute.default is not None
    return None if has_default else title
