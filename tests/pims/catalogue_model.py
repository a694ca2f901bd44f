"""What a catalogue should be, in plain dicts: the model that test_stateful.py compares with."""

from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

COLLECTIONS = ("categories", "tags", "variation_attributes", "variation_skus")
COMPUTED = ("variation_skus", "variation_matrix")
LOCALIZED = ("label",)
UNCATEGORIZED = ["Uncategorized"]

Values = dict[str, Any]


@dataclass(frozen=True)
class Eyes:
    """How a key sees the catalogue. names: outward → own. hides: the color of rows it never sees.

    readonly: own names whose writing is ignored. locale: the one that it asks in; None: the default
    one. label: what failures call it.
    """

    label: str
    names: dict[str, str]
    hides: str | None = None
    readonly: set[str] = field(default_factory=set)
    locale: str | None = None

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(self.label)  # Hypothesis asks for this

    def outward(self, own: str) -> str | None:
        return next((name for name, other in self.names.items() if other == own), None)


@dataclass
class Model:
    """Products as their own names and values; unset is absent. entries: (old, new) by SKU.

    A value of a locale is one of its own: `label@de-de`.
    """

    products: dict[str, Values] = field(default_factory=dict)
    entries: dict[str, list[tuple[Values, Values]]] = field(default_factory=dict)

    def copy(self) -> "Model":
        return deepcopy(self)

    def version(self, sku: str) -> int:
        return len(self.entries.get(sku, ()))

    def sees(self, eyes: Eyes, sku: str | None) -> bool:
        """Return whether the product is there for such a key."""
        product = self.products.get(sku or "")
        return product is not None and _is_row(eyes, product)

    def write(self, eyes: Eyes, sku: str, sent: Values) -> set[int]:
        """Create or change a product. Returns the HTTP statuses that are right; 200: it is done."""
        known = {eyes.names[n]: v for n, v in sent.items() if n in eyes.names}
        known = {_slot(eyes, n): v for n, v in known.items() if n not in eyes.readonly}
        before = self.products.get(sku, {})
        known = {n: v for n, v in known.items() if not self._is_as_shown(eyes, n, before, v)}
        after = {"sku": sku, "status": "active", "categories": UNCATEGORIZED} | before
        after |= {name: self._own_value(eyes, name, value) for name, value in known.items()}
        after = {name: value for name, value in after.items() if value not in (None, "", [])}
        wrong = self._wrong(eyes, sku, known, after)
        if wrong:
            return wrong
        names = [n for n in {**before, **after} if before.get(n) != after.get(n)]
        if names:
            old, new = ({n: side.get(n) for n in names} for side in (before, after))
            self.entries.setdefault(sku, []).append((old, new))
        self.products[sku] = after
        return {200}

    def shown(self, eyes: Eyes, sku: str) -> Values:
        """Return the product as such a key sees it."""
        product = self.products[sku]
        own = {
            name: self._shown_value(eyes, name, _read(eyes, product, name))
            for name in eyes.names.values()
        }
        varying = self._varying(eyes, sku)
        children = self._children(eyes, sku)
        own["variation_skus"] = children
        own["variation_attributes"] = [name for name in map(eyes.outward, varying) if name]
        own["variation_matrix"] = {
            member: self._combination(eyes, member, varying)
            for member in ([*children, sku] if children else [])
        }
        return {name: own[other] for name, other in eyes.names.items()}

    def history(self, eyes: Eyes, sku: str) -> list[tuple[Values, Values]]:
        """Return the entries that such a key sees, oldest first."""
        seen = [self._shown_entry(eyes, old, new) for old, new in self.entries[sku]]
        return [(old, new) for old, new in seen if new]

    def listed(self, eyes: Eyes, params: Values) -> list[str]:
        """Return the SKUs that a list of such a key holds, before paging."""
        found = [sku for sku in self.products if self._is_listed(eyes, sku, params)]
        if "order" in params:
            return self._sorted(eyes, found, params["order"][0])
        if "search" in params:
            return sorted(found)
        return sorted(found, key=lambda sku: self._ancestors(sku)[::-1])  # hidden ones as well

    def _is_as_shown(self, eyes: Eyes, name: str, before: Values, sent: Any) -> bool:
        """Return whether a value is what such a key was shown; sending it back changes nothing."""
        if name not in before:
            return False
        return (self._shown_value(eyes, name, before[name]) or None) == (sent or None)

    def _own_value(self, eyes: Eyes, name: str, value: Any) -> Any:
        if name == "categories" and not value:
            return UNCATEGORIZED
        if name == "variation_attributes":
            return [eyes.names[one] for one in value]
        return value

    def _wrong(self, eyes: Eyes, sku: str, known: Values, after: Values) -> set[int]:
        faults = set()
        if known.get("code") and any(
            one["sku"] != sku and one.get("code") == known["code"] for one in self.products.values()
        ):
            faults.add(409)
        parent = known.get("variation_of")
        if parent and (not self.sees(eyes, parent) or sku in self._ancestors(parent)):
            faults.add(400)
        wrong = {400} if len(faults) > 1 else faults
        return wrong if _is_row(eyes, after) else wrong | {403}

    def _ancestors(self, sku: str | None) -> list[str]:
        """Return the product and those above it, lowest first."""
        found: list[str] = []
        while sku is not None:
            found.append(sku)
            sku = self.products[sku].get("variation_of")
        return found

    def _parent(self, eyes: Eyes, sku: str) -> str | None:
        parent = self.products[sku].get("variation_of")
        return parent if self.sees(eyes, parent) else None

    def _path(self, eyes: Eyes, sku: str) -> list[str]:
        path = [sku]
        while (parent := self._parent(eyes, path[0])) is not None:
            path.insert(0, parent)
        return path

    def _varying(self, eyes: Eyes, sku: str) -> list[str]:
        own: list[str] = self.products[sku].get("variation_attributes", [])
        for ancestor in reversed(self._path(eyes, sku)[:-1]):
            theirs: list[str] = self.products[ancestor].get("variation_attributes", [])
            if theirs:
                return theirs
        return own

    def _children(self, eyes: Eyes, sku: str) -> list[str]:
        return sorted(
            child
            for child, product in self.products.items()
            if product.get("variation_of") == sku
            and product["status"] != "deleted"
            and self.sees(eyes, child)
        )

    def _combination(self, eyes: Eyes, sku: str, varying: list[str]) -> Values:
        values = {eyes.outward(name): self.products[sku].get(name) for name in varying}
        return {n: [] if v is None else [v] for n, v in values.items() if n is not None}

    def _shown_value(self, eyes: Eyes, name: str, value: Any) -> Any:
        if name == "variation_of" and value is not None:
            return value if self.sees(eyes, value) else None
        if name == "variation_attributes" and value is not None:
            return [outward for outward in map(eyes.outward, value) if outward]
        return [] if value is None and name in COLLECTIONS else value

    def _shown_entry(self, eyes: Eyes, old: Values, new: Values) -> tuple[Values, Values]:
        """Return what such a key sees change: what looks alike on both sides is no change."""
        shown_old, shown_new = {}, {}
        for slot in sorted(new, key=lambda one: "@" in one):  # the value of a locale goes first
            name, _, locale = slot.partition("@")
            outward = eyes.outward(name)
            if outward is None or locale not in ("", eyes.locale):
                continue
            was, now = (self._past_value(eyes, name, side[slot]) for side in (old, new))
            if was != now:
                shown_old[outward], shown_new[outward] = was, now
        return shown_old, shown_new

    def _past_value(self, eyes: Eyes, name: str, value: Any) -> Any:
        return None if value is None else self._shown_value(eyes, name, value) or None

    def _is_listed(self, eyes: Eyes, sku: str, params: Values) -> bool:
        product = self.products[sku]
        return (
            self.sees(eyes, sku)
            and (params.get("includeDeleted", False) or product["status"] != "deleted")
            and (params.get("includeVariants", False) or self._parent(eyes, sku) is None)
            and ("search" not in params or _has_words(product, params["search"]))
            and all(
                _passes(_read(eyes, product, eyes.names[name]), wanted)
                for name, wanted in params.get("filter_values", {}).items()
            )
        )

    def _sorted(self, eyes: Eyes, skus: list[str], order: Values) -> list[str]:
        name = eyes.names[order["attribute"]]
        values = {sku: _read(eyes, self.products[sku], name) for sku in sorted(skus)}
        having = [sku for sku, value in values.items() if value is not None]
        rest = [sku for sku, value in values.items() if value is None]
        read = Decimal if name == "price" else str
        down = order["direction"] == "DESC"  # equal ones stay by SKU ascending
        return sorted(having, key=lambda sku: read(values[sku]), reverse=down) + rest


