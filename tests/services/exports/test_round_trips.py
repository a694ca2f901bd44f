"""What is exported and imported again changes nothing; elsewhere it makes the same products."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pims_api.domain.values.text import has_control
from pims_api.storage.database import Database
from tests.databases.fresh import ENGINES
from tests.environment import settings_of
from tests.services.exports.export_shop import CATEGORIES, GERMAN, KINDS, TARGETS, ExportShop

FORMATS = ("csv", "xlsx", "jsonl")
EXAMPLES = 30  # each is exported and imported eight times
NUMBERS = count(1)

PIECES = [
    *"=+-@\t\r\n'\",;| _\ufeff\x01\x1f\x7f\x85\u2028\uffff\U0001f600ä<&>0", "_x0041_", "\r\n", "''",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join),
)
WORDS = TEXTS.filter(lambda text: not has_control(text))
DECIMALS = st.from_regex(r"[+-]?(?:[0-9]{1,20}\.?[0-9]{0,20}|\.[0-9]{1,20})", fullmatch=True)
DAYS = st.dates().map(str)
VALUES = {
    "string": TEXTS,
    "text": TEXTS,
    "html": TEXTS,
    "url": TEXTS,
    "media": TEXTS,
    "number": DECIMALS,
    "boolean": st.booleans(),
    "date": DAYS,
    "datetime": DAYS.map(lambda day: f"{day}T10:30:00.25+02:00"),
    "option": WORDS,
    "relation": st.sampled_from(TARGETS),
}
LISTED = {f"{name}s": st.lists(values, min_size=1, max_size=4) for name, values in VALUES.items()}
FURTHER = {
    "categories": st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=3, unique=True),
    "status": st.sampled_from(["active", "inactive", "deleted"]),
    "variation_of": st.sampled_from(TARGETS),
    "variation_attributes": st.lists(st.sampled_from(["string", "option"]), unique=True),
}
PRODUCTS = st.fixed_dictionaries(
    {"title": TEXTS.filter(str.strip)}, optional=VALUES | LISTED | FURTHER
)
HEADS = st.sampled_from(["", "=", "+", "-", "@", "'", "'=", 'a,"b|', "<&>"])


@pytest.fixture(scope="module", params=ENGINES)
def shops(request, fresh_database):
    """Two catalogues with the same definition."""
    with fresh_database(request.param) as url:
        database = Database(settings_of(url))
        yield ExportShop(database, "here"), ExportShop(database, "there")
        database.close()


def of(sku):
    quoted = sku.replace("'", "''")
    return f"[[sku]] = '{quoted}'"


def new_sku(head):
    return f"{head}{next(NUMBERS)}"


def unchanged(rows=1):
    return {"created": 0, "updated": 0, "unchanged": rows, "rejected": 0}


def created(rows=1):
    return unchanged(0) | {"created": rows}


def test_every_type_has_values_here():
    assert {kind.value for kind in KINDS} == set(VALUES)


@settings(max_examples=EXAMPLES)
@given(head=HEADS, values=PRODUCTS)
def test_a_product_comes_back_as_it_is_in_every_format(shops, head, values):
    here, there = shops
    for kind in FORMATS:
        sku = new_sku(head)
        here.create(sku, **values)
        content = here.exported(kind, of(sku))
        assert here.load(content, kind) == (unchanged(), [])
        assert there.load(content, kind) == (created(), [])
        assert there.listed(of(sku)) == here.listed(of(sku)) != []


@settings(max_examples=EXAMPLES)
@given(
    elements=st.lists(TEXTS.filter(lambda one: one == one.strip() and "§" not in one), min_size=1),
    numbers=st.lists(DECIMALS, min_size=1),
)
def test_collections_come_back_from_one_cell(shops, elements, numbers):
    here, there = shops
    for kind in FORMATS:
        sku = new_sku("S")
        here.create(sku, title="Rod", strings=elements, numbers=numbers, booleans=[True, False])
        content = here.exported(kind, of(sku), separator="§")
        assert here.load(content, kind, separator="§") == (unchanged(), [])
        assert there.load(content, kind, separator="§") == (created(), [])
        assert there.listed(of(sku)) == here.listed(of(sku)) != []


@settings(max_examples=EXAMPLES)
@given(english=TEXTS, german=st.none() | TEXTS)
def test_the_values_of_a_locale_come_back_and_what_it_lacks_stays_lacking(shops, english, german):
    here, _ = shops
    sku = new_sku("L")
    here.create(sku, title="Rod", text=english)
    if german is not None:
        here.edit(sku, GERMAN, text=german)
    for kind in FORMATS:
        content = here.exported(kind, of(sku), locale=GERMAN)
        assert here.load(content, kind, locale=GERMAN) == (unchanged(), [])
