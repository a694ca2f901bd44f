"""A value that was changed since, as commands print it."""

from collections.abc import Mapping
from typing import Any

import orjson


def conflict_line(conflict: Mapping[str, Any]) -> str:
    """Return a line about a conflict. See `services.reverts.conflict`."""
    locale = f" ({conflict['locale']})" if "locale" in conflict else ""
    was, now = (orjson.dumps(conflict[name]).decode() for name in ("was", "now"))
    return (
        f"{conflict['sku']}  {conflict['attribute']}{locale}: was {was}, is {now}, changed by "
        f"transaction {conflict['transaction']}"
    )
