"""Variations: links, computed attributes, the matrix."""

import pytest


@pytest.fixture(autouse=True)
def diameter(given_attribute):
    given_attribute("rod_diameter", "number", isFilterable="y")
    given_attribute("finish")


@pytest.fixture
def rods(given_product):
    """Parent P of 10 mm with the variations B (20), A (30)."""
    given_product("P", rod_diameter="10", variation_attributes=["rod_diameter"])
    given_product("B", rod_diameter="20", variation_of="P")
    given_product("A", rod_diameter="30", variation_of="P")


def family(attributes):
    """Return what a product shows of its family: parent, attributes, SKUs, matrix."""
    names = ("of", "attributes", "skus", "matrix")
    return tuple(attributes[f"variation_{name}"] for name in names)


def refused(pims, unchanged, sku, values, status=400):
    with unchanged():
        reply = pims("editProduct", sku=sku, data={"attributes": values}, status=status)
    return [(error["code"], error["attribute"]) for error in reply["errors"]]


def test_a_parent_lists_its_variations_by_sku_with_their_values(rods, shown) -> None:
    assert family(shown("P")) == (
        None,
        ["rod_diameter"],
        ["A", "B"],
        {
            "A": {"rod_diameter": ["30"]},
            "B": {"rod_diameter": ["20"]},
            "P": {"rod_diameter": ["10"]},
        },
    )


def test_a_variation_shows_its_parent_and_the_parents_attributes(rods, shown) -> None:
    for sku in ("A", "B"):
        assert family(shown(sku)) == ("P", ["rod_diameter"], [], {})


def test_the_reply_of_a_write_shows_the_family_as_it_is_now(pims, rods, edit) -> None:
    reply = edit("P", rod_diameter="11")

    assert reply["data"]["attributes"]["variation_skus"] == ["A", "B"]
    matrix = reply["data"]["attributes"]["variation_matrix"]
    assert matrix["P"] == {"rod_diameter": ["11"]}


def test_a_matrix_shows_unset_and_many_values_as_lists(
    given_attribute, given_product, shown
) -> None:
    given_attribute("tags", collection="y")
    given_product("P", variation_attributes=["tags", "finish"], tags=["x", "y"])
    given_product("C", variation_of="P", finish="matt")

    assert shown("P")["variation_matrix"] == {
        "P": {"tags": ["x", "y"], "finish": []},
        "C": {"tags": [], "finish": ["matt"]},
    }


def test_a_matrix_without_variation_attributes_names_the_members(given_product, shown) -> None:
    given_product("P")
    given_product("C", variation_of="P")

    assert family(shown("P")) == (None, [], ["C"], {"P": {}, "C": {}})


def test_own_variation_attributes_of_a_variation_give_way_to_the_parents(
    given_product, rods, edit, shown
) -> None:
    edit("A", variation_attributes=["finish"])
    assert shown("A")["variation_attributes"] == ["rod_diameter"]

    edit("A", variation_of=None)
    assert shown("A")["variation_attributes"] == ["finish"]


def test_descendants_show_those_of_the_nearest_ancestor_that_has_some(
    given_product, rods, edit, shown
) -> None:
    given_product("A1", variation_of="A")
    given_product("A11", variation_of="A1")
    assert shown("A11")["variation_attributes"] == ["rod_diameter"]

    edit("A1", variation_attributes=["finish"])

    assert shown("A11")["variation_attributes"] == ["finish"]
    assert shown("A1")["variation_attributes"] == ["rod_diameter"]


def test_skus_asked_alone_are_those_of_the_matrix(pims, given_product, rods, edit) -> None:
    given_product("A1", variation_of="A")
    edit("B", status="deleted")
    wanted = {"attributes": ["variation_skus"], "includeVariants": True}
    found = pims("getList", params=wanted, status=200)["products"]
    skus = {one["sku"]: one["data"]["attributes"]["variation_skus"] for one in found}
    assert skus == {"P": ["A"], "A": ["A1"], "A1": []}


def test_only_direct_variations_are_listed(given_product, rods, shown) -> None:
    given_product("A1", variation_of="A", rod_diameter="31")

    assert shown("P")["variation_skus"] == ["A", "B"]
    assert family(shown("A")) == (
        "P",
        ["rod_diameter"],
        ["A1"],
        {"A": {"rod_diameter": ["30"]}, "A1": {"rod_diameter": ["31"]}},
    )


