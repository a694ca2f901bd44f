"""The opposite of a condition: true wherever that is not, so that nothing is unknown of it."""

from pims_api.domain.conditions.condition import And, Condition, IsNull, Not, Or


def opposite(condition: Condition) -> Condition:
    """Return the condition that is true exactly where another one is not: false, or unknown."""
    match condition:
        case And(parts):
            return Or(tuple(map(opposite, parts)))
        case Or(parts):
            return And(tuple(map(opposite, parts)))
        case Not(part):
            return _not_false(part)
        case IsNull():
            return Not(condition)
    return Or((IsNull(condition.operand), Not(condition)))


def _not_false(condition: Condition) -> Condition:
    """Return the condition that is true exactly where another one is true or unknown."""
    match condition:
        case And(parts):
            return And(tuple(map(_not_false, parts)))
        case Or(parts):
            return Or(tuple(map(_not_false, parts)))
        case Not(part):
            return opposite(part)
        case IsNull():
            return condition
    return Or((IsNull(condition.operand), condition))
