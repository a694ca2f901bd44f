"""params.after of getList: pages that go on where the last one ended."""

import base64
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.conditions.condition import Operand
from pims_api.domain.cursor import BEGINNING, ListPlace
from pims_api.errors import BadInput
from pims_api.services.dimensions import add_locale
from pims_api.storage.catalogue_index.order.keys import OrderKey
from pims_api.storage.history.changes import Actor
from pims_api.storage.unit_of_work import unit_of_work
from schemas.pims.products.cursor import CursorKind
from tests.pims.tool_shop import WITH_VARIATIONS, WITHOUT_VARIATIONS

POINTER = "/params/after"
ORDERS = [
    ("default order", {"includeVariants": True, "includeDeleted": True}),
    ("SKUs", {"order": [{"attribute": "sku"}], "includeVariants": True}),
    ("SKUs downwards", {"order": [{"attribute": "sku", "direction": "DESC"}]}),
    ("numbers", {"order": [{"attribute": "price"}], "includeVariants": True}),
    ("numbers downwards", {"order": [{"attribute": "price", "direction": "DESC"}]}),
    ("dates", {"order": [{"attribute": "released", "direction": "DESC"}]}),
    ("texts", {"order": [{"attribute": "title"}], "includeVariants": True}),
    ("flags", {"order": [{"attribute": "in_stock", "direction": "DESC"}]}),
    ("dropdowns, then numbers", {"order": [{"attribute": "color"}, {"attribute": "weight"}]}),
    ("links", {"order": [{"attribute": "variation_of"}], "includeVariants": True}),
    ("a search", {"search": "saw", "includeVariants": True}),
    ("a search, ordered", {"search": "saw", "order": [{"attribute": "price"}],
                           "includeVariants": True}),
    ("nothing found", {"search": "nowhere"}),
    ("a filter", {"filter_values": {"color": "red|green|blue"}}),
]  # fmt: skip


def skus_of(reply):
    return [one["sku"] for one in reply["products"]]


@pytest.fixture
def pages():
    """`pages(pims, params, size)`: the SKUs of all pages, one list per page."""

    def walk(pims, params, size, **context):
        after, found = "", []
        while after is not None:
            asked = params | {"after": after, "pagination": {"pageSize": size}}
            reply = pims("getList", params=asked, status=200, **context)
            found.append(skus_of(reply))
            after = reply.get("next")
        return found

    return walk


@pytest.mark.parametrize(("case", "params"), ORDERS)
@pytest.mark.parametrize("size", [1, 2, 4, 500])
def test_pages_are_the_list_cut_in_pieces(tool_shop, pages, case, params, size) -> None:
    whole = tool_shop("getList", params=params | {"pagination": {"pageSize": 500}}, status=200)
    found = pages(tool_shop, params, size)

    assert [sku for page in found for sku in page] == skus_of(whole)
    assert {len(page) for page in found[:-1]} <= {size}
    assert whole["sku_count"] == sum(map(len, found))


def test_a_reply_without_after_has_no_further_keys(tool_shop) -> None:
    reply = tool_shop("getList", params={"pagination": {"pageSize": 2}, "after": None}, status=200)

    assert list(reply) == ["status", "products", "definition", "sku_count"]


def test_next_stands_after_the_exact_number_and_is_left_out_at_the_end(tool_shop) -> None:
    params = {"after": "", "pagination": {"pageSize": 5}}
    first = tool_shop("getList", params=params, status=200)
    last = tool_shop("getList", params=params | {"after": first["next"]}, status=200)

    assert list(first) == ["status", "products", "definition", "sku_count", "next"]
    assert skus_of(first) + skus_of(last) == WITHOUT_VARIATIONS
    assert "next" not in last
    assert first["sku_count"] == last["sku_count"] == len(WITHOUT_VARIATIONS)


def test_the_page_may_change_its_size_and_have_a_number_of_1(tool_shop) -> None:
    first = tool_shop("getList", params={"after": "", "pagination": {"pageSize": 1}}, status=200)
    page = {"pageSize": 3, "pageNum": 1}
    second = tool_shop("getList", params={"after": first["next"], "pagination": page}, status=200)

    assert skus_of(second) == WITHOUT_VARIATIONS[1:4]


def test_a_cursor_is_made_of_characters_that_need_no_escape(tool_shop) -> None:
    params = {"after": "", "pagination": {"pageSize": 6}, "order": [{"attribute": "title"}]}
    text = tool_shop("getList", params=params, status=200)["next"]

    assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


