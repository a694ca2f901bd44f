"""The application answers every request of the conversation with the bytes that were recorded."""

from tests.golden.conftest import recorded_names
from tests.golden.talk import Talk
from tests.golden.written import Json, compact


def test_the_conversation_is_the_one_that_was_recorded(conversation: Talk) -> None:
    said = conversation.said
    assert conversation.broken is None
    assert [(noun, name) for noun in sorted(said) for name in said[noun]] == recorded_names()


def test_the_exchange_is_as_it_was_recorded(conversation: Talk, noun: str, recorded: Json) -> None:
    found = conversation.said.get(noun, {}).get(recorded["name"])
    assert found == recorded
    assert compact(found) == compact(recorded)  # equal objects may differ in the order of keys
