"""The mutation `productSet`: what is sent replaces what was there, what is left out stays."""

import re
from typing import Any

from tests.connectors.shopify.things import (
    InventoryItem,
    Media,
    Metafield,
    Option,
    OptionValue,
    Product,
    Variant,
)

VARIANTS_MAX, OPTIONS_MAX = 2048, 3
_PLAIN = ("descriptionHtml", "vendor", "productType", "status")
_OF_VARIANT = ("sku", "barcode", "compareAtPrice", "taxable", "inventoryPolicy")


class Refused(Exception):
    """A user error: the code, the place and the message."""

    def __init__(self, code: str, message: str, *place: str) -> None:
        super().__init__(message)
        self.told = {"code": code, "field": ["input", *place], "message": message}


def handle_of(text: str) -> str:
    """Return the handle that Shopify makes of a title."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "product"


def normal_html(text: str) -> str:
    """Return HTML as Shopify gives it back: without blanks around it, tags in small letters."""
    return re.sub(r"</?[A-Za-z]+", lambda m: m[0].lower(), text.strip())


def normal_tags(tags: list[str]) -> list[str]:
    """Return tags as Shopify gives them back: in order, each once in whatever case."""
    kept: dict[str, str] = {}
    for tag in tags:
        kept.setdefault(tag.strip().lower(), tag.strip())
    return sorted(filter(None, kept.values()), key=str.lower)


def money(text: Any) -> str:
    """Return an amount with two decimals. Raises Refused."""
    if not re.fullmatch(r"\d+(\.\d+)?", str(text)):
        raise Refused("INVALID_VARIANT", f"Price {text} is not a number", "variants")
    whole, _, part = str(text).partition(".")
    return f"{whole}.{(part + '00')[:2]}"


class ProductSet:
    """One call. All of it is done, or nothing."""

    def __init__(self, shop: Any, identifier: dict[str, Any] | None, sent: dict[str, Any]) -> None:
        self.shop, self.identifier, self.sent = shop, identifier or {}, sent

    def run(self) -> Product:
        """Return the product as it is afterwards. Raises Refused."""
        self._check()
        found = self._find()
        if found is None and not self.sent.get("title"):
            raise Refused("INVALID_PRODUCT", "Title can't be blank", "title")
        made = found or Product(self.shop.gid("Product"), "", "", createdAt=self.shop.now())
        before = dict(vars(made))
        try:
            self._apply(made, is_new=found is None)
        except Refused:
            vars(made).update(before)
            raise
        made.updatedAt = self.shop.now()
        self.shop.products[made.id] = made
        self.shop.note(made)
        return made

    def _check(self) -> None:
        sent = self.sent
        if sent.get("id") and self.identifier:
            raise Refused("ID_NOT_ALLOWED", "The id field is not allowed with identifier", "id")
        if "variants" in sent and "productOptions" not in sent:
            raise Refused(
                "PRODUCT_OPTIONS_INPUT_MISSING", "Product options input is required", "variants"
            )
        if "productOptions" in sent and "variants" not in sent:
            raise Refused("VARIANTS_INPUT_MISSING", "Variants input is required", "productOptions")
        if len(sent.get("variants") or ()) > VARIANTS_MAX:
            raise Refused("VARIANTS_OVER_LIMIT", "Too many variants", "variants")
        if len(sent.get("productOptions") or ()) > OPTIONS_MAX:
            raise Refused("OPTIONS_OVER_LIMIT", "Can only have 3 options", "productOptions")

    def _find(self) -> Product | None:
        if "id" in self.identifier:
            found: Product | None = self.shop.products.get(self.identifier["id"])
            if found is None:
                raise Refused("PRODUCT_DOES_NOT_EXIST", "Product does not exist")
            return found
        if "handle" in self.identifier:
            if self.sent.get("handle") != self.identifier["handle"]:
                raise Refused("INPUT_MISMATCH", "The handle does not match", "handle")
            return self.shop.by_handle(self.identifier["handle"])
        if "customId" in self.identifier:
            return self._find_by_key(self.identifier["customId"])
        return None

    def _find_by_key(self, key: dict[str, str]) -> Product | None:
        if (key["namespace"], key["key"]) not in self.shop.definitions:
            raise Refused("INVALID_INPUT", "Metafield definition is not found for the custom id")
        held = [one for one in self.sent.get("metafields") or () if one["key"] == key["key"]]
        if "metafields" in self.sent and [one["value"] for one in held] != [key["value"]]:
            raise Refused("METAFIELD_MISMATCH", "The custom id does not match", "metafields")
        found: Product | None = self.shop.by_key(key)
        return found

    def _apply(self, made: Product, *, is_new: bool) -> None:
        sent = self.sent
        if sent.get("title") is not None:
            made.title = sent["title"].strip()
        self._name(made, is_new=is_new)
        self._fields(made)
        if "files" in sent:
            made.all_media = [self._media(made, one) for one in sent["files"] or ()]
        self._metafields(made, is_new=is_new)
        if "variants" in sent:
            self._options(made)
            self._variants(made)
        elif is_new:
            self._default_variant(made)

    def _fields(self, made: Product) -> None:
        sent = self.sent
        for name in _PLAIN:
            if name in sent:
                setattr(made, name, sent[name] or "")
        made.descriptionHtml = normal_html(made.descriptionHtml)
        if "tags" in sent:
            made.tags = normal_tags(sent["tags"] or [])
        if sent.get("seo"):
            made.seo = made.seo | sent["seo"]

    def _name(self, made: Product, *, is_new: bool) -> None:
        wanted = self.sent.get("handle")
        if wanted:
            other = self.shop.by_handle(wanted)
            if other not in (None, made):
                raise Refused("HANDLE_NOT_UNIQUE", f"Handle '{wanted}' already in use", "handle")
            made.handle = wanted
        elif is_new:
            made.handle = self.shop.free_handle(handle_of(made.title))

    def _media(self, made: Product, sent: dict[str, Any]) -> Media:
        if sent.get("id"):
            known = {one.id: one for one in made.all_media}
            if sent["id"] not in known:
                raise Refused("NOT_FOUND", "File does not exist", "files")
            return known[sent["id"]]
        alt, source = sent.get("alt") or "", sent["originalSource"]
        self.shop.uploads.append(source)
        return Media(self.shop.gid("MediaImage"), alt, source)

    def _metafields(self, made: Product, *, is_new: bool) -> None:
        key = self.identifier.get("customId")
        if "metafields" in self.sent:
            made.held = [self.shop.metafield(one, made.held) for one in self.sent["metafields"]]
        elif is_new and key:
            value = {"type": "id", "value": key["value"]}
            made.held = [self.shop.metafield(key | value, [])]

    def _options(self, made: Product) -> None:
        known = {one.name: one for one in made.all_options} | {o.id: o for o in made.all_options}
        options = []
        for place, sent in enumerate(self.sent["productOptions"], 1):
            old = known.get(sent.get("id") or sent.get("name"))
            values = {v.name: v for v in old.optionValues} if old else {}
            values |= {v.id: v for v in old.optionValues} if old else {}
            wanted = []
            for one in sent.get("values") or ():
                held = values.get(one.get("id") or one["name"])
                number = held.id if held else self.shop.gid("ProductOptionValue")
                wanted.append(OptionValue(number, one.get("name") or held.name))
            number = old.id if old else self.shop.gid("ProductOption")
            name = sent.get("name") or old.name
            options.append(Option(number, name, place, wanted))
        made.all_options = options

    def _variants(self, made: Product) -> None:
        by_id = {one.id: one for one in made.all_variants}
        by_choice = {frozenset(one.chosen): one for one in made.all_variants}
        wanted: list[Variant] = []
        for place, sent in enumerate(self.sent["variants"], 1):
            choice = self._choice(made, sent)
            if any(frozenset(one.chosen) == frozenset(choice) for one in wanted):
                raise Refused("INVALID_VARIANT", "The variant already exists", "variants")
            if sent.get("id") and sent["id"] not in by_id:
                raise Refused(
                    "PRODUCT_VARIANT_DOES_NOT_EXIST", "Variant does not exist", "variants"
                )
            known = by_id.get(sent.get("id") or "") or by_choice.get(frozenset(choice))
            wanted.append(self._variant(made, known, sent, choice, place))
        if not wanted:
            raise Refused("INVALID_INPUT", "At least one variant is needed", "variants")
        made.all_variants = wanted

    def _choice(self, made: Product, sent: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        chosen = {one["optionName"]: one["name"] for one in sent["optionValues"]}
        for option in made.all_options:
            if chosen.get(option.name) not in {one.name for one in option.optionValues}:
                raise Refused(
                    "OPTION_VALUE_DOES_NOT_EXIST", f"{option.name} has no such value", "variants"
                )
        if len(chosen) != len(made.all_options):
            raise Refused("OPTION_DOES_NOT_EXIST", "Option does not exist", "variants")
        return tuple((option.name, chosen[option.name]) for option in made.all_options)

    def _variant(
        self,
        made: Product,
        known: Variant | None,
        sent: dict[str, Any],
        choice: tuple[tuple[str, str], ...],
        place: int,
    ) -> Variant:
        old = known or self.shop.new_variant(made)
        values = dict(vars(old)) | {"chosen": choice, "position": place}
        values |= {name: sent[name] for name in _OF_VARIANT if name in sent}
        if sent.get("price") is not None:
            values["price"] = money(sent["price"])
        if values["compareAtPrice"] is not None:
            values["compareAtPrice"] = money(values["compareAtPrice"])
        if sent.get("inventoryItem"):
            values["inventoryItem"] = _item(old.inventoryItem, sent["inventoryItem"])
        if "metafields" in sent:
            values["held"] = [self.shop.metafield(m, old.held) for m in sent["metafields"]]
        return Variant(**values | {"updatedAt": self.shop.now()})

    def _default_variant(self, made: Product) -> None:
        value = OptionValue(self.shop.gid("ProductOptionValue"), "Default Title")
        made.all_options = [Option(self.shop.gid("ProductOption"), "Title", 1, [value])]
        made.all_variants = [self.shop.new_variant(made)]


def _item(old: InventoryItem, sent: dict[str, Any]) -> InventoryItem:
    values = dict(vars(old))
    values |= {name: sent[name] for name in ("tracked", "requiresShipping", "cost") if name in sent}
    weight = (sent.get("measurement") or {}).get("weight")
    return InventoryItem(**values | ({"weight": weight} if weight else {}))


def metafield_of(shop: Any, sent: dict[str, Any], known: list[Metafield]) -> Metafield:
    """Return a metafield; one that is there keeps its id and, without another one, its type."""
    place = (sent.get("namespace") or "app", sent["key"])
    old = next((one for one in known if (one.namespace, one.key) == place), None)
    kind = sent.get("type") or (old.type if old else None) or shop.definitions.get(place)
    if kind is None:
        raise Refused("INVALID_METAFIELD", "Type can't be blank", "metafields")
    if sent.get("value") in (None, ""):
        raise Refused("INVALID_METAFIELD", "Value can't be blank", "metafields")
    number = old.id if old else shop.gid("Metafield")
    return Metafield(number, *place, kind, sent["value"])
