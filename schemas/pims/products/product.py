"""Products in the replies of the PIMS API.

Source: docs/api/pims.md, Values.
"""

from typing import Any

from pims_api.services.products.projection import product_writer

__all__ = ["product_writer", "without_empty"]


def without_empty(shown: dict[str, Any]) -> dict[str, Any]:
    """Return only what has a value."""
    return {name: value for name, value in shown.items() if value not in (None, [], {})}
