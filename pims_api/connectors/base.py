"""What a connector is: a way to the products of another system, such as a shop.

A connector is one folder beside this file, and one entry of `CONNECTORS` in `kinds.py`. Runs of
channels speak to every other system by the protocols below, and know nothing else of it.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson


class OutsideInvalid(Exception):
    """The other system, or the access to it, is not there. A run stops at it.

    kind: `unauthorized`, `forbidden`, `not_found` or `unavailable`. Its text says what to mend.
    """

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        super().__init__(message)


class OutsideFailed(Exception):
    """The other system did not do what it was asked for one product. The next may go well.

    answered: whether it gave an answer at all.
    """

    answered = True


class BadItem(ValueError):
    """A record that cannot be a product. Its message says why."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """What a schema says of an attribute. type: one of the types of the API of records."""

    alias: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A variant without variants.

    values: as they hold for it. own: the attributes that it, or a variant above it, overrides.
    """

    id: str
    values: Mapping[str, Any]
    own: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Item:
    """A record with its leaves, in the order in which they were made.

    values: plain ones, by alias: text, decimal text of numbers, booleans, lists. option_aliases:
    the attributes that tell its variants apart, where the record says so.
    """

    id: str
    values: Mapping[str, Any]
    leaves: Sequence[Leaf] = ()
    option_aliases: Sequence[str] = ()


def option_names(names: Iterable[str]) -> dict[str, Any]:
    """Return what options are called, by their fields."""
    return {f"options[{place}]": name for place, name in enumerate(names)}


def option_values(choice: Iterable[tuple[str, str]], variant_id: str) -> dict[str, Any]:
    """Return what a variant has of each option, by field."""
    return {f"options[{place}] {variant_id}": value for place, (_, value) in enumerate(choice)}


@dataclass(frozen=True, slots=True)
class VariantForm:
    """A variant as it is sent. id: of the leaf, or of the record that has none."""

    id: str
    choice: tuple[tuple[str, str], ...]
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProductForm:
    """A product as it is sent, with the fields that are mapped and no others.

    options: the names, with their values in the order of the variants; empty for a product with
    nothing but its default variant.
    """

    id: str
    fields: dict[str, Any]
    options: dict[str, list[str]] = field(default_factory=dict)
    variants: tuple[VariantForm, ...] = ()

    @property
    def checksum(self) -> str:
        """64 hexadecimal digits, the same as long as the same is to be sent."""
        told = [self.fields, self.options, [(v.id, v.choice, v.fields) for v in self.variants]]
        return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()

    @property
    def held(self) -> dict[str, Any]:
        """What each field is to hold; those of a variant as `field id`, names of options too."""
        found = self.fields | option_names(self.options)
        for one in self.variants:
            found |= {f"variants[].{name} {one.id}": value for name, value in one.fields.items()}
            found |= option_values(one.choice, one.id)
        return found

    @property
    def skus(self) -> list[str]:
        """The SKUs of its variants."""
        return [one.fields["sku"] for one in self.variants if one.fields.get("sku")]


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of a product since it was written last.

    variants: ids of the shop by ids of leaves. tags: those that were sent. media: file ids by
    source, or a note of an upload that was not answered yet.
    """

    product_id: str
    variants: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()
    media: Mapping[str, str] = field(default_factory=dict)


class Remote(Protocol):
    """A product of the other system, as it is there."""

    @property
    def id(self) -> str:
        """Its id there."""

    @property
    def is_archived(self) -> bool:
        """Whether it is not sold any more."""

    @property
    def record_id(self) -> str | None:
        """The id of the record that it says it is of."""

    @property
    def skus(self) -> list[str]:
        """The SKUs of its variants."""

    @property
    def variant_ids(self) -> list[str]:
        """The ids of its variants there, in its order."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """A product that was written: what to keep of it, what is there now, and remarks."""

    known: Known
    remote: Any
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IncomingVariant:
    """A variant of the other system, in attributes. choice: its value of each option, by name."""

    id: str
    sku: str | None
    choice: tuple[tuple[str, str], ...]
    values: Mapping[str, tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A product of the other system, in attributes.

    values: of those attributes that can be written back, each by the field that it is mapped to:
    the alias, and text, a list of texts, or a boolean. option_aliases: the attributes that are
    mapped to its options. is_single: whether there is nothing to choose. checksum: the same as
    long as the mapped fields hold the same. fields: what these hold, also those that cannot be
    written back; those of a variant as `field id`.
    """

    id: str
    checksum: str
    is_single: bool
    values: Mapping[str, tuple[str, Any]]
    variants: Sequence[IncomingVariant]
    option_aliases: Sequence[str]
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OutsideFound:
    """What the other system says of itself. warnings: what may go wrong with it."""

    name: str
    plan: str
    products: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutsideNotFound:
    """Why the other system cannot be used.

    error: `unauthorized`, `forbidden`, `not_found`, `unreachable` or `unavailable`.
    """

    error: str
    message: str


