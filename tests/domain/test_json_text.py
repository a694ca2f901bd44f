"""JSON bodies: how deep and how large they may be."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims_api.domain.values.json_text import DEPTH_MAX, read_value
from pims_api.errors import BadInput

DECEIVING = '"}]"[{\\'
LEAVES = st.sampled_from(["", DECEIVING, None, True])


def depth(value: Any) -> int:
    """How many lists and objects are around the innermost value."""
    below = value.values() if isinstance(value, dict) else value
    return 1 + max(map(depth, below), default=0) if isinstance(value, dict | list) else 0


def wrapped(value: Any, turns: list[bool]) -> Any:
    for is_list in turns:
        value = [DECEIVING, value, "a"] if is_list else {DECEIVING: "a", "b": value}
    return value


@given(LEAVES, st.lists(st.booleans(), min_size=28, max_size=36))
def test_depth_is_limited_whatever_texts_hold(leaf: Any, turns: list[bool]) -> None:
    sent = wrapped(leaf, turns)
    if depth(sent) <= DEPTH_MAX:
        assert read_value(json.dumps(sent).encode()) == sent
    else:
        with pytest.raises(BadInput, match="nested deeper than 32 levels"):
            read_value(json.dumps(sent).encode())


@pytest.mark.parametrize(
    "end", [b"", b"]" * 33 + b"x", b'"a', b"\xff", b'{"a": 1, "a": 2}', b"NaN"]
)
def test_what_is_too_deep_is_told_before_what_else_is_wrong(end: bytes) -> None:
    with pytest.raises(BadInput, match="nested deeper than 32 levels"):
        read_value(b"[" * 33 + end)


def test_only_values_are_counted() -> None:
    text = json.dumps([",[{" * 3, 1, 2]).encode()
    assert read_value(text, elements_max=2) == [",[{" * 3, "1", "2"]
    with pytest.raises(BadInput, match="A body holds at most 1 values"):
        read_value(text, elements_max=1)