@pytest.mark.parametrize("nothing", [None, ""])
def test_unlinks(rods, edit, shown, nothing) -> None:
    edit("A", variation_of=nothing)

    assert family(shown("A")) == (None, [], [], {})
    assert shown("P")["variation_skus"] == ["B"]
    assert set(shown("P")["variation_matrix"]) == {"P", "B"}


def test_links_to_another_parent(given_product, rods, edit, shown) -> None:
    given_product("Q")

    edit("A", variation_of="Q")

    assert shown("P")["variation_skus"] == ["B"]
    assert shown("Q")["variation_skus"] == ["A"]


def test_a_parent_knows_nothing_of_it_in_its_history(rods, edit, history, shown) -> None:
    edit("A", variation_of=None)

    assert len(history("P")) == 1
    assert history("A")[-1] == ({"variation_of": "P"}, {"variation_of": None})


@pytest.mark.parametrize(
    ("case", "sku", "parent", "code"),
    [
        ("nobody", "A", "NONE", "not_found"),
        ("other case", "A", "p", "not_found"),
        ("itself", "P", "P", "cycle"),
        ("its variation", "P", "A", "cycle"),
        ("its variation's variation", "P", "A1", "cycle"),
        ("a list", "A", ["P"], "type"),
        ("a number", "A", 5, "type"),
        ("a flag", "A", True, "type"),
    ],
)
def test_refuses_links(pims, given_product, rods, unchanged, case, sku, parent, code) -> None:
    given_product("A1", variation_of="A")

    assert refused(pims, unchanged, sku, {"variation_of": parent}) == [(code, "variation_of")]


def test_a_product_cannot_be_created_as_its_own_variation(pims, unchanged) -> None:
    with unchanged():
        values = {"attributes": {"variation_of": "A"}}
        reply = pims("createProduct", sku="A", data=values, status=400)

    assert [error["attribute"] for error in reply["errors"]] == ["variation_of"]


def test_variation_attributes_must_be_attributes(pims, rods, unchanged) -> None:
    [(code, name)] = refused(pims, unchanged, "P", {"variation_attributes": ["rod_diamter"]})

    assert (code, name) == ("unknown_attribute", "variation_attributes")


def test_links_and_their_parents_may_be_deleted_and_restored(rods, edit, shown) -> None:
    edit("A", status="deleted")
    assert shown("P")["variation_skus"] == ["B"]
    assert set(shown("P")["variation_matrix"]) == {"P", "B"}
    assert shown("A")["variation_of"] == "P"

    edit("A", status="inactive")
    assert shown("P")["variation_skus"] == ["A", "B"]

    edit("P", status="deleted")
    assert family(shown("A"))[:2] == ("P", ["rod_diameter"])


def test_a_product_whose_variations_are_all_deleted_has_no_matrix(rods, edit, shown) -> None:
    edit("A", status="deleted")
    edit("B", status="deleted")

    assert family(shown("P")) == (None, ["rod_diameter"], [], {})


def test_lists_leave_variations_out_unless_asked(pims, rods) -> None:
    def listed(**params):
        reply = pims("getList", params=params, status=200)
        return [one["sku"] for one in reply["products"]], reply["sku_count"]

    assert listed() == (["P"], 1)
    assert listed(includeVariants=True) == (["P", "A", "B"], 3)


def test_the_default_order_keeps_families_together(pims, given_product, edit) -> None:
    for sku in ("P", "P 1", "P!", "Pa", "O"):
        given_product(sku)
    given_product("Z", variation_of="P")
    given_product("M", variation_of="P")
    given_product("Q", variation_of="M")
    params = {"includeVariants": True}

    def skus():
        return [one["sku"] for one in pims("getList", params=params)["products"]]

    assert skus() == ["O", "P", "M", "Q", "Z", "P 1", "P!", "Pa"]
    edit("M", variation_of="O")  # its own variation moves along
    assert skus() == ["O", "M", "Q", "P", "Z", "P 1", "P!", "Pa"]
    edit("M", variation_of=None)
    assert skus() == ["M", "Q", "O", "P", "Z", "P 1", "P!", "Pa"]