class Outside(Protocol):
    """The other side of one channel. Methods raise OutsideInvalid and OutsideFailed.

    attributes: those of the schema of the record that it is about, in its order.
    """

    def close(self) -> None:
        """Close what is open."""

    def look(self) -> OutsideFound | OutsideNotFound:
        """Return what the other system says of itself; nothing is written there."""

    def form(self, item: Item, attributes: Sequence[Attribute]) -> ProductForm:
        """Return a record as a product. Raises BadItem."""

    def prepare(self) -> None:
        """Make what has to be there before the first product is tied to its record."""

    def ids(self) -> Iterator[str]:
        """Yield the ids of all products that are there."""

    def candidates(self, form: ProductForm) -> Iterator[list[str]]:
        """Yield the ids of products that may be this one: the surest way to tell comes first."""

    def read(self, product_id: str) -> Remote | None:
        """Return a product; None when the other system says that it is not there."""

    def pages(self) -> Iterator[Sequence[Remote]]:
        """Yield all products, whole."""

    def incoming(self, remote: Any, attributes: Sequence[Attribute]) -> Incoming:
        """Return a product in attributes of a schema."""

    def create(self, form: ProductForm, attributes: Sequence[Attribute]) -> Pushed:
        """Create a product; asked twice it makes one."""

    def noted(
        self, form: ProductForm, remote: Any, known: Known, attributes: Sequence[Attribute]
    ) -> Known:
        """Return what is to be kept before a product is written, by which `update` goes.

        After a run that died the next one knows by it what was done all the same.
        """

    def update(
        self, form: ProductForm, remote: Any, known: Known, attributes: Sequence[Attribute]
    ) -> Pushed:
        """Write the mapped fields of a product that is there, and nothing else."""

    def archive(self, product_id: str) -> None:
        """Take a product out of sale without deleting it."""


@dataclass(frozen=True, slots=True)
class BadSetting:
    """What is wrong with a channel. place: the keys that lead there."""

    place: tuple[str | int, ...]
    message: str


class Connector(Protocol):
    """A kind of other system: what channels to it have to say, and how one is reached."""

    def read_config(self, config: Mapping[str, Any]) -> tuple[dict[str, Any], list[BadSetting]]:
        """Return a configuration in its one form, secrets included, and what is wrong with it."""

    def place_of(self, config: Mapping[str, Any]) -> str:
        """Return what a configuration leads to; its secrets belong to that and nothing else."""

    def shown(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return a configuration as it is shown; secrets are masked already."""

    def mapping_faults(self, mappings: Sequence[Mapping[str, Any]]) -> list[BadSetting]:
        """Return what is wrong with field mappings."""

    def open(
        self,
        config: Mapping[str, Any],
        mappings: Sequence[Mapping[str, Any]],
        settings: Any,
        wait: Callable[[float], None],
        until: float,
    ) -> Outside:
        """Return the other side of a channel.

        wait: sleeps so many seconds, or raises when the work is to end. until: when it gives up,
        on the monotonic clock.
        """
