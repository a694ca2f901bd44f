"""What a catalogue to measure has: definitions, products, and what can be asked of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from pims_api.services.attributes.requests import AttributeWrite

Values = dict[str, Any]
Filters = dict[str, str]


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product as a caller sends it. values: by attribute name, texts as the reply shows them."""

    sku: str
    values: Values


@dataclass(frozen=True, slots=True)
class Questions:
    """What workloads ask of a catalogue.

    narrow, broad: filters that find about half a percent, and about a third. Each is a choice, by
    attribute, of one value and of ranges `low;;high`. prefixes: how SKUs begin. unlike: a string
    attribute with patterns that most of its values do not match. words: to search for.
    edited: the number that an edit of one attribute changes; edited_ten: the ten that go together.
    """

    narrow: Callable[[Random], Filters]
    broad: Callable[[Random], Filters]
    prefixes: Sequence[str]
    unlike: tuple[str, Sequence[str]]
    words: Sequence[str]
    edited: str
    edited_ten: Sequence[str]

    def asked_attributes(self) -> list[str]:
        """Return the attributes that conditions are about."""
        rng = Random(0)  # noqa: S311
        names = [*self.narrow(rng), *self.broad(rng), self.unlike[0]]
        return list(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A catalogue to measure. name: says its shape, and is what it is kept under.

    products: those that it is made of, in an order in which parents come first; skus: theirs.
    more: a product that is not among them, by a number from 0. view: the attributes that callers
    see, none for all. narrow: a catalogue of as many products with few attributes, to measure
    beside. import_rows: how many products `pims import` is measured with.
    """

    name: str
    attributes: Sequence[AttributeWrite]
    categories: Sequence[str]
    count: int
    products: Callable[[], Iterator[NewProduct]]
    skus: Callable[[], list[str]]
    more: Callable[[int], NewProduct]
    questions: Questions
    view: Sequence[str] = ()
    narrow: "Catalogue | None" = None
    import_rows: int = 200_000
