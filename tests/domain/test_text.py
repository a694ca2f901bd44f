"""What a line of text may hold."""

import pytest

from pims_api.domain.values.text import has_control


@pytest.mark.parametrize("text", ["a\x00", "\x1fb", "a\x7f", "\x80", "a\x9f", "a\nb", "\t"])
def test_control_characters_are_found(text: str) -> None:
    assert has_control(text)


@pytest.mark.parametrize("text", ["", " ", "Jörg", "\xa0", "~", "\U0010ffff"])
def test_other_characters_are_none(text: str) -> None:
    assert not has_control(text)
