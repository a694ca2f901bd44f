"""The connector to Shopify.

Source: docs/channels.md.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pims_api.connectors.base import (
    Attribute,
    BadSetting,
    Incoming,
    Item,
    Known,
    Outside,
    OutsideFound,
    OutsideNotFound,
    ProductForm,
    Pushed,
)
from pims_api.connectors.shopify import config as configuration
from pims_api.connectors.shopify.client import Shop, ShopClient
from pims_api.connectors.shopify.fields.mapping import (
    FieldMapping,
    effective_mappings,
    read_mapping,
)
from pims_api.connectors.shopify.fields.targets import BadTarget
from pims_api.connectors.shopify.fields.transforms import BadTransform
from pims_api.connectors.shopify.incoming import incoming_product
from pims_api.connectors.shopify.matching import find_candidates
from pims_api.connectors.shopify.product_form import product_form
from pims_api.connectors.shopify.product_input import ProductInput
from pims_api.connectors.shopify.product_push import ProductPush
from pims_api.connectors.shopify.remote_product import (
    RemoteProduct,
    read_ids,
    read_pages,
    read_product,
)
from pims_api.connectors.shopify.shop_status import look_at_shop


class ShopifyConnector:
    """Channels to shops of Shopify."""

    def read_config(self, config: Mapping[str, Any]) -> tuple[dict[str, Any], list[BadSetting]]:
        """Return a configuration in its one form, and what is wrong with it."""
        return configuration.read_config(config)

    def place_of(self, config: Mapping[str, Any]) -> str:
        """Return the shop."""
        return str(config.get("shopUrl"))

    def shown(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return a configuration as it is shown."""
        return configuration.shown(config)

    def mapping_faults(self, mappings: Sequence[Mapping[str, Any]]) -> list[BadSetting]:
        """Return what is wrong with field mappings: unknown fields, and those that come twice."""
        faults, seen = [], set[str]()
        for place, one in enumerate(mappings):
            try:
                made = read_mapping(one["sourceAttribute"], one["targetField"], None)
            except BadTarget as error:
                faults.append(BadSetting((place, "targetField"), str(error)))
                continue
            if str(made.target) in seen:
                message = f"{made.target} is mapped twice!"
                faults.append(BadSetting((place, "targetField"), message))
            seen.add(str(made.target))
        return faults + _transform_faults(mappings)

    def open(
        self,
        config: Mapping[str, Any],
        mappings: Sequence[Mapping[str, Any]],
        settings: Any,
        wait: Callable[[float], None] = time.sleep,
        until: float = float("inf"),
    ) -> Outside:
        """Return the shop of a channel."""
        shop = configuration.shop_of(config, settings)
        mapped = [
            read_mapping(one["sourceAttribute"], one["targetField"], one["transform"])
            for one in mappings
        ]
        return ShopifyShop(shop, tuple(mapped), dict(config), wait, until)


def _transform_faults(mappings: Sequence[Mapping[str, Any]]) -> list[BadSetting]:
    faults = []
    for place, one in enumerate(mappings):
        try:
            read_mapping(one["sourceAttribute"], "title", one["transform"])
        except BadTransform as error:
            faults.append(BadSetting((place, "transform"), str(error)))
    return faults


@dataclass
class ShopifyShop:
    """The shop of a channel."""

    shop: Shop
    mapped: tuple[FieldMapping, ...]
    config: dict[str, Any]
    wait: Callable[[float], None]
    until: float

    @cached_property
    def _client(self) -> ShopClient:
        return ShopClient(self.shop, self.wait, self.until)

    @property
    def _unit(self) -> str:
        return str(self.config.get("weightUnit") or "GRAMS")

    def close(self) -> None:
        """Close what is open."""
        if "_client" in vars(self):
            self._client.close()

    def look(self) -> OutsideFound | OutsideNotFound:
        """Return what the shop says of itself."""
        return look_at_shop(self.shop, self._client)

    def form(self, item: Item, attributes: Sequence[Attribute]) -> ProductForm:
        """Return a record as a product. Raises BadItem."""
        return product_form(item, self._mappings(attributes), attributes)

    def prepare(self) -> None:
        """Have the shop know the metafield that holds ids of records."""
        self._push(()).define_id()

    def ids(self) -> Iterator[str]:
        """Yield the ids of all products of the shop."""
        return read_ids(self._client)

    def candidates(self, form: ProductForm) -> Iterator[list[str]]:
        """Return the products that may be a record's: by its id, by its SKUs, by its handle."""
        return find_candidates(self._client, form)

    def read(self, product_id: str) -> RemoteProduct | None:
        """Return a product of the shop; None when it says that it is not there."""
        return read_product(self._client, product_id, self._mappings(()))

    def pages(self) -> Iterator[Sequence[RemoteProduct]]:
        """Yield all products of the shop, whole."""
        return read_pages(self._client, self._mappings(()))

    def incoming(self, remote: RemoteProduct, attributes: Sequence[Attribute]) -> Incoming:
        """Return a product in attributes of a schema."""
        return incoming_product(remote, self._mappings(attributes), self._unit)

    def create(self, form: ProductForm, attributes: Sequence[Attribute]) -> Pushed:
        """Create a product; asked twice it makes one."""
        return self._push(attributes).create(form)

    def noted(
        self,
        form: ProductForm,
        remote: RemoteProduct,
        known: Known,
        attributes: Sequence[Attribute],
    ) -> Known:
        """Return what is to be kept before a product is written: what will be uploaded."""
        return self._push(attributes).made.noted(form, remote, known)

    def update(
        self,
        form: ProductForm,
        remote: RemoteProduct,
        known: Known,
        attributes: Sequence[Attribute],
    ) -> Pushed:
        """Write the mapped fields of a product, and nothing else."""
        return self._push(attributes).update(form, remote, known)

    def archive(self, product_id: str) -> None:
        """Take a product out of sale."""
        self._push(()).archive(product_id)

    def _mappings(self, attributes: Sequence[Attribute]) -> tuple[FieldMapping, ...]:
        return effective_mappings(self.mapped, [one.alias for one in attributes])

    def _push(self, attributes: Sequence[Attribute]) -> ProductPush:
        types = {one.alias: one.type for one in attributes}
        made = ProductInput(self._mappings(attributes), types, self._unit)
        return ProductPush(self._client, made, self.config.get("newProductStatus") or "DRAFT")
