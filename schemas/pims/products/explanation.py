"""Explanations of lists on the wire of PIMS, with the names of the caller's View.

Source: docs/api/pims.md, Explain.
"""

from collections.abc import Iterator
from typing import Any

from pims_api.domain.access.access import Access
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
    Operand,
    Or,
    Predicate,
    predicates,
)
from pims_api.domain.search.tokenizer import QueryWord
from pims_api.services.lists.explain import Explanation, Reason, SkuExplanation, Step
from pims_api.services.lists.query import ListQuery, TermKind
from schemas.pims.products.condition_text import condition_text, outward_literal, text_operator

MANY_ROWS = 5_000  # of the index, read by one step: worth a hint
DEEP = 10_000  # products passed before a page begins: worth a hint
LABEL_LENGTH_MAX = 200  # characters

Json = dict[str, Any]
Term = Condition | TermKind | QueryWord | str


class ExplanationWriter:
    """A writer of the explanation of one query. access: the names that its caller knows."""

    def __init__(self, access: Access, query: ListQuery) -> None:
        self._access = access
        self._query = query

    def listing(self, found: Explanation) -> Json:
        """Return what `explain` shows."""
        terms = [self.term(one) for one in (*found.terms, *found.words)]
        return {
            "condition": terms[0] if len(terms) == 1 else {"and": terms},
            "steps": [self._step(one) for one in found.steps],
            "order": {"by": self._order(bool(found.words)), "found": list(found.page.ways)},
            "hints": list(self._hints(found)),
        }

    def sku(self, found: SkuExplanation) -> Json:
        """Return what `explain_sku` shows."""
        because = [self._reason(one) for one in found.reasons]
        if not found.exists:
            because = [{"term": {"exists": True}, "holds": False}]
        reply = {"sku": found.sku, "included": found.included, "because": because}
        return reply | {"hints": list(self._sku_hints(found))}

    def term(self, term: Term) -> Json:
        """Return a term as an object."""
        if isinstance(term, QueryWord):
            return {"search": term.token, "beginning": term.prefix}
        return self._implied(term) if isinstance(term, TermKind | str) else self._asked(term)

    def _asked(self, condition: Condition) -> Json:
        match condition:
            case And(parts):
                return {"and": [self._asked(one) for one in parts]}
            case Or(parts):
                return {"or": [self._asked(one) for one in parts]}
            case Not(part):
                return {"not": self._asked(part)}
        return {"attribute": self._name(condition.operand)} | _test(condition)

    def _implied(self, term: TermKind | str) -> Json:
        query = self._query
        if term is TermKind.NOT_DELETED:
            return {"includeDeleted": False}
        if term is TermKind.NO_VARIATION:
            return {"includeVariants": False}
        if term is TermKind.IN_CATEGORY:
            return {"cat_id": query.category_id, "includeChildren": query.include_children}
        return {"search": query.search}

    def _name(self, operand: Operand) -> str:
        column = self._access.by_attribute.get(operand.attribute.id)
        return operand.attribute.name if column is None else column.name

    def _step(self, step: Step) -> Json:
        shown: Json = {"step": self._label(step.term), "products": step.products}
        if step.rows is not None:
            shown["rows_read"] = step.rows
        return shown | {"ms": round(step.us / 1_000, 1)}

    def _label(self, term: Condition | TermKind | str) -> str:
        """Return a step in the words of a request, cut where it is long."""
        if term == "page":
            return "page"
        if isinstance(term, TermKind | str):
            [label] = [f"{key}: {_shown(value)}" for key, value in self._implied(term).items()][:1]
        else:
            label = condition_text(term, self._name)
        return label if len(label) <= LABEL_LENGTH_MAX else f"{label[: LABEL_LENGTH_MAX - 1]}…"

    def _order(self, searched: bool) -> list[str]:
        if self._query.order:
            return [
                f"{self._name(one.operand)} {'DESC' if one.descending else 'ASC'}"
                for one in self._query.order
            ]
        if searched:
            return ["every word in the title first", "sku ASC"]
        return ["sku ASC, variations after their parent"]

    def _reason(self, reason: Reason) -> Json:
        holds = "unknown" if reason.holds is None else reason.holds
        shown: Json = {"term": self.term(reason.term), "holds": holds}
        if reason.parts:
            shown["parts"] = [self._reason(one) for one in reason.parts]
        return shown

    def _hints(self, found: Explanation) -> Iterator[str]:
        for step in found.steps:
            if (step.rows or 0) >= MANY_ROWS and isinstance(step.term, Condition):
                yield from self._term_hints(step.term)
        page = self._query.page
        if self._query.after is None and page.offset >= DEEP:
            yield (
                f"Page {page.number} passes {page.offset} products: go on from page to page with "
                "after, which takes the same time at any depth."
            )
        if (found.page.rows or 0) >= MANY_ROWS and self._query.order:
            yield (
                f"The order read {found.page.rows} rows to find the page: a filter that leaves "
                "fewer products, or after instead of a page number, makes it quicker."
            )

    def _term_hints(self, term: Condition) -> Iterator[str]:
        for one in predicates(term):
            attribute, name = one.operand.attribute, self._name(one.operand)
            if not isinstance(one, Like) or not one.pattern.startswith(("%", "_")):
                continue
            words = "params.search finds its words"
            if not attribute.can_search:
                words = f"make `{name}` searchable, so that params.search finds its words"
            yield (
                f"LIKE {_quoted(one.pattern)} reads every value of `{name}`: begin the pattern "
                f"with letters, or {words}."
            )

    def _sku_hints(self, found: SkuExplanation) -> Iterator[str]:
        missing = [one.term for one in found.reasons if one.holds is not True]
        if TermKind.NO_VARIATION in missing:
            yield "It is a variation: set includeVariants."
        if TermKind.NOT_DELETED in missing:
            yield "It is deleted: set includeDeleted."
        if TermKind.IN_CATEGORY in missing and not self._query.include_children:
            yield "It is not in the category itself: includeChildren adds those below it."
        for name in found.unsearchable:
            yield f"A missing word stands in `{name}`: make `{name}` searchable."


def _test(predicate: Predicate) -> Json:
    kind = predicate.operand.attribute.type
    match predicate:
        case Comparison(_, sign, literal):
            return {"operator": sign, "value": outward_literal(literal, kind)}
        case Like(_, text) | Contains(_, text):
            return {"operator": text_operator(predicate), "value": text}
        case In(_, literals):
            return {"operator": "IN", "values": [outward_literal(one, kind) for one in literals]}
        case Between(_, low, high):
            ends = [outward_literal(one, kind) for one in (low, high)]
            return {"operator": "BETWEEN", "values": ends}
        case IsNull(_):
            return {"operator": "IS NULL"}


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
