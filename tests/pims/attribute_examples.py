"""What the tests of attributes share."""

from typing import Any

COLOR = {
    "type": "dropdown",
    "label": {"en-us": "Colour"},
    "isFilterable": "y",
    "dictionary": {"columns": ["value", "rgb"], "data": [["red", "f00"], ["blue"]]},
}


def codes(reply: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Return the code and the place of every fault."""
    return [(one["code"], one.get("pointer")) for one in reply["errors"]]
