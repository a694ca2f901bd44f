"""Every troublesome value against every predicate, and what only single cases show."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from sqlalchemy import event

from pims_api.domain.conditions.condition import (
    And,
    Between,
    Comparison,
    Condition,
    Contains,
    In,
    IsNull,
    Like,
    Not,
    Or,
)
from pims_api.domain.conditions.truth import matches
from pims_api.domain.generated_sku import GeneratedSkus
from pims_api.domain.tenant_ids import TenantIds
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids, members
from pims_api.storage.catalogue_index.filter.evaluate import match
from pims_api.storage.catalogue_index.filter.operands import key_of
from tests.storage.catalogue_index.catalogue import GERMAN, Catalogue
from tests.storage.catalogue_index.conftest import MakeCatalogue
from tests.storage.catalogue_index.strategies import DAYS, NUMBERS, TEXTS

TENANT_IDS = TenantIds("0b4f9f5e-6c54-4d4b-9a52-3d2a1c7f6e10", "")
SIGNS = ["=", "<", "<=", ">", ">="]


def found(catalogue: Catalogue, condition: Condition, visible: int | None = None) -> list[int]:
    with catalogue.reading() as snapshot:
        return members(match(snapshot, condition, visible=visible))


def check(catalogue: Catalogue, *conditions: Condition) -> None:
    """Each condition and its negation finds what the plain evaluation finds."""
    shown = {number: catalogue.seen(number) for number in catalogue.products}
    with catalogue.reading() as snapshot:
        for condition in conditions:
            for one in (condition, Not(condition)):
                fitting = [n for n in shown if matches(one, shown[n], catalogue.definition)]
                assert members(match(snapshot, one)) == fitting, one


def patterns(text: str) -> Iterator[str]:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    yield from (text, escaped, f"{escaped}%", f"%{escaped}", f"{escaped}_", text + "\\")
    yield from (f"{text[:1]}%{text[-1:]}", f"{text[:60]}%", f"_{text[1:]}", f"%{text[60:]}")


@pytest.mark.parametrize("name", ["price", "sizes"])
def test_every_number_compares_with_every_other(catalogue: MakeCatalogue, name: str) -> None:
    stored = [[one, "7"] for one in NUMBERS] if name == "sizes" else NUMBERS
    made = catalogue(*({name: one} for one in stored), {})
    operand = made.operand(name)
    literals = [Decimal(one) for one in NUMBERS]
    check(made, *(Comparison(operand, sign, one) for sign in SIGNS for one in literals))
    check(made, *(Between(operand, one, Decimal("1.5")) for one in literals))
    check(made, In(operand, tuple(literals[:5])), In(operand, tuple(literals)))


@pytest.mark.parametrize("name", ["name", "tags", "sku"])
def test_every_text_compares_with_every_other(catalogue: MakeCatalogue, name: str) -> None:
    stored = [[one, "zzz"] for one in TEXTS] if name == "tags" else TEXTS
    made = catalogue(*({name: one} for one in stored), {})
    operand = made.operand(name)
    check(made, *(Comparison(operand, sign, one) for sign in SIGNS for one in TEXTS))
    check(made, *(Between(operand, one, "x" * 70) for one in TEXTS))
    check(made, In(operand, tuple(TEXTS[::2])), In(operand, tuple(TEXTS)))


@pytest.mark.parametrize("name", ["name", "tags", "sku"])
def test_every_text_is_like_every_pattern(catalogue: MakeCatalogue, name: str) -> None:
    stored = [[one, "zzz"] for one in TEXTS] if name == "tags" else TEXTS
    made = catalogue(*({name: one} for one in stored), {})
    operand = made.operand(name)
    check(made, *(Like(operand, pattern) for text in TEXTS for pattern in patterns(text)))
    check(made, *(Like(operand, pattern) for pattern in ("", "%", "_", "%%", "A", "\\", "%\\")))


def test_every_day_compares_with_every_other(catalogue: MakeCatalogue) -> None:
    made = catalogue(*({"released": one, "days": [one]} for one in DAYS), {})
    for operand in (made.operand("released"), made.operand("days")):
        check(made, *(Comparison(operand, sign, one) for sign in SIGNS for one in DAYS))
        check(made, Between(operand, DAYS[1], DAYS[3]), Between(operand, DAYS[3], DAYS[1]))


def test_options_compare_by_alias_and_categories_by_path(catalogue: MakeCatalogue) -> None:
    made = catalogue(
        {"color": "o1", "categories": [2]}, {"color": "o5", "categories": [3, 1]},
        {"color": "o4", "categories": [5]}, {"color": "o2", "categories": [4]},
    )  # fmt: skip
    color, categories = made.operand("color"), made.operand("categories")
    assert found(made, Comparison(color, "=", "red")) == [1, 2]
    assert found(made, Comparison(color, "<", "green")) == [3]
    assert found(made, Like(color, "%e%")) == [1, 2, 4]
    assert found(made, In(color, ("red", "blue", "100%"))) == [1, 2, 3]
    assert found(made, Comparison(categories, "=", "Rods > Steel")) == [2]
    assert found(made, Like(categories, "Rods%")) == [1, 2, 4]
    assert found(made, Not(Like(categories, "Rods%"))) == [3]
    assert found(made, Comparison(categories, "=", "Gone")) == [3]


def test_negation_leaves_out_what_is_unset(catalogue: MakeCatalogue) -> None:
    made = catalogue({"name": "a"}, {"name": "b"}, {})
    equal = Comparison(made.operand("name"), "=", "a")
    assert found(made, Not(equal)) == [2]
    assert found(made, Not(Not(equal))) == [1]
    assert found(made, IsNull(made.operand("name"))) == [3]
    assert found(made, Not(IsNull(made.operand("name")))) == [1, 2]
    assert found(made, Or((Not(equal), IsNull(made.operand("name"))))) == [2, 3]


def test_nothing_and_everything(catalogue: MakeCatalogue) -> None:
    made = catalogue({}, {})
    assert found(made, And(())) == [1, 2]
    assert found(made, Or(())) == []
    assert found(made, Not(Or(()))) == [1, 2]
    assert found(catalogue(), And(())) == []


def test_a_scope_without_a_value_falls_back(catalogue: MakeCatalogue) -> None:
    scoped = f"name@{GERMAN}"
    made = catalogue({"name": "rod"}, {"name": "rod", scoped: "Stange"}, {scoped: "Stange"}, {})
    german = made.operand("name", GERMAN, "")
    assert found(made, Comparison(german, "=", "rod")) == [1]
    assert found(made, Comparison(german, "=", "Stange")) == [2, 3]
    assert found(made, Not(Comparison(german, "=", "rod"))) == [2, 3]
    assert found(made, IsNull(german)) == [4]
    assert found(made, IsNull(made.operand("name"))) == [3, 4]


def test_completeness_is_a_number_like_others(catalogue: MakeCatalogue) -> None:
    made = catalogue({}, {"title": "T"}, {"title": "T", "name": "N", "price": "1"},
                     {"product_type": "bare"})  # fmt: skip
    done = made.operand("done")
    assert found(made, Comparison(done, "=", Decimal(33))) == [2]
    assert found(made, Comparison(done, "<", Decimal("33.5"))) == [1, 2]
    assert found(made, Comparison(done, ">=", Decimal(100))) == [3, 4]


def test_a_relation_to_a_hidden_product_counts_as_unset(catalogue: MakeCatalogue) -> None:
    made = catalogue({}, {"successor": "S1"}, {"successor": "S4"}, {"related": ["S1", "S4"]})
    hidden_4 = from_ids([1, 2, 3])
    successor, related = made.operand("successor"), made.operand("related")
    assert found(made, IsNull(successor)) == [1, 4]
    assert found(made, IsNull(successor), hidden_4) == [1, 3, 4]
    assert found(made, Not(Comparison(successor, "=", "S1"))) == [3]
    assert found(made, Not(Comparison(successor, "=", "S1")), hidden_4) == []
    assert found(made, Comparison(related, "=", "S4")) == [4]
    assert found(made, Comparison(related, "=", "S4"), hidden_4) == []
    assert found(made, Comparison(related, "=", "S1"), hidden_4) == [4]
    assert found(made, IsNull(related), 0) == [1, 2, 3, 4]


def test_a_number_is_not_like_a_text(catalogue: MakeCatalogue) -> None:
    made = catalogue({"price": "1"})
    with pytest.raises(TypeError):
        found(made, Like(made.operand("price"), "1%"))


def test_all_single_terms_are_read_by_one_statement(catalogue: MakeCatalogue) -> None:
    made = catalogue({"name": "a", "color": "o1", "new": True}, {"name": "b"})
    name, color = made.operand("name", GERMAN, ""), made.operand("color")
    condition = And(
        (
            In(name, ("a", "b", "c")),
            Not(In(color, ("green",))),
            IsNull(made.operand("successor")),
            Or((Comparison(made.operand("new"), "=", True), Like(color, "%n"))),
        )
    )
    with statements(made) as sent:
        assert found(made, condition) == [1]
    unindexed = 2 if made.indexed_id < made.last_id else 0  # their versions, and their documents
    assert len(sent) == 1 + unindexed


def test_a_test_that_stands_there_many_times_is_made_once(catalogue: MakeCatalogue) -> None:
    made = catalogue({"name": "rod"}, {"name": "bar"})
    name = made.operand("name")
    alike = tuple(Like(name, "%o%") for _ in range(50))
    others = (Like(name, "%x%"), Not(Like(name, "%o%")), Like(made.operand("page"), "%o%"))
    with statements(made) as sent:
        assert found(made, Or((*alike, *others))) == [1, 2]
    assert len([one for one in sent if "LIKE" in one]) == 3
    unset = (GeneratedSkus(TENANT_IDS, number, frozenset({"x"})) for number in (2, 2, 4))
    one, same, other = (Contains(name, "o", each) for each in unset)
    assert key_of(one) == key_of(same) != key_of(other)
    assert len({key_of(one), key_of(same), key_of(other)}) == 2


@contextmanager
def statements(catalogue: Catalogue) -> Iterator[list[str]]:
    """The statements that are sent while the block lasts."""
    sent: list[str] = []

    def note(*arguments: object) -> None:
        if not str(arguments[2]).startswith("BEGIN"):
            sent.append(str(arguments[2]))

    event.listen(catalogue.database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(catalogue.database.engine, "before_cursor_execute", note)