def _slot(eyes: Eyes, name: str) -> str:
    """Return the name of the value that such a key writes."""
    return f"{name}@{eyes.locale}" if eyes.locale and name in LOCALIZED else name


def _read(eyes: Eyes, product: Values, name: str) -> Any:
    """Return the value that such a key sees; a locale without one of its own sees the global."""
    return product.get(_slot(eyes, name), product.get(name))


def _is_row(eyes: Eyes, product: Values) -> bool:
    return eyes.hides is None or product.get("color") != eyes.hides


def _has_words(product: Values, text: str) -> bool:
    words = [*product.get("title", "").lower().split(), product["sku"].lower()]
    *whole, last = text.lower().split()
    return all(one in words for one in whole) and any(one.startswith(last) for one in words)


def _passes(value: Any, wanted: str) -> bool:
    found = value if isinstance(value, list) else [value] if value is not None else []
    return any(_is_one_of(one, wanted) for one in found)


def _is_one_of(value: str, wanted: str) -> bool:
    if ";;" in wanted:
        low, high = (Decimal(end) if end else None for end in wanted.split(";;"))
        number = Decimal(value)
        return (low is None or low <= number) and (high is None or number <= high)
    return _comparable(value) in map(_comparable, wanted.split("|"))


def _comparable(text: str) -> Decimal | str:
    """Return a number as one, for 1 and 1.0 are equal; other texts as they are."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text
