"""Cursors: a place in a list as opaque text.

A cursor is JSON in base64, for URLs: a mark of the order that it belongs to, the SKU of the last
product shown, and what else its order needs. Everything in it is something that the caller was
shown. Nothing signs it, so it is read as strictly as any other input.

Source: docs/api/pims.md, Cursors.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

import orjson

from pims_api.domain.attributes.attribute import NUMERIC, Attribute, ValueType
from pims_api.domain.conditions.condition import Literal
from pims_api.domain.cursor import BEGINNING, ListPlace
from pims_api.domain.search.tokenizer import query_words
from pims_api.domain.values.value import read_literal
from pims_api.errors import BadInput, Fault
from pims_api.storage.catalogue_index.bitmaps.decimal_text import plain_decimal
from pims_api.storage.catalogue_index.order.pages import OrderKey, until_sku
from schemas.pims.messages import START_AGAIN

POINTER = "/params/after"
_FORMAT = 1  # part of every mark, so that cursors of another format are those of another order
_MARK_LENGTH = 12
_SEQUENCE_MAX = 2**62
_AS_OF = "as_of"
_MOMENTS = frozenset({ValueType.DATE, ValueType.DATETIME})
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")


class _Unreadable(ValueError):
    """The text is no cursor."""


class CursorKind:
    """The encoder and decoder of the cursors of one order."""

    def __init__(self, order: Sequence[OrderKey], search: str) -> None:
        wanted = until_sku(order)
        self._attributes = [key.operand.attribute for key in wanted.keys]
        self._by_place = bool(order)
        self._searched = not order and _has_words(search)
        keys = [[one.operand.attribute.id, one.operand.scopes, one.descending]
                for one in wanted.keys]  # fmt: skip
        told = [_FORMAT, self._by_place, self._searched, keys, wanted.sku_descending]
        self._mark = sha256(orjson.dumps(told)).hexdigest()[:_MARK_LENGTH]

    def text(self, place: ListPlace) -> str:
        """Return the cursor of a place."""
        return _encoded([self._mark, place.sku, *self._rest(place)])

    def read(self, text: str) -> ListPlace:
        """Return the place of a cursor.

        Raises BadInput: `syntax` for what is no cursor, `range` for one of another order.
        """
        if not text:
            return BEGINNING
        try:
            mark, sku, rest = _decoded(text)
            if mark != self._mark:
                raise _refusal("range", "belongs to another order")
            moment = _moment_in(rest)
            return replace(self._place(sku, rest), moment=moment)
        except _Unreadable:
            raise _refusal("syntax", "is no cursor of this server") from None

    def _rest(self, place: ListPlace) -> list[Any]:
        moment = [] if place.moment is None else [{_AS_OF: place.moment}]
        if self._by_place:
            return [*map(_outward, place.values), *moment]
        return [place.in_title if self._searched else place.sequence, *moment]

    def _place(self, sku: str, rest: list[Any]) -> ListPlace:
        if self._by_place:
            if len(rest) != len(self._attributes):
                raise _Unreadable
            values = zip(self._attributes, rest, strict=True)
            return ListPlace(sku, values=tuple(_literal(one, value) for one, value in values))
        [last] = rest if len(rest) == 1 else [None]
        if self._searched and isinstance(last, bool):
            return ListPlace(sku, in_title=last)
        if not self._searched and type(last) is int and 0 < last < _SEQUENCE_MAX:
            return ListPlace(sku, sequence=last)
        raise _Unreadable


def _has_words(search: str) -> bool:
    try:
        return bool(query_words(search))
    except BadInput:  # the search itself will be refused
        return True


def _encoded(content: list[Any]) -> str:
    return urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


def _decoded(text: str) -> tuple[str, str, list[Any]]:
    try:
        found = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        is_ours = isinstance(found, list) and _encoded(found) == text
    except (ValueError, TypeError):  # not base64, not JSON, not text
        raise _Unreadable from None
    if not is_ours or len(found) < 2:
        raise _Unreadable
    mark, sku, *rest = found
    if not isinstance(mark, str) or not _is_text(sku) or not sku:
        raise _Unreadable
    return mark, sku, rest


def _moment_in(rest: list[Any]) -> int | None:
    """Take the moment of a list out of the end of its cursor; None: there is none."""
    if not rest or not isinstance(rest[-1], dict):
        return None
    found = rest.pop()
    moment = found.get(_AS_OF)
    if len(found) != 1 or type(moment) is not int or not 0 <= moment < _SEQUENCE_MAX:
        raise _Unreadable
    return moment


def _outward(value: Literal | None) -> Any:
    return plain_decimal(value) if isinstance(value, Decimal) else value


def _literal(attribute: Attribute, value: Any) -> Literal | None:
    """Return the comparable form of a value. Raises _Unreadable when it is no value."""
    if value is None or (attribute.type is ValueType.BOOLEAN and isinstance(value, bool)):
        literal: Literal | None = value
        return literal
    if attribute.type is ValueType.BOOLEAN or not _is_text(value):
        raise _Unreadable
    if attribute.type in NUMERIC:
        return _number(value)
    return _moment(attribute, value) if attribute.type in _MOMENTS else str(value)


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text) or plain_decimal(Decimal(text)) != text:
        raise _Unreadable
    return Decimal(text)


def _moment(attribute: Attribute, text: str) -> Literal:
    try:
        return read_literal(attribute, text)
    except ValueError:
        raise _Unreadable from None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\x00" not in value  # no database takes NUL


def _refusal(code: str, complaint: str) -> BadInput:
    message = f"params.after {complaint}: {START_AGAIN}!"
    return BadInput(faults=[Fault(code, message, pointer=POINTER)])
