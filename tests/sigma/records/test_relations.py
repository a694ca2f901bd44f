"""What a relation refuses says what is wrong with it."""

import pytest

from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import everywhere

NOT_THERE = "names a record or variant that is not there: it must be the id of a record or variant!"
EXPECTS = "expects relation, received"
IT_IS = "it must be the id of a record or variant!"


@on_one_engine
@pytest.mark.parametrize(
    ("alias", "value", "message"),
    [
        ("parts", ["ent-99"], NOT_THERE),
        ("parts", "ent-99", NOT_THERE),
        ("part", "ent-99", NOT_THERE),
        ("parts", [7], f"{EXPECTS} number: {IT_IS}"),
        ("parts", [{}], f"{EXPECTS} object: {IT_IS}"),
        ("part", 7, f"{EXPECTS} number: {IT_IS}"),
        ("part", ["ent-99"], f"{EXPECTS} list: it must be a single value!"),
    ],
)
def test_a_relation_says_what_is_wrong(
    sigma, given_attribute, given_schema, alias, value, message
) -> None:
    given = given_attribute("parts", "relation", multiple=True), given_attribute("part", "relation")
    body = {"schemaId": given_schema("kits", *given), "values": {alias: everywhere(value)}}
    told = sigma("POST", "/records", body, status=400)
    assert told == {"error": "VALIDATION_ERROR", "message": f"{alias} {message}"}
