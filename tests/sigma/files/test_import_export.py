"""Rows of texts become records, and records become files."""

import csv
import io

import pytest

from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import REVIEW, everywhere, in_segment

MAPPING = {"Name": "product-name", "Price": "price", "Code": "sku"}


@pytest.fixture
def body(apparel):
    """`body({"Name": "A"}, …)`: an import of these rows."""

    def make(*rows, mapping=MAPPING):
        return {"schemaId": apparel, "columnMapping": mapping, "rows": rows}

    return make


def test_rows_are_tried_and_nothing_is_stored(sigma, body) -> None:
    rows = (
        {"Name": "Windbreaker", "Price": "129.99", "Code": "W-1", "Other": "ignored"},
        {"Name": "Parka", "Price": "cheap"},
        {"Name": "", "Price": " "},
    )

    tried = sigma("POST", "/import/preview", body(*rows), status=200)

    assert {name: tried[name] for name in ("total", "valid", "invalid")} == {
        "total": 3,
        "valid": 2,
        "invalid": 1,
    }
    assert tried["rows"][0] == {
        "row": 1,
        "valid": True,
        "action": "create",
        "errors": [],
        "values": {
            "product-name": [{"scope": {}, "value": "Windbreaker"}],
            "price": [{"scope": {}, "value": 129.99}],
            "sku": [{"scope": {}, "value": "W-1"}],
        },
    }
    assert tried["rows"][1]["errors"] == [
        {"column": "Price", "attribute": "price", "message": "price must be a number!"}
    ]
    assert sigma("GET", "/records", status=200)["total"] == 0


@on_one_engine
def test_an_option_is_shown_by_its_id_however_a_cell_names_it(
    sigma, given_attribute, given_schema
) -> None:
    values = [
        {"id": "val-red", "alias": "red", "label": "Rot"},
        {"id": "red", "alias": "val-x", "label": "Blau"},
    ]
    lists = {"id": "ol-colors", "alias": "colors", "name": "Colors", "values": values}
    sigma("POST", "/option-lists", lists, status=201)
    schema = given_schema("toys", given_attribute("color", "option", optionListId="ol-colors"))
    cells = ("val-red", "Rot", "red", "val-x", "Blau")
    asked = {
        "schemaId": schema,
        "columnMapping": {"Color": "color"},
        "rows": [{"Color": one} for one in cells],
    }
    tried = sigma("POST", "/import/preview", asked, status=200)["rows"]
    meant = ["val-red", "val-red", "red", "red", "red"]
    assert [one["values"] for one in tried] == [{"color": everywhere(one)} for one in meant]
    assert sigma("POST", "/import/execute", asked, status=200)["created"] == len(cells)
    stored = sigma("GET", f"/records?schemaId={schema}", status=200)["items"]
    assert sorted(one["values"]["color"][0]["value"] for one in stored) == sorted(meant)


def test_rows_create_and_update_records(sigma, body) -> None:
    told = sigma(
        "POST",
        "/import/execute",
        body({"Name": "A", "Price": "1"}, {"Price": "x"}, {"Name": "B", "Code": "B-1"}),
        status=200,
    )
    assert told == {
        "created": 2,
        "updated": 0,
        "failed": 1,
        "errors": [{"row": 2, "message": "price must be a number!"}],
    }
    found = sigma("GET", "/records", status=200)["items"]
    by_name = {one["values"]["product-name"][0]["value"]: one for one in found}
    assert by_name["A"]["values"] == {"product-name": everywhere("A"), "price": everywhere(1)}
    assert by_name["B"]["values"]["sku"] == everywhere("B-1")

    mapping = {"id": "_id", "Price": "price", "Name": "product-name"}
    rows = (
        {"id": by_name["A"]["id"], "Price": "2.50", "Name": ""},
        {"id": "ent-999", "Price": "3"},
    )
    told = sigma("POST", "/import/execute", body(*rows, mapping=mapping), status=200)
    assert told == {
        "created": 0,
        "updated": 1,
        "failed": 1,
        "errors": [{"row": 2, "message": "There is no record 'ent-999'!"}],
    }
    assert sigma("GET", f"/records/{by_name['A']['id']}", status=200)["values"] == {
        "product-name": everywhere("A"),
        "price": everywhere(2.5),
    }