class TestSameCombination:
    def warnings(self, reply):
        return [warning["code"] for warning in reply.get("warnings", [])]

    def test_of_two_variations_is_a_warning(self, rods, edit, shown) -> None:
        reply = edit("A", rod_diameter="20")

        assert self.warnings(reply) == ["not_unique"]
        assert "B" in reply["warnings"][0]["message"]
        assert shown("A")["rod_diameter"] == "20"

    def test_of_a_variation_and_its_parent_is_a_warning(self, rods, edit) -> None:
        assert self.warnings(edit("A", rod_diameter="10")) == ["not_unique"]

    def test_of_a_new_variation_is_a_warning(self, given_product, rods) -> None:
        reply = given_product("C", variation_of="P", rod_diameter="20")

        assert self.warnings(reply) == ["not_unique"]

    def test_of_a_deleted_variation_is_none(self, rods, edit) -> None:
        edit("B", status="deleted")

        assert self.warnings(edit("A", rod_diameter="20")) == []

    def test_when_a_variation_is_restored_is_a_warning(self, rods, edit) -> None:
        edit("B", status="deleted")
        edit("A", rod_diameter="20")

        assert self.warnings(edit("B", status="active")) == ["not_unique"]

    def test_needs_variation_attributes(self, given_product) -> None:
        given_product("Q")
        given_product("C", variation_of="Q")

        assert self.warnings(given_product("D", variation_of="Q")) == []


@pytest.mark.parametrize("strict", [False, True])
def test_computed_attributes_cannot_be_written(pims, rods, unchanged, strict) -> None:
    values = {"variation_skus": ["A"], "variation_matrix": {"A": {}}}
    status = 400 if strict else 200

    with unchanged():
        reply = pims(
            "editProduct", sku="P", data={"attributes": values}, strict=strict, status=status
        )

    told = reply["errors" if strict else "warnings"]
    assert {(one["code"], one["attribute"]) for one in told} == {
        ("read_only", "variation_skus"),
        ("read_only", "variation_matrix"),
    }


def test_a_chain_may_be_long(pims, given_product, shown) -> None:
    given_product("L00", variation_attributes=["finish"])
    for depth in range(1, 30):
        given_product(f"L{depth:02}", variation_of=f"L{depth - 1:02}")

    assert shown("L29")["variation_attributes"] == ["finish"]
    assert refusal_of_cycle(pims) == "cycle"


def refusal_of_cycle(pims):
    values = {"attributes": {"variation_of": "L29"}}
    [error] = pims("editProduct", sku="L00", data=values, status=400)["errors"]
    return error["code"]


def test_a_chain_beyond_the_limit_is_refused_with_a_reason(pims, given_product, unchanged) -> None:
    parent = None
    for letter in "abcdefg":
        given_product(letter * 255, variation_of=parent)
        parent = letter * 255

    with unchanged():
        values = {"attributes": {"variation_of": parent}}
        reply = pims("createProduct", sku="h" * 255, data=values, status=400)

    assert [error["code"] for error in reply["errors"]] == ["limit"]


def test_params_attributes_do_not_change_what_is_shown(pims, given_attribute, given_product):
    given_attribute("width", "number")
    given_product("BAR", variation_attributes=["width"], width="1")
    given_product("BAR-2", variation_of="BAR", width="2")
    params = {"attributes": ["variation_attributes", "variation_matrix"]}
    answer = pims("listProduct", sku="BAR", params=params, status=200)
    assert answer["data"]["attributes"] == {
        "sku": "BAR",
        "variation_attributes": ["width"],
        "variation_matrix": {"BAR-2": {"width": ["2"]}, "BAR": {"width": ["1"]}},
    }


def test_naming_what_varies_warns_of_twins(pims, given_attribute, given_product):
    given_attribute("width", "number")
    given_product("BAR")
    for sku in ("BAR-1", "BAR-2"):
        given_product(sku, variation_of="BAR", width="9")
    values = {"variation_attributes": ["width"]}
    answer = pims("editProduct", sku="BAR", data={"attributes": values}, status=200)
    assert [one["message"] for one in answer["warnings"]] == [
        "BAR-1 and BAR-2 have the same combination of variation values."
    ]


def test_a_third_of_a_kind_is_warned_of_by_its_own_sku(pims, given_attribute, given_product):
    given_attribute("width", "number")
    given_product("BAR", variation_attributes=["width"])
    for sku in ("BAR-1", "BAR-2"):
        given_product(sku, variation_of="BAR", width="9")
    values = {"title": "Bar", "variation_of": "BAR", "width": "9"}
    answer = pims("createProduct", sku="BAR-3", data={"attributes": values}, status=200)
    assert [one["message"] for one in answer["warnings"]] == [
        "BAR-1 and BAR-3 have the same combination of variation values."
    ]