class TestRefusals:
    def refused(self, tool_shop, **params):
        reply = tool_shop("getList", params=params, status=400)
        [error] = reply["errors"]
        assert error["pointer"] == POINTER
        return error

    def encoded(self, content, *, spaced: bool = False):
        text = json.dumps(content, ensure_ascii=False, separators=None if spaced else (",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def content(self, tool_shop, **params):
        wanted = params | {"after": "", "pagination": {"pageSize": 1}}
        text = tool_shop("getList", params=wanted, status=200)["next"]
        return json.loads(base64.urlsafe_b64decode(text + "=="))

    def test_a_page_number_above_1(self, tool_shop) -> None:
        error = self.refused(tool_shop, after="", pagination={"pageNum": 2})
        assert error["code"] == "range"
        assert "leave pageNum out" in error["message"]

    @pytest.mark.parametrize(
        "text", ["x", "abc", "%%%", "ä", " ", "bnVsbA", "e30", "W10", "WzFd", "eA==", "{}"]
    )
    def test_what_is_no_cursor(self, tool_shop, text) -> None:
        error = self.refused(tool_shop, after=text)
        assert error["code"] == "syntax"
        assert '"" to start from the beginning' in error["message"]

    @pytest.mark.parametrize("wrong", [5, True, [], {}])
    def test_what_is_no_text(self, tool_shop, wrong) -> None:
        assert self.refused(tool_shop, after=wrong)["code"] == "type"

    @pytest.mark.parametrize(
        "others",
        [
            {"order": [{"attribute": "sku"}]},
            {"order": [{"attribute": "price"}]},
            {"order": [{"attribute": "price", "direction": "DESC"}, {"attribute": "color"}]},
            {"search": "saw"},
        ],
    )
    def test_a_cursor_of_another_order(self, tool_shop, others) -> None:
        text = self.encoded(self.content(tool_shop, includeVariants=True))
        error = self.refused(tool_shop, after=text, **others)
        assert error["code"] == "range"
        assert "another order" in error["message"]
        own = self.encoded(self.content(tool_shop, includeVariants=True, **others))
        assert self.refused(tool_shop, after=own)["code"] == "range"

    @pytest.mark.parametrize(
        ("attribute", "value"),
        [
            ("price", True), ("price", 5), ("price", "5.0"), ("price", "1e5"), ("price", "NaN"),
            ("price", "Infinity"), ("price", "9" * 41), ("price", ["5"]), ("price", "\u0665"),
            ("released", "2024-02-30"), ("released", "yesterday"), ("released", 2024),
            ("in_stock", "true"), ("in_stock", 1), ("title", 5), ("title", "\x00"),
            ("title", {"a": 1}), ("color", False),
        ],
    )  # fmt: skip
    def test_a_forged_value(self, tool_shop, attribute, value) -> None:
        order = [{"attribute": attribute}]
        mark, sku, _ = self.content(tool_shop, order=order)
        forged = self.encoded([mark, sku, value])
        assert self.refused(tool_shop, after=forged, order=order)["code"] == "syntax"

    @pytest.mark.parametrize(
        "rest", [[], [0], [-1], [True], ["1"], [1.5], [2**63], [2**70], [1, 2], [None], [[]]]
    )
    def test_a_forged_place_in_the_default_order(self, tool_shop, rest) -> None:
        mark, sku, _ = self.content(tool_shop)
        assert self.refused(tool_shop, after=self.encoded([mark, sku, *rest]))["code"] == "syntax"

    @pytest.mark.parametrize("sku", ["", 5, None, "G1\x00", ["G1"]])
    def test_a_forged_sku(self, tool_shop, sku) -> None:
        mark, _, sequence = self.content(tool_shop)
        forged = self.encoded([mark, sku, sequence])
        assert self.refused(tool_shop, after=forged)["code"] == "syntax"

    @pytest.mark.parametrize(("sku", "sequence"), [("G2", None), ("G1", 1), ("G1", 2**60)])
    def test_a_place_that_never_was(self, tool_shop, sku, sequence) -> None:
        mark, _, now = self.content(tool_shop)
        forged = self.encoded([mark, sku, sequence or now])
        assert self.refused(tool_shop, after=forged)["code"] == "range"

    def test_another_spelling_of_a_cursor(self, tool_shop) -> None:
        forged = self.encoded(self.content(tool_shop), spaced=True)
        assert self.refused(tool_shop, after=forged)["code"] == "syntax"

    def test_other_faults_come_first(self, tool_shop) -> None:
        params = {"after": "x", "order": [{"attribute": "nope"}]}
        reply = tool_shop("getList", params=params, status=400)
        assert [one["pointer"] for one in reply["errors"]] == ["/params/order/0/attribute"]


def test_a_page_by_cursor_sends_as_many_statements_at_any_depth(
    pims, queries, given_attribute, given_product
) -> None:
    given_attribute("price", "number", isFilterable="y")
    for number in range(60):
        given_product(f"P{number:02}", price=f"{number // 2}")
    for order in ([], [{"attribute": "sku"}], [{"attribute": "price"}], [{"attribute": "title"}]):
        params, counts = {"order": order, "after": "", "pagination": {"pageSize": 4}}, []
        while params["after"] is not None:
            with queries() as sent:
                reply = pims("getList", params=params, status=200)
            params["after"] = reply.get("next")
            counts.append(len(sent))
        assert len(counts) == 15
        assert len(set(counts[1:])) == 1
        assert counts[1] <= 20


def test_an_order_by_the_values_of_a_locale(
    pims, pages, given_attribute, given_product, database
) -> None:
    with unit_of_work(database, 1, Actor("tests")) as work:
        add_locale(work, "de")
    given_attribute("name", isFilterable="y", isLocalizable="y")
    for sku, name, german in (("A", "b", None), ("B", "a", "c"), ("C", None, "a"), ("D", "d", "b")):
        given_product(sku, name=name)
        pims("editProduct", sku=sku, locale="de", data={"attributes": {"name": german}})
    params = {"order": [{"attribute": "name"}]}

    assert pages(pims, params, 1) == [["B"], ["A"], ["D"], ["C"]]
    assert pages(pims, params, 1, locale="de") == [["C"], ["A"], ["D"], ["B"]]
    first = params | {"after": "", "pagination": {"pageSize": 1}}
    after = pims("getList", params=first, status=200)["next"]
    other = pims("getList", params=params | {"after": after}, locale="de", status=400)
    assert "another order" in other["status_message"]


def test_all_variations_stand_where_they_stood(tool_shop, pages) -> None:
    found = pages(tool_shop, {"includeVariants": True}, 1)

    assert found == [[sku] for sku in WITH_VARIATIONS]


_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
_VALUES = {
    ValueType.NUMBER: st.decimals(-(10**20), 10**20, places=9, allow_nan=False),
    ValueType.DATE: st.dates().map(str),
    ValueType.BOOLEAN: st.booleans(),
    ValueType.STRING: _TEXTS,
    ValueType.OPTION: _TEXTS,
}


def kind_of(*types: ValueType, search: str = "") -> CursorKind:
    attributes = [Attribute(100 + n, f"a{n}", f"a{n}", one) for n, one in enumerate(types)]
    return CursorKind([OrderKey(Operand(one)) for one in attributes], search)


@given(data=st.data(), types=st.lists(st.sampled_from(sorted(_VALUES)), min_size=1, max_size=3))
def test_a_cursor_reads_as_the_place_that_was_written(data, types) -> None:
    values = [data.draw(st.one_of(st.none(), _VALUES[one])) for one in types]
    place = ListPlace(data.draw(_TEXTS.filter(bool)), values=tuple(values))

    assert kind_of(*types).read(kind_of(*types).text(place)) == place


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        (kind_of(), ListPlace("A", sequence=7)),
        (kind_of(search="rod"), ListPlace("A", in_title=True)),
        (kind_of(search="rod"), ListPlace("Ä\x7f")),
        (kind_of(ValueType.NUMBER), ListPlace("A", values=(Decimal("-0.00000001"),))),
    ],
)
def test_places_of_every_order_come_back(kind, place) -> None:
    assert kind.read(kind.text(place)) == place
    assert kind.read("") == BEGINNING


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda part: st.one_of(
        st.lists(part, max_size=4), st.dictionaries(st.text(), part, max_size=2)
    ),
    max_leaves=6,
)


