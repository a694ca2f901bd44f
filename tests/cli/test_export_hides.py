"""Files hide what a View hides: no name, no value, no product, no further column.

Canaries stand in everything that is hidden; none is in any file.
"""

import csv
import io
import json
from zipfile import ZipFile

import pytest

from pims_api.domain.access.permission_group import PERMISSION_GROUPS
from tests.environment import settings_of
from tests.pims.conftest import new_key, talk
from tests.pims.hiding_shop import CANARY, OUTSIDE, fill_hiding_shop
from views.app import create_app

SHOWN = ["INSIDE", "INSIDE-M", "INSIDE-CHILD"]


@pytest.fixture
def owner(run, database_url):
    """`owner("editProduct", ...)` in the catalogue of hiding_shop.py."""
    app = create_app(settings_of(database_url))
    pims = talk(app.test_client(), new_key(app, *PERMISSION_GROUPS))
    fill_hiding_shop(pims)
    links = ["INSIDE-M", OUTSIDE, "CANARY-INSIDE-L"]
    pims("editProduct", sku="INSIDE-M", data={"attributes": {"all_of": links}}, status=200)
    yield pims
    app.extensions["pims_database"].close()


@pytest.fixture
def exported(run, owner, tmp_path):
    """`exported("csv")`: all text of such a file of the View, by its bytes."""

    def read(kind, *words):
        path = tmp_path / f"a.{kind}"
        run("export", str(path), "--view", "shop", "--include-deleted", *words)
        if kind == "xlsx":
            with ZipFile(path) as book:
                return "".join(book.read(name).decode() for name in book.namelist())
        return path.read_text()

    return read


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_no_canary_is_in_a_file(exported, kind):
    text = exported(kind)
    assert "INSIDE-CHILD" in text
    assert CANARY not in text.lower()


def test_the_owner_has_them_all(run, owner):
    assert CANARY in run("export", "--include-deleted").lower()


def test_hidden_links_and_names_add_no_column(exported):
    found = list(csv.DictReader(io.StringIO(exported("csv"), newline="")))
    assert list(found[0]) == [
        "sku", "categories.0", "status", "title", "Price", "size", "ean", "goes_with", "all_of.0",
        "variation_of", "variation_attributes.0",
    ]  # fmt: skip
    assert {row["sku"] for row in found} == set(SHOWN)
    assert [row["all_of.0"] for row in found if row["sku"] == "INSIDE-M"] == ["INSIDE-M"]


def test_hidden_links_are_left_out_of_json_lines(exported):
    lines = map(json.loads, exported("jsonl").splitlines())
    found = {one["sku"]: one for one in lines}
    assert not {"goes_with", "all_of"} & set(found["INSIDE"])
    assert "variation_of" not in found["INSIDE-CHILD"]


def test_computed_attributes_hide_as_well(exported):
    text = exported("jsonl", "--attributes", "variation_skus,variation_matrix")
    found = {one["sku"]: one for one in map(json.loads, text.splitlines())}
    assert found["INSIDE"]["variation_skus"] == ["INSIDE-M"]
    assert CANARY not in text.lower()


@pytest.mark.parametrize("name", ["canary_cost", "product_type", "no_such_thing"])
def test_what_is_hidden_is_told_like_what_is_not_there(run, owner, name):
    said = run("export", "--view", "shop", "--attributes", name, status=1)
    assert said.endswith(f"Error: There is no attribute '{name}'!\n")


def test_a_condition_knows_the_names_of_the_view_alone(run, owner):
    words = ("--view", "shop", "--attributes", "Price")
    shown = run("export", *words, "--condition", "[[Price]] = 6")
    assert shown == "sku,Price\nINSIDE,6\n"
    said = run("export", *words, "--condition", "[[canary_cost]] = 1", status=1)
    assert "unknown or not filterable" in said


def test_a_view_knows_no_product_types(run, owner, exported):
    run("product-type", "add", "canary", "--attributes", "size")
    assert "product_type" in run("export")
    assert "product_type" not in exported("csv")
    assert "product_type" not in exported("jsonl")


def test_no_canary_is_in_a_snapshot(run, owner, tmp_path):
    run("product-type", "add", "canary", "--attributes", "size")
    owner("addCategory", path="/pim/manage/categories", items=[{"path": "Canary things"}])
    run("snapshot", str(tmp_path / "a.db"), "--view", "shop", "--include-deleted")
    content = (tmp_path / "a.db").read_bytes()
    assert b"INSIDE-CHILD" in content
    assert CANARY.encode() not in content.lower()
