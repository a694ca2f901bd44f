"""Bodies that nobody should send, through every action: refused, never stored, never a failure."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pims_api.errors import Fault
from schemas.pims import body as body_module
from schemas.pims.faults import FAULTS_MAX
from tests.databases.fresh import on_one_engine

PRODUCTS = "/pim/manage/products"
ACTIONS = (
    "listProduct",
    "listProductsBySku",
    "getList",
    "createProduct",
    "editProduct",
    "historyProduct",
)
EMOJI = "\\ud83d\\ude00"  # as JSON escapes


@pytest.fixture
def send(client, key, given_product):
    """`send("getList", b"...")`: post bytes; `@` in them becomes the start of a usable body."""
    given_product("A", title="Rod")
    headers = {"ApiKey": key, "Content-Type": "application/json"}

    def post(action, body):
        start = f'{{"action": "{action}", "sku": "A", "skus": ["A"]'.encode()
        return client.post(PRODUCTS, data=body.replace(b"@", start), headers=headers)

    return post


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


REFUSED = [
    ("nesting of 100,000", b'@, "x": ' + nested(100_000) + b"}", "limit"),
    ("nesting of 100,000 objects", b'@, "x": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
     "limit"),
    ("nesting of 33", b'@, "x": ' + nested(32) + b"}", "limit"),
    ("nesting never closed", b"@" + b"[" * 100_000, "limit"),
    ("nesting of 33 behind a quote", b'@, "x": "\\"", "y": ' + nested(32) + b"}", "limit"),
    ("very many values", b'@, "x": [' + b"1," * 400_000 + b"1]}", "limit"),
    ("very many lists", b'@, "x": [' + b"[]," * 400_000 + b"[]]}", "limit"),
    ("very many brackets", b"@" + b"[]" * 400_001, "limit"),
    ("text never closed", b'@, "x": [' + b"[]," * 40 + b'"' + b'\\"' * 500_000, "syntax"),
    ("key twice", b'@, "x": 1, "x": 2}', "syntax"),
    ("known key twice", b'@, "sku": "A"}', "syntax"),
    ("key twice below", b'@, "data": {"attributes": {"title": "a", "title": "b"}}}', "syntax"),
    ("key twice, once escaped", b'@, "x": 1, "\\u0078": 2}', "syntax"),
    ("NaN", b'@, "x": NaN}', "syntax"),
    ("Infinity", b'@, "x": Infinity}', "syntax"),
    ("-Infinity", b'@, "x": [-Infinity]}', "syntax"),
    ("41 digits", b'@, "x": ' + b"1" * 41 + b"}", "limit"),
    ("5,000 digits", b'@, "x": ' + b"1" * 5_000 + b"}", "limit"),
    ("first half of a pair", b'@, "x": "\\ud800"}', "syntax"),
    ("second half of a pair", b'@, "x": "\\udc00"}', "syntax"),
    ("halves the wrong way round", b'@, "x": "\\ude00\\ud83d"}', "syntax"),
    ("half a pair in a key", b'@, "\\ud800": 1}', "syntax"),
    ("half a pair in an attribute", b'@, "data": {"attributes": {"\\ud800": 1}}}', "syntax"),
    ("NUL", b'@, "x": "\\u0000"}', "syntax"),
    ("NUL in a key", b'@, "\\u0000": 1}', "syntax"),
    ("NUL in a value", b'@, "data": {"attributes": {"title": "a\\u0000b"}}}', "syntax"),
    ("NUL as a byte", b'@, "x": "\x00"}', "syntax"),
    ("control character as a byte", b'@, "x": "a\nb"}', "syntax"),
    ("BOM", b"\xef\xbb\xbf@}", "syntax"),
    ("latin-1", b'@, "x": "\xe9"}', "syntax"),
    ("overlong UTF-8", b'@, "x": "\xc0\xaf"}', "syntax"),
    ("half a pair as bytes", b'@, "x": "\xed\xa0\x80"}', "syntax"),
    ("cut UTF-8", b'@, "x": "\xf0\x9f\x98"}', "syntax"),
    ("trailing text", b"@}x", "syntax"),
    ("trailing object", b"@}{}", "syntax"),
    ("trailing NUL", b"@}\x00", "syntax"),
    ("trailing bracket", b"@}]", "syntax"),
    ("never closed", b"@", "syntax"),
    ("comma at the end", b"@,}", "syntax"),
    ("comment", b"@} // no", "syntax"),
    ("single quotes", b"@, 'x': 1}", "syntax"),
    ("key without quotes", b"@, x: 1}", "syntax"),
    ("leading zero", b'@, "x": 01}', "syntax"),
    ("leading plus", b'@, "x": +1}', "syntax"),
    ("leading point", b'@, "x": .5}', "syntax"),
    ("hexadecimal", b'@, "x": 0x10}', "syntax"),
    ("undefined", b'@, "x": undefined}', "syntax"),
    ("True", b'@, "x": True}', "syntax"),
    ("unknown escape", b'@, "x": "\\q"}', "syntax"),
    ("cut escape", b'@, "x": "\\u12"}', "syntax"),
    ("nothing", b"", "syntax"),
    ("spaces", b"  \n", "syntax"),
    ("null", b"null", "syntax"),
    ("true", b"true", "syntax"),
    ("number", b"5", "syntax"),
    ("text", b'"@"', "syntax"),
    ("list", b"[]", "syntax"),
    ("list of a body", b"[@}]", "syntax"),
    ("form", b"action=getList&sku=A", "syntax"),
    ("XML", b"<?xml version='1.0'?><action>getList</action>", "syntax"),
    ("pickle", b"\x80\x04\x95\x00", "syntax"),
]  # fmt: skip


@on_one_engine
@pytest.mark.parametrize(("case", "body", "code"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refuses(send, unchanged, case, body, code) -> None:
    with unchanged():
        for action in ACTIONS:
            reply = send(action, body)
            assert reply.status_code == 400, (action, reply.text)
            answer = reply.get_json()
            assert answer["status"] == "Error"
            assert [error["code"] for error in answer["errors"]] == [code]


@on_one_engine
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_refuses_other_encodings(client, key, unchanged, encoding) -> None:
    headers = {"ApiKey": key, "Content-Type": f"application/json; charset={encoding}"}

    with unchanged():
        for action in ACTIONS:
            body = json.dumps({"action": action, "sku": "A"}).encode(encoding)
            assert client.post(PRODUCTS, data=body, headers=headers).status_code == 400


TAKEN = [
    ("nesting of 32", b'@, "x": ' + nested(31) + b"}"),
    ("1e999", b'@, "x": 1e999}'),
    ("-0", b'@, "x": -0}'),
    ("40 digits", b'@, "x": ' + b"1" * 40 + b"}"),
    ("a pair of escapes", b'@, "x": "' + EMOJI.encode() + b'"}'),
    ("a backslash before u0000", b'@, "x": "\\\\u0000"}'),
    ("brackets in text", b'@, "x": "' + b"[" * 1_000 + b'"}'),
    ("brackets and quotes in text", b'@, "x": "\\"' + b"[{" * 1_000 + b'\\\\"}'),
    ("commas in text", b'@, "x": "' + b"," * 1_000_000 + b'"}'),
    ("400,000 values", b'@, "x": [' + b"1," * 399_990 + b"1]}"),
    ("a long number of few digits", b'@, "x": 1' + b"0" * 30 + b".5e-" + b"1" * 8 + b"}"),
    ("__proto__", b'@, "__proto__": {"sku": "B"}, "constructor": {}}'),
    ("an empty key", b'@, "": 1}'),
    ("a long key", b'@, "' + b"k" * 100_000 + b'": 1}'),
    ("spaces around", b" \t\r\n@ } \n"),
]


@on_one_engine
@pytest.mark.parametrize(("case", "body"), TAKEN, ids=[row[0] for row in TAKEN])
def test_takes_what_is_only_unusual(send, unchanged, case, body) -> None:
    with unchanged():
        for action in ACTIONS:
            reply = send(action, body)
            expected = 409 if action == "createProduct" else 200  # A is there
            assert reply.status_code == expected, (action, reply.text[:500])


@on_one_engine
@pytest.mark.parametrize("strict", [False, True])
def test_names_the_first_of_100_000_keys_and_counts_the_others(send, unchanged, strict) -> None:
    keys = b"".join(b', "k%d": 1' % number for number in range(100_000))

    with unchanged():
        reply = send("getList", b'@, "strict": ' + (b"true" if strict else b"false") + keys + b"}")

    told = reply.get_json()["errors" if strict else "warnings"]
    ignored = " is not known!" if strict else " is not known and was ignored."
    assert [one["message"] for one in told] == [
        *(f"{name}{ignored}" for name in ("sku", "skus", *(f"k{n}" for n in range(98)))),
        "… and 99902 more.",
    ]


@on_one_engine
def test_makes_no_words_for_keys_that_no_reply_names(send, monkeypatch) -> None:
    made = []
    monkeypatch.setattr(body_module, "pointer_to", lambda *place: made.append(place) or "")

    send("getList", b"@" + b"".join(b', "k%d": 1' % number for number in range(1_000)) + b"}")

    assert len(made) == FAULTS_MAX + 1


@on_one_engine
def test_a_refusal_with_very_many_unknown_keys_compares_no_two_of_them(send, monkeypatch) -> None:
    compared = []
    equal = Fault.__eq__
    monkeypatch.setattr(Fault, "__eq__", lambda *two: compared.append(two) or equal(*two))
    keys = b"".join(b', "k%d": 1' % number for number in range(1_000))

    reply = send("getList", b'@, "params": {"pagination": {"pageSize": 0}}' + keys + b"}")

    assert [one["pointer"] for one in reply.get_json()["errors"]] == ["/params/pagination/pageSize"]
    assert reply.get_json()["warnings"][-1]["message"] == "… and 902 more."
    assert compared == []


IN_VALUES = [
    ("1e999", b"1e999", 400),
    ("1e5", b"1e5", 400),
    ("40 digits", b"1" * 40, 400),
    ("object", b"{}", 400),
    ("deep list", nested(20), 400),
    ("list of 10,000 lists", b"[" + b",".join([b"[]"] * 10_000) + b"]", 400),
    ("false", b"false", 400),
]


@pytest.mark.parametrize(("case", "value", "status"), IN_VALUES, ids=[row[0] for row in IN_VALUES])
def test_refuses_as_a_value(send, unchanged, case, value, status) -> None:
    with unchanged():
        for body in (
            b'@, "data": {"attributes": {"title": ' + value + b"}}}",
            b'@, "data": {"attributes": {"status": ' + value + b"}}}",
            b'@, "data": {"attributes": {"categories": [' + value + b"]}}}",
            b'@, "data": {"attributes": {"variation_of": ' + value + b"}}}",
        ):
            assert send("editProduct", body).status_code == status


def test_ignores_100_000_unknown_attributes_or_says_why_not(send, unchanged) -> None:
    names = b", ".join(b'"k%d": 1' % number for number in range(100_000))

    with unchanged():
        reply = send("editProduct", b'@, "data": {"attributes": {' + names + b"}}}")

    assert reply.status_code == 400
    assert [error["code"] for error in reply.get_json()["errors"]] == ["limit"]


def test_names_like_those_of_python_and_javascript_are_only_names(send, unchanged) -> None:
    names = ("__proto__", "constructor", "__class__", "__dict__", "toString", "self", "None")
    sent = ", ".join(f'"{name}": {{"status": "deleted"}}' for name in names).encode()

    with unchanged():
        reply = send("editProduct", b'@, "data": {"attributes": {' + sent + b"}}}")

    assert reply.status_code == 200
    warned = {one["attribute"] for one in reply.get_json()["warnings"] if "attribute" in one}
    assert warned == set(names)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**42), 10**42)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["A", "", " ", "Y", "title", "[[sku]] = 'A'", "1;;2", "a|b", "deleted"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner,
                                                                max_size=3),
    max_leaves=5,
)  # fmt: skip
PARAMS = (
    "cat_id", "filter_values", "filters", "condition_query", "order", "pagination", "search",
    "includeDeleted", "includeVariants", "includeChildren", "attributes", "omitEmpty",
    "definition", "user",
)  # fmt: skip
ATTRIBUTES = ("title", "status", "categories", "variation_of", "variation_attributes", "thumbnail",
              "variation_skus", "sku", "nobody")  # fmt: skip
BODIES = st.fixed_dictionaries(
    {"action": st.sampled_from(ACTIONS), "sku": st.just("A") | JSON},
    optional={
        "skus": st.just(["A"]) | JSON,
        "params": st.dictionaries(st.sampled_from(PARAMS), JSON, max_size=4) | JSON,
        "data": st.fixed_dictionaries(
            {"attributes": st.dictionaries(st.sampled_from(ATTRIBUTES), JSON, max_size=3) | JSON}
        )
        | JSON,
        "strict": JSON,
        "dry_run": JSON,
        "if_version": JSON,
        "createMissing": JSON,
        "product_type": JSON,
        "pauseReIndexing": JSON,
        "includeDeleted": JSON,
    },
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES)
def test_any_json_is_answered_and_a_refusal_stores_nothing(
    client, key, pims, unchanged, body
) -> None:
    pims("createProduct", sku="A")
    before = pims("historyProduct", sku="A")["total_count"]

    reply = client.post(PRODUCTS, data=json.dumps(body),
                        headers={"ApiKey": key, "Content-Type": "application/json"})  # fmt: skip

    assert reply.status_code in (200, 400, 404, 409, 412), reply.text
    assert reply.get_json()["status"] == ("OK" if reply.status_code == 200 else "Error")
    if reply.status_code != 200:
        assert pims("historyProduct", sku="A")["total_count"] == before