@given(st.one_of(st.text(min_size=1), _JSON.map(lambda one: encoded_json(one))))
def test_whatever_else_is_sent_is_refused(text) -> None:
    for kind in (kind_of(), kind_of(ValueType.NUMBER, ValueType.DATE), kind_of(search="rod")):
        with pytest.raises(BadInput):
            kind.read(text)


@given(st.sampled_from([(), (ValueType.NUMBER,), (ValueType.DATE,), (ValueType.BOOLEAN,)]),
       st.lists(_JSON, max_size=3))  # fmt: skip
def test_what_is_forged_is_refused_or_a_place(types, rest) -> None:
    kind = kind_of(*types)
    mark = json.loads(
        base64.urlsafe_b64decode(kind.text(ListPlace("A", (None,) * len(types))) + "==")
    )
    try:
        place = kind.read(encoded_json([mark[0], *rest]))
    except BadInput:
        return
    assert kind.read(kind.text(place)) == place


def encoded_json(content) -> str:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    encoded = text.encode(errors="surrogatepass")
    return base64.urlsafe_b64encode(encoded).decode().rstrip("=")


def test_a_moment_of_a_cursor_is_its_point_in_time() -> None:
    """Cursors held moments as they were sent, before they were compared by points in time."""
    seen = Attribute(100, "seen", "seen", ValueType.DATETIME, indexable=True)
    kind = CursorKind([OrderKey(Operand(seen, ("",)))], "")
    for moment in ("2024-02-13T10:00:00-05:00", "2024-02-13T15:00:00"):
        read = kind.read(kind.text(ListPlace("A", values=(moment,))))
        assert read.values == ("2024-02-13T15:00:00",)
    with pytest.raises(BadInput):
        kind.read(kind.text(ListPlace("A", values=("noon",))))
