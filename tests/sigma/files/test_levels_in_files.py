"""What a role, a state or a guard hides is in no file, and what they lock no row changes."""

import pytest

from tests.sigma.conftest import everywhere

CANARY = "nobody sees this"


@pytest.fixture
def layman(review, given_role, as_role):
    """`sigma` for a role that does not see bodies and only reads headlines."""
    levels = {"attr-body": "hidden", "attr-headline": "read"}
    permission = {"schemaId": review, "attributePermissions": levels}
    flags = {"canImport": True, "canExport": True}
    return as_role(given_role("layman", schemaPermissions=[permission], **flags))


@pytest.fixture
def poster(sigma, review) -> str:
    values = {"headline": "H", "body": "B", "fee": 1, "note": "N"}
    sent = {alias: everywhere(value) for alias, value in values.items()}
    return sigma("POST", "/records", {"schemaId": review, "values": sent}, status=201)["id"]


def to_print(sigma, record: str) -> None:
    for state in ("state-review", "state-print"):
        sigma("POST", f"/records/{record}/transition", {"toStateId": state}, status=200)


def test_a_file_holds_what_the_role_sees(sigma, layman, poster) -> None:
    (whole,) = layman("GET", "/export", status=200)
    assert list(whole["values"]) == ["headline", "fee", "note"]
    assert layman("GET", "/export?scope={}", status=200) == [
        {"_id": poster, "headline": "H", "fee": 1, "note": "N"}
    ]


def test_a_file_holds_what_the_state_shows(sigma, send, review, poster) -> None:
    body = {"schemaId": review, "values": {"note": everywhere("seen")}}
    other = sigma("POST", "/records", body, status=201)["id"]
    to_print(sigma, poster)
    csv = send("GET", f"/export?format=csv&schemaId={review}").text
    assert csv.replace("\r", "").splitlines() == [
        "_id,headline,body,fee,note",
        f"{poster},H,B,1,",
        f"{other},,,,seen",
    ]


def test_a_file_holds_what_guards_show(sigma, poster) -> None:
    body = sigma("GET", "/attributes/attr-note", status=200)
    guard = {"attributeId": "attr-fee", "operator": "equals", "value": 2}
    sigma("PUT", "/attributes/attr-note", body | {"guards": [guard]}, status=200)
    plain = {"_id": poster, "headline": "H", "body": "B", "fee": 1}
    assert sigma("GET", "/export?scope={}", status=200) == [plain]
    sigma("PATCH", f"/records/{poster}/values/fee", {"scopedValues": everywhere(2)}, status=200)
    plain |= {"fee": 2, "note": "N"}
    assert sigma("GET", "/export?scope={}", status=200) == [plain]


def test_rows_change_nothing_that_the_role_only_reads(sigma, layman, review, poster) -> None:
    rows = [
        {"id": poster, "head": "H", "note": "new"},
        {"id": poster, "head": "other", "note": "no"},
        {"head": "a new one", "note": "no"},
        {"note": "made"},
    ]
    body = {
        "schemaId": review,
        "columnMapping": {"id": "_id", "head": "headline", "note": "note"},
        "rows": rows,
    }
    message = "Your role may not write headline!"
    assert layman("POST", "/import/execute", body, status=200) == {
        "created": 1,
        "updated": 1,
        "failed": 2,
        "errors": [{"row": 2, "message": message}, {"row": 3, "message": message}],
    }
    values = sigma("GET", f"/records/{poster}", status=200)["values"]
    assert (values["headline"], values["note"]) == (everywhere("H"), everywhere("new"))


def test_a_column_is_not_mapped_to_what_the_role_does_not_see(layman, review) -> None:
    mapping = {"b": "body", "x": "nothing"}
    body = {"schemaId": review, "columnMapping": mapping, "rows": [{"b": CANARY}]}
    refused = {"error": "PERMISSION_DENIED", "message": "Your role may not write body!"}
    for address in ("/import/preview", "/import/execute"):
        assert layman("POST", address, body, status=403) == refused
    values = {"schemaId": review, "values": {"body": everywhere(CANARY)}}
    assert layman("POST", "/records", values, status=403) == refused
    body |= {"columnMapping": {"x": "nothing"}}
    assert layman("POST", "/import/execute", body, status=400) == {
        "error": "VALIDATION_ERROR",
        "message": "The column 'x' is mapped to no attribute of the schema!",
    }


def test_a_column_is_not_mapped_to_what_a_view_hides(sigma, pims, make_key, review) -> None:
    shown = {"attributes": {"headline": {}}}
    pims("addPimView", path="/pim/manage/views", name="narrow", **shown, status=200)
    key = make_key("pim_user", "pim_editor", views=("narrow",), default_view="narrow")
    body = {"schemaId": review, "columnMapping": {"b": "body"}, "rows": [{"b": CANARY}]}
    told = sigma("POST", "/import/execute", body, status=400, key=key)
    assert told["message"] == "The column 'b' is mapped to no attribute of the schema!"


def test_rows_change_nothing_that_the_state_locks(sigma, review, poster) -> None:
    to_print(sigma, poster)
    mapping = {"id": "_id", "body": "body", "note": "note"}
    rows = [
        {"id": poster, "body": "B"},
        {"id": poster, "body": "C"},
        {"id": poster, "note": "N"},
        {"body": "of a draft", "note": "of a draft"},
    ]
    body = {"schemaId": review, "columnMapping": mapping, "rows": rows}
    assert sigma("POST", "/import/execute", body, status=200) == {
        "created": 1,
        "updated": 1,
        "failed": 2,
        "errors": [
            {"row": 2, "message": "body cannot be written in the state Print!"},
            {"row": 3, "message": "note cannot be written in the state Print!"},
        ],
    }


def test_imported_records_begin_in_the_default_state(sigma, review) -> None:
    body = {"schemaId": review, "columnMapping": {"h": "headline"}, "rows": [{"h": "A"}] * 3}
    sigma("POST", "/import/execute", body, status=200)
    page = sigma("GET", "/records?lifecycleStateId=state-draft", status=200)
    assert page["total"] == 3
