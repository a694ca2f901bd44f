"""What the floor and Flask alone repeat of our own answers, as files that a run writes."""

from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

DEFINITION_FILE = "definition.json"
PRODUCT_FILE = "product.json"


class Samples:
    """The files, each read once, when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._replies: dict[str, bytes] = {}

    @cached_property
    def definition(self) -> bytes:
        """The definition as our replies end with it."""
        return (self._folder / DEFINITION_FILE).read_bytes()

    @cached_property
    def new_product(self) -> dict[str, Any]:
        """The attributes of a product for which nothing was sent."""
        shown: dict[str, Any] = orjson.loads((self._folder / PRODUCT_FILE).read_bytes())
        return shown

    def shown(self, body: str | bytes) -> bytes:
        """Return the attributes of a product as replies show them. body: those with a value."""
        return orjson.dumps(self.new_product | orjson.loads(body))

    def reply(self, workload: str) -> bytes:
        """Return our reply to a request of that workload."""
        known = self._replies.get(workload)
        if known is None:
            known = self._replies[workload] = reply_file(self._folder, workload).read_bytes()
        return known


def reply_file(folder: Path, workload: str) -> Path:
    """Return where our reply to a request of that workload is."""
    return folder / f"{workload}.reply"
