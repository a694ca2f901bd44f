"""The readers of renameValue and mergeValues.

Source: docs/api/pims.md, Dictionaries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pims_api.services.attributes.requests import AttributeWrite
from schemas.loading import complaint
from schemas.pims.body import Request, WritingBody, read_request
from schemas.pims.fields import Text, TextList

VALUES_MAX = 1_000  # values that are merged in one request


def _messages(name: str, what: str) -> dict[str, str]:
    message = complaint("required", f"Send {name}: {what}!")
    return {"required": message, "null": message}


class _Named(WritingBody):
    aliases = {"name": ("attribute",)}
    name = Text(required=True, error_messages=_messages("name", "that of the attribute"))


class _Renaming(_Named):
    value = Text(required=True, error_messages=_messages("value", "the one that gets another name"))
    to = Text(required=True, error_messages=_messages("to", "its new name"))


class _Merging(_Named):
    values = TextList(
        VALUES_MAX,
        required=True,
        error_messages=_messages("values", "a list of those to be merged"),
    )
    into = Text(required=True, error_messages=_messages("into", "the value that stays"))


_RENAMING, _MERGING = _Renaming(), _Merging()


@dataclass(frozen=True, slots=True)
class ValuesRequest:
    """What a body asks for. values: those that go. name: the one that they become."""

    wanted: AttributeWrite
    values: list[str]
    name: str
    request: Request


def read_renaming(body: Mapping[str, Any]) -> ValuesRequest:
    """Return what renameValue asks for. Raises BadInput."""
    request = read_request(_RENAMING, body)
    request.check()
    return _asked(request, [request.values["value"]], request.values["to"])


def read_merging(body: Mapping[str, Any]) -> ValuesRequest:
    """Return what mergeValues asks for. Raises BadInput."""
    request = read_request(_MERGING, body)
    request.check()
    return _asked(request, request.values["values"], request.values["into"])


def _asked(request: Request, old: list[str], new: str) -> ValuesRequest:
    wanted = AttributeWrite(request.values["name"], pointers={"name": "/name"})
    return ValuesRequest(wanted, old, new, request)