def test_a_column_that_is_mapped_to_nothing_is_refused(sigma, body) -> None:
    told = sigma("POST", "/import/execute", body({}, mapping={"X": "colour"}), status=400)
    assert told == {
        "error": "VALIDATION_ERROR",
        "message": "The column 'X' is mapped to no attribute of the schema!",
    }


@pytest.fixture
def two_records(sigma, apparel) -> list[str]:
    language = {
        "alias": "language",
        "name": "Language",
        "segments": [{"alias": "en", "id": "seg-en"}, {"alias": "da", "id": "seg-da"}],
    }
    sigma("POST", "/dimensions", language, status=201)
    made = []
    for name, danish, price in (("=Coat", "Frakke", 5.10), ("Hat", None, None)):
        values = {"product-name": everywhere(name)}
        values["product-name"] += [in_segment("seg-da", danish)] if danish else []
        values |= {"price": everywhere(price)} if price else {}
        body = {"schemaId": apparel, "values": values}
        made.append(sigma("POST", "/records", body, status=201)["id"])
    return made


def test_records_are_exported_with_their_scopes(sigma, two_records) -> None:
    exported = sigma("GET", "/export?schemaId=schema-apparel", status=200)
    assert exported == sigma("GET", "/records", status=200)["items"]
    assert sigma("GET", "/export?schemaId=schema-none", status=200) == []


def test_a_scope_makes_plain_columns(sigma, send, two_records) -> None:
    address = '/export?schemaId=schema-apparel&scope={"dim-language":"seg-da"}'
    assert sigma("GET", address, status=200) == [
        {"_id": two_records[0], "product-name": "Frakke", "price": 5.1},
        {"_id": two_records[1], "product-name": "Hat"},
    ]
    told = sigma("GET", '/export?scope={"dim-language":"seg-fr"}', status=400)
    assert told["message"] == "There is no segment 'seg-fr' of 'dim-language'!"

    reply = send("GET", "/export?schemaId=schema-apparel&format=csv")
    assert reply.content_type == "text/csv; charset=utf-8"
    assert reply.headers["Content-Disposition"] == 'attachment; filename="records.csv"'
    assert list(csv.reader(io.StringIO(reply.text))) == [
        ["_id", "product-name", "description", "price", "sku", "weight", "size-label"],
        [two_records[0], "'=Coat", "", "5.1", "", "", ""],
        [two_records[1], "Hat", "", "", "", "", ""],
    ]


@pytest.mark.parametrize("target", [[], {}, ["price"], None, 5, True])
def test_a_mapping_that_names_no_attribute_is_refused(sigma, body, target) -> None:
    told = sigma("POST", "/import/execute", body(mapping={"A": target}), status=400)
    assert told["message"] == "The column 'A' is mapped to no attribute of the schema!"


def test_two_columns_cannot_be_one_attribute(sigma, body) -> None:
    mapping = {"A": "price", "B": "price"}
    told = sigma("POST", "/import/preview", body(mapping=mapping), status=400)
    assert told["message"] == "Several columns are mapped to 'price'!"


def test_rows_are_refused_in_the_words_of_this_face(sigma, body, given_attribute) -> None:
    given_attribute("product", "text", validation={"unique": True, "maxLength": 9, "pattern": "m+"})
    schema = sigma("GET", "/schemas/schema-apparel", status=200)
    schema["attributeGroups"][0]["attributeIds"].append("attr-product")
    sigma("PUT", "/schemas/schema-apparel", schema, status=200)
    rows = ({"P": "mm"}, {"P": "mm"}, {"P": "mask"})
    told = sigma("POST", "/import/execute", body(*rows, mapping={"P": "product"}), status=200)
    assert [one["message"] for one in told["errors"]] == [
        "product must be unique: another record or variant has this value!",
        "product must match the pattern m+ !",
    ]


@pytest.fixture
def in_catalogs(sigma, apparel):
    """Two records in categories of two catalogs, one in none."""
    ids = [
        sigma("POST", "/records", {"schemaId": apparel, "values": {}}, status=201)["id"]
        for _ in range(3)
    ]
    sigma("POST", "/catalogs", {"id": "cat-s", "alias": "s", "name": "S"}, status=201)
    sigma("POST", "/catalogs", {"id": "cat-e", "alias": "e", "name": "Empty"}, status=201)
    for catalog, name, record in (("cat-s", "W", ids[0]), ("cat-default", "D", ids[1])):
        path = f"/catalogs/{catalog}/categories"
        one = sigma("POST", path, {"name": name}, status=201)["id"]
        below = sigma("POST", path, {"name": "below", "parentId": one}, status=201)["id"]
        sigma("POST", f"/categories/{below}/assign", {"entityId": record}, status=200)
    return ids


