"""The UnoPim demo catalogue, loaded through the Sigma face, read there and in PIMS."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.catalogues.sigma import unopim
from tests.catalogues.sources.data_folder import data_folder
from tests.catalogues.sources.unopim import OTHER_LOCALES, UnopimSource, locale_code, read
from tests.databases.fresh import ENGINES, FreshKeyedDatabase
from tests.pims.conftest import opened_app, talk
from tests.sigma.routes.shop import Shop

Json = Any


@dataclass
class Loaded:
    """A loaded catalogue. ids: of records and variants by SKU. sent: the values of each by SKU."""

    shop: Shop
    source: UnopimSource
    ids: dict[str, str] = field(default_factory=dict)
    sent: dict[str, dict[str, Json]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Json = None) -> Json:
        return self.shop.ask(method, path, body)

    def pims(self, action: str, **body: Any) -> Json:
        return talk(self.shop.app.test_client(), self.shop.key)(action, status=200, **body)


@pytest.fixture(scope="module")
def folder() -> Path:
    found = data_folder() / "unopim-demo"
    if not found.is_dir():
        pytest.skip(f"{found} is absent; PIMS_TEST_DATA names the folder of real catalogues.")
    return found


@pytest.fixture(scope="module", params=ENGINES)
def loaded(
    request: pytest.FixtureRequest, fresh_keyed_database: FreshKeyedDatabase, folder: Path
) -> Iterator[Loaded]:
    with fresh_keyed_database(request.param) as keyed, opened_app(keyed.url) as app:
        made = Loaded(Shop(app, keyed.url, keyed.key), read(folder))
        define(made, json.loads(unopim.channels_of(folder).read_text("utf-8")))
        fill(made)
        yield made


def define(loaded: Loaded, channels: Json) -> None:
    """Make dimensions, option lists, attributes, workflows, schemas and categories."""
    source = loaded.source
    for path, bodies in (
        ("/dimensions", unopim.dimensions(channels)),
        ("/option-lists", unopim.option_lists(source)),
        ("/attributes", unopim.attributes(source)),
        ("/workflows", unopim.workflows(source)),
        ("/schemas", unopim.schemas(source)),
        (unopim.TREE, unopim.categories(source)),
    ):
        for body in bodies:
            loaded.ask("POST", path, body)


def fill(loaded: Loaded) -> None:
    """Create records with their variants, put them into categories, and link them."""
    source = loaded.source
    for one in source.products:
        sku, values = one["sku"], unopim.values(source, one)
        body = {"schemaId": f"schema-{one['family']}", "values": values}
        made = loaded.ask("POST", "/records", body)["id"]
        loaded.ids[sku], loaded.sent[sku] = made, values
        for own in unopim.variants(source, one):
            child = own["sku"][0]["value"]
            variant = loaded.ask("POST", f"/records/{made}/variants", {"values": own})["id"]
            loaded.ids[child], loaded.sent[child], loaded.parents[child] = variant, own, sku
        for code in one["categories"]:
            loaded.ask("POST", f"/categories/cat-{code}/assign", {"entityId": made})
    for sku in source.links:
        found = unopim.links(source, sku, loaded.ids)
        for code, entries in found.items():
            sent = {"scopedValues": entries}
            loaded.ask("PATCH", f"/records/{loaded.ids[sku]}/values/{code}", sent)
        loaded.sent[sku] |= found


def address(loaded: Loaded, sku: str) -> str:
    if sku not in loaded.parents:
        return f"/records/{loaded.ids[sku]}"
    return f"/records/{loaded.ids[loaded.parents[sku]]}/variants/{loaded.ids[sku]}"


def test_definitions_are_read_as_they_were_sent(loaded, folder) -> None:
    source = loaded.source
    shown = {one["id"]: one for one in loaded.ask("GET", "/schemas")}
    for body in unopim.schemas(source):
        assert shown[body["id"]] == body
    shown = {one["id"]: one for one in loaded.ask("GET", "/attributes")}
    for body in list(unopim.attributes(source))[1:]:  # the SKU has rules of its own
        told = shown[body["id"]]
        assert {name: told[name] for name in body} == body
    shown = {one["id"]: one for one in loaded.ask("GET", "/option-lists")}
    for body in unopim.option_lists(source):
        values = [value | {"sortOrder": at} for at, value in enumerate(body["values"])]
        for value, told in zip(values, shown[body["id"]]["values"], strict=True):
            assert told == value
    channels = json.loads(unopim.channels_of(folder).read_text("utf-8"))
    shown = {one["id"]: one for one in loaded.ask("GET", "/dimensions")}
    for body in unopim.dimensions(channels):
        told = [{name: s[name] for name in ("id", "alias", "name")} for s in
                shown[body["id"]]["segments"]]  # fmt: skip
        assert (told, shown[body["id"]]["defaultSegmentId"]) == (
            body["segments"],
            body["defaultSegmentId"],
        )


def test_records_are_read_as_they_were_sent(loaded) -> None:
    found = []
    for family in loaded.source.families:
        page = loaded.ask("GET", f"/records?schemaId=schema-{family['code']}&limit=500")
        assert page["total"] == len(page["items"])
        found += page["items"]
    assert len(found) == 102
    for one in found:
        assert one["values"] == loaded.sent[one["values"]["sku"][0]["value"]]
        assert one["lifecycleStateId"] == "draft"


def test_variants_hold_their_axes_and_show_the_rest(loaded) -> None:
    page = loaded.ask("GET", "/variants?limit=500")
    assert page["total"] == len(page["items"]) == len(loaded.parents) == 113
    for one in page["items"]:
        assert one["values"] == loaded.sent[one["values"]["sku"][0]["value"]]
    own = {"sku", *unopim.IDENTIFIERS, *loaded.source.link_types, unopim.LINK_DATA}
    for sku, above in loaded.parents.items():
        inherited = {code: one for code, one in loaded.sent[above].items() if code not in own}
        resolved = loaded.ask("GET", f"{address(loaded, sku)}/resolved")
        assert resolved["effectiveValues"] == inherited | loaded.sent[sku]
        assert set(resolved["overriddenAttributes"]) == set(loaded.sent[sku])
        assert set(resolved["inheritedAttributes"]) == set(inherited) - set(loaded.sent[sku])


def test_categories_hold_their_records(loaded) -> None:
    def flat(nodes: list[Json]) -> Iterator[Json]:
        for node in nodes:
            below = node.pop("children")
            yield node
            yield from flat(below)

    shown = {one["id"]: one for one in flat(loaded.ask("GET", "/catalogs/cat-default/tree"))}
    bodies = list(unopim.categories(loaded.source))
    assert len(shown) == len(bodies)
    for body in bodies:
        assert {name: shown[body["id"]][name] for name in body} == body
        entities = loaded.ask("GET", f"/categories/{body['id']}/entities")
        code = body["alias"]
        held = [one["sku"] for one in loaded.source.products if code in one["categories"]]
        assert [one["values"]["sku"][0]["value"] for one in entities] == sorted(held)


def test_completeness_is_that_of_the_family(loaded) -> None:
    required = {one["code"]: one["completeness"] for one in loaded.source.families}
    published = 0
    for one in loaded.source.products:
        asked = required[one["family"]]
        filled = [code for code in asked if code in loaded.sent[one["sku"]]]
        told = loaded.ask("GET", f"{address(loaded, one['sku'])}/completeness")
        (state,) = [each for each in told["states"] if each["stateId"] == "published"]
        assert state["filled"] == filled
        assert state["score"] == round(100 * len(filled) / len(asked))
        ways = loaded.ask("GET", f"{address(loaded, one['sku'])}/transitions")
        assert [way["id"] for way in ways] == (["publish"] if state["score"] == 100 else [])
        published += state["score"] == 100
    assert published > 0


def test_an_export_shows_one_language_and_channel(loaded) -> None:
    scope = {"dim-language": "seg-de-de", "dim-channel": "seg-print", "dim-currency": "seg-eur"}
    for family in loaded.source.families:
        query = f"schemaId=schema-{family['code']}&scope={json.dumps(scope)}"
        rows = {one["sku"]: one for one in loaded.ask("GET", f"/export?{query}")}
        of_family = [one for one in loaded.source.products if one["family"] == family["code"]]
        assert rows.keys() == {one["sku"] for one in of_family}
        for one in of_family:
            words = one["locales"]["en_US"] | one["locales"].get("de_DE", {})
            shown = rows[one["sku"]]
            assert {code: shown[code] for code in words} == words
            assert (shown["price"], shown["cost"]) == (one["prices"]["EUR"], one["cost"]["EUR"])


@pytest.mark.parametrize("locale", ["en_US", *OTHER_LOCALES])
def test_pims_shows_the_same_products(loaded, locale) -> None:
    params = {"definition": False, "includeVariants": True, "pagination": {"pageSize": 500}}
    told = loaded.pims("getList", locale=locale_code(locale), params=params)
    shown = {one["sku"]: one["data"]["attributes"] for one in told["products"]}
    assert shown.keys() == loaded.sent.keys()
    for one in loaded.source.products:
        found = shown[one["sku"]]
        words = one["locales"]["en_US"] | one["locales"].get(locale, {})
        assert {code: found[code] for code in words} == words
        assert (found["price"], found["cost"]) == (
            str(one["prices"]["USD"]),
            str(one["cost"]["USD"]),
        )
        assert sorted(found["categories"]) == sorted(
            map(loaded.source.category_path, one["categories"])
        )
        for code, held in one["common"].items():
            assert found[code] == in_pims(loaded, code, held), (one["sku"], code)
        for code, targets in loaded.source.links.get(one["sku"], {}).items():
            skus = [each["sku"] if isinstance(each, dict) else each for each in targets]
            assert found[code] == skus
    for sku, above in loaded.parents.items():
        assert shown[sku]["variation_of"] == above
        assert shown[sku]["name"] is None


def in_pims(loaded: Loaded, code: str, held: Json) -> Json:
    """Return a value of the source as PIMS says it."""
    kinds: Callable[[Json], str] = unopim.kind
    words = (unopim.BASE_TYPES | loaded.source.attributes)[code]
    if isinstance(held, dict):
        return str(held["value"])
    if words["type"] == "datetime":
        return str(held).replace(" ", "T")
    return str(held) if kinds(words) == "number" else held


def test_the_check_command_finds_nothing_wrong(loaded) -> None:
    from tests.catalogues.shop import run_pims

    run_pims(loaded.shop.url, "check")
