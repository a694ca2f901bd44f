"""Writing products to a shop.

Source: docs/channels.md, Pushing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pims_api.connectors.base import Pushed as Pushed
from pims_api.connectors.shopify.client import ShopClient, ShopRefused
from pims_api.connectors.shopify.fields.mapping import FieldMapping, at_level
from pims_api.connectors.shopify.fields.targets import ID_METAFIELD, Kind, Level
from pims_api.connectors.shopify.media import written_files
from pims_api.connectors.shopify.product_form import (
    DEFAULT_OPTION,
    DEFAULT_VALUE,
    ProductForm,
    VariantForm,
)
from pims_api.connectors.shopify.product_input import Known, ProductInput
from pims_api.connectors.shopify.remote_product import (
    KEYS,
    WHOLE,
    WHOLE_SIZES,
    RemoteProduct,
    find_by_record,
    metafield_keys,
    read_product,
    variant_fields,
    whole_product,
)

_SET = f"""
mutation Push($input: ProductSetInput!, $identifier: ProductSetIdentifiers,
              {WHOLE_SIZES}, {KEYS}) {{
  productSet(input: $input, identifier: $identifier, synchronous: true) {{
    product {{ {WHOLE} }} userErrors {{ code field message }}
  }}
}}
"""
_METAFIELDS = """
mutation Metafields($metafields: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $metafields) { userErrors { code field message elementIndex } }
}
"""
_DEFINE = """
mutation Define($definition: MetafieldDefinitionInput!) {
  metafieldDefinitionCreate(definition: $definition) { userErrors { code field message } }
}
"""
METAFIELDS_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class ProductPush:
    """Writes products. new_status: of those that it creates, unless a mapping says otherwise."""

    client: ShopClient
    made: ProductInput
    new_status: str = "DRAFT"

    @property
    def mappings(self) -> Sequence[FieldMapping]:
        """What is mapped."""
        return self.made.mappings

    def define_id(self) -> None:
        """Have the shop know the metafield that holds ids of records; it may know it already."""
        space, key = ID_METAFIELD
        wanted = {"name": "PIMS record", "namespace": space, "key": key, "type": "id"}
        sent = {"definition": wanted | {"ownerType": "PRODUCT"}}
        errors = self.client.ask(_DEFINE, sent)["metafieldDefinitionCreate"]["userErrors"]
        _refuse([one for one in errors if one["code"] != "TAKEN"])

    def create(self, form: ProductForm) -> Pushed:
        """Create a product. Asked twice it makes one, for it is known by the id of its record."""
        space, key = ID_METAFIELD
        place = {"namespace": space, "key": key, "value": form.id}
        sent = self.made.fields(form, None, Known(""))
        sent.setdefault("status", self.new_status)
        sent["metafields"] = [
            place | {"type": "id"},
            *self.made.metafields(form.fields, Level.PRODUCT),
        ]
        sent |= self.made.variants(form, None, Known(""))
        return self._set(form, sent, {"customId": place}, Known(""), ())

    def update(self, form: ProductForm, remote: RemoteProduct, known: Known) -> Pushed:
        """Write the mapped fields of a product that is there."""
        sent = self.made.fields(form, remote, known) | self.made.variants(form, remote, known)
        return self._set(form, sent, {"id": remote.id}, known, remote.media)

    def archive(self, product_id: str) -> None:
        """Take a product out of the shop without deleting it."""
        wanted = {"input": {"status": "ARCHIVED"}, "identifier": {"id": product_id}}
        variables = metafield_keys(()) | wanted
        _refuse(self.client.ask_whole(_SET, variables)["productSet"]["userErrors"])

    def _set(
        self,
        form: ProductForm,
        sent: dict[str, Any],
        identifier: dict[str, Any],
        known: Known,
        media: Sequence[str],
    ) -> Pushed:
        """Write a product. media: those that it has before."""
        variables = metafield_keys(self.mappings) | {"input": sent, "identifier": identifier}

        def again() -> dict[str, Any]:
            return {"input": sent | self._files_now(sent, form, known, media)}

        is_upload = any("originalSource" in one for one in sent.get("files", ()))
        answer = self.client.ask_whole(_SET, variables, again if is_upload else None)["productSet"]
        _refuse(answer["userErrors"])
        remote = whole_product(self.client, answer["product"], self.mappings)
        variants = _written(form, remote, known)
        if self._set_metafields(form, remote, variants):
            remote = read_product(self.client, remote.id, self.mappings) or remote
        files = written_files(sent, form.fields.get("media") or [], remote, known)
        kept = Known(remote.id, variants, form.fields.get("tags") or (), files)
        return Pushed(kept, remote, tuple(self._notes(form, remote, variants)))

    def _files_now(
        self, sent: Mapping[str, Any], form: ProductForm, known: Known, before: Sequence[str]
    ) -> dict[str, Any]:
        """Return the files to be sent after an answer was lost.

        What was uploaded all the same is named by its id, for a source sent again is uploaded
        again. A shop keeps the order in which files were sent.
        """
        files = sent["files"]
        number = known.product_id or find_by_record(self.client, form.id)
        remote = None if number is None else read_product(self.client, number, ())
        new = [one for one in (remote.media if remote is not None else ()) if one not in before]
        if len(new) < sum("originalSource" in one for one in files):
            return {"files": files}
        numbers = iter(new)
        return {
            "files": [{"id": next(numbers)} if "originalSource" in one else one for one in files]
        }

    def _set_metafields(
        self, form: ProductForm, remote: RemoteProduct, variants: Mapping[str, str]
    ) -> bool:
        """Write the metafields that the shop does not have as they are to be; say whether any."""
        wanted = []
        if remote.record_id != form.id:
            space, key = ID_METAFIELD
            place = {"namespace": space, "key": key, "type": "id", "value": form.id}
            wanted.append(place | {"ownerId": remote.id})
        wanted += _differing(
            remote.id, remote.node, self.made.metafields(form.fields, Level.PRODUCT)
        )
        nodes = {one.id: one.node for one in remote.variants}
        for one in form.variants:
            if one.id not in variants:
                continue
            number = variants[one.id]
            metafields = self.made.metafields(one.fields, Level.VARIANT)
            wanted += _differing(number, nodes[number], metafields)
        for start in range(0, len(wanted), METAFIELDS_AT_ONCE):
            sent = {"metafields": wanted[start : start + METAFIELDS_AT_ONCE]}
            _refuse(self.client.ask(_METAFIELDS, sent)["metafieldsSet"]["userErrors"])
        return bool(wanted)

    def _notes(
        self, form: ProductForm, remote: RemoteProduct, variants: Mapping[str, str]
    ) -> list[str]:
        """Return what could not be cleared: a shop has no empty metafields."""
        of_product, of_variants = (
            [one for one in at_level(self.mappings, level) if one.target.kind is Kind.METAFIELD]
            for level in (Level.PRODUCT, Level.VARIANT)
        )
        nodes = {one.id: one for one in remote.variants}
        left = _left(of_product, form.fields, remote.fields(of_product))
        for one in (each for each in form.variants if each.id in variants):
            held = variant_fields(nodes[variants[one.id]], of_variants)
            left |= _left(of_variants, one.fields, held)
        return [f"{one} could not be cleared, for a shop has no empty metafields." for one in left]


def _left(
    mappings: Sequence[FieldMapping], wanted: Mapping[str, Any], held: Mapping[str, Any]
) -> dict[str, None]:
    """Return the fields that are to hold nothing, and hold something."""
    names = {str(one.target): one.target.name for one in mappings}
    return {
        told: None
        for told, name in names.items()
        if wanted[name] is None and held[name] is not None
    }


def _refuse(errors: Sequence[Mapping[str, Any]]) -> None:
    if errors:
        raise ShopRefused("; ".join(str(one["message"]) for one in errors))


def _differing(
    owner: str, node: Mapping[str, Any], metafields: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the metafields that an owner has otherwise; one that is there keeps its type."""
    there = {(one["namespace"], one["key"]): one for one in node["metafields"]["nodes"]}
    wanted = []
    for one in metafields:
        held = there.get((one["namespace"], one["key"]))
        if held is None or held["value"] != one["value"]:
            kind = one["type"] if held is None else held["type"]
            wanted.append(one | {"ownerId": owner, "type": kind})
    return wanted


def _written(form: ProductForm, remote: RemoteProduct, known: Known) -> dict[str, str]:
    """Return the shop's ids of our variants, by leaf. Raises ShopRefused when one is missing.

    A record without variants has none of its own in a product that is left with those of others.
    """
    by_choice = {frozenset(one.choice): one.id for one in remote.variants}
    there = {one.id for one in remote.variants}
    found = {}
    for one in form.variants:
        number = known.variants.get(one.id) if one.id in known.variants else None
        if number not in there:
            choice = one.choice or ((DEFAULT_OPTION, DEFAULT_VALUE),)
            number = by_choice.get(frozenset(choice)) or _by_sku(one, remote)
        if number is not None:
            found[one.id] = number
        elif one.choice:
            raise ShopRefused(f"The shop did not keep the variant {one.id}.")
    return found


def _by_sku(one: VariantForm, remote: RemoteProduct) -> str | None:
    sku = one.fields.get("sku")
    return next((each.id for each in remote.variants if sku and each.sku == sku), None)