def test_an_export_of_a_catalog_holds_what_is_in_it(in_catalogs, sigma, as_role) -> None:
    def exported(catalog, ask=sigma, more=""):
        return [one["id"] for one in ask("GET", f"/export?catalogId={catalog}{more}", status=200)]

    first, second, _ = in_catalogs
    assert exported("cat-s") == [first]
    assert exported("cat-default") == [second]
    assert exported("cat-e") == exported("cat-none") == []
    assert exported("cat-s", more="&schemaId=schema-apparel") == [first]
    assert exported("cat-s", more="&schemaId=schema-default") == []
    assert len(sigma("GET", "/export", status=200)) == 3
    rights = [{"catalogId": "cat-s", "canView": False, "canAssign": False}]
    role = {"id": "role-x", "name": "X", "canExport": True, "catalogPermissions": rights}
    sigma("POST", "/roles", role, status=201)
    exporter = as_role("role-x")
    assert exported("cat-s", exporter) == []
    assert exported("cat-default", exporter) == [second]


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        ("x", "The scope is not JSON: line 1, column 1!"),
        ("[]", "The scope must be a JSON object!"),
        ('{"dim-x":"y"}', "There is no segment 'y' of 'dim-x'!"),
    ],
)
def test_a_scope_that_is_none_is_refused(sigma, scope, message) -> None:
    told = sigma("GET", f"/export?scope={scope}", status=400)
    assert told == {"error": "VALIDATION_ERROR", "message": message}


@pytest.fixture
def strict(sigma, review) -> str:
    """The schema of posters, of whose drafts a headline and a fee are required."""
    states = [REVIEW["states"][0] | {"required": ["attr-headline", "attr-fee"]}]
    body = REVIEW | {"states": [*states, *REVIEW["states"][1:]]}
    sigma("PUT", "/workflows/wf-review", body, status=200)
    return str(review)


def test_a_preview_tells_what_is_required(sigma, strict) -> None:
    mapping = {"Id": "_id", "Head": "headline", "Fee": "fee"}
    rows = [
        {"Head": "A", "Fee": "1"},
        {"Head": "", "Fee": "1"},
        {"Head": " ", "Fee": "cheap"},
        {"Fee": "2", "Id": "ent-9"},
    ]
    body = {"schemaId": strict, "columnMapping": mapping, "rows": rows}
    told = sigma("POST", "/import/preview", body, status=200)
    headline = {"column": "Head", "attribute": "headline", "message": "headline is required!"}
    fee = {"column": "Fee", "attribute": "fee", "message": "fee must be a number!"}
    assert [one["errors"] for one in told["rows"][:3]] == [[], [headline], [fee, headline]]
    assert [one["valid"] for one in told["rows"]] == [True, False, False, False]
    assert (told["valid"], told["invalid"]) == (1, 3)
    assert [one["attribute"] for one in told["rows"][3]["errors"]] == ["_id"]
    # A record may lack what its state requires, so a row may too.
    done = sigma("POST", "/import/execute", body, status=200)
    assert (done["created"], done["failed"]) == (2, 2)
    for cells, errors in (({"Fee": "3"}, [headline]), ({"Head": "B"}, [])):
        again = body | {"rows": [{"Id": "ent-2"} | cells]}
        [row] = sigma("POST", "/import/preview", again, status=200)["rows"]
        assert (row["errors"], row["valid"]) == (errors, not errors)


def test_a_preview_names_no_required_attribute_that_the_role_hides(
    strict, given_role, as_role
) -> None:
    levels = {"attr-headline": "hidden"}
    limits = [{"schemaId": strict, "attributePermissions": levels}]
    ask = as_role(given_role("layman", schemaPermissions=limits, canImport=True))
    body = {"schemaId": strict, "columnMapping": {"Fee": "fee"}, "rows": [{"Fee": "1"}]}
    assert ask("POST", "/import/preview", body, status=200)["valid"] == 1
