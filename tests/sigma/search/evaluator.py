"""What a search must find, said in plain Python over records as GET shows them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

Json = Any

DEFAULTS = {"dim-language": "seg-en", "dim-channel": "seg-web"}
DIMENSIONS = {
    "name": ["dim-language"],
    "story": ["dim-channel", "dim-language"],
    "price": ["dim-channel"],
}


def fulfils(record: Json, search: Json) -> bool:
    """Return whether a record fulfils the criteria of a search."""
    told = [holds(record, one) for one in search["criteria"]]
    if not told:
        return True
    return any(told) if search["criteriaOperator"] == "or" else all(told)


def holds(record: Json, criterion: Json) -> bool:
    """Return whether a record fulfils a criterion."""
    alias, operator, wanted = (criterion.get(one) for one in ("attribute", "operator", "value"))
    entries = record["values"].get(alias, [])
    if "scope" in criterion:
        values = resolved(alias, entries, criterion["scope"])
    else:
        values = [one["value"] for one in entries]
    if operator == "isEmpty":
        return not values
    if operator == "isNotEmpty":
        return bool(values)
    if operator == "notEquals":
        return not any(fits("equals", one, wanted) for one in values)
    return any(fits(operator, one, wanted) for one in values)


def resolved(alias: str, entries: Json, scope: Json) -> Json:
    """Return the value that holds in a scope, in a list, or an empty one."""
    dimensions = DIMENSIONS.get(alias, [])
    for asked in (scope, {}):
        full = {one: asked.get(one, DEFAULTS[one]) for one in dimensions}
        fitting = [one for one in entries if one["scope"].items() <= full.items()]
        if fitting:
            best = max(
                fitting,
                key=lambda one: (
                    len(one["scope"]),
                    [-dimensions.index(d) for d in sorted(one["scope"], key=dimensions.index)],
                ),
            )
            return [best["value"]]
    return []


def fits(operator: str, value: Json, wanted: Json) -> bool:
    """Return whether one value compares so with the operand."""
    if operator == "contains":
        return str(wanted).casefold() in text(value).casefold()
    mine, other = ordered(value, wanted)
    return {"equals": mine == other, "gt": mine > other, "lt": mine < other}[operator]


def ordered(value: Json, wanted: Json) -> tuple[Json, Json]:
    """Return a value and an operand in a form in which they compare."""
    if isinstance(value, bool):
        return value, wanted if isinstance(wanted, bool) else wanted == "true"
    if isinstance(value, int | float):
        return Decimal(str(value)), Decimal(str(wanted))
    if value[:4].isdigit():
        return moment(value), moment(wanted)
    return value, str(wanted)


def moment(told: str) -> datetime:
    read = datetime.fromisoformat(told)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def text(value: Json) -> str:
    return str(value)
