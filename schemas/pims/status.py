"""The status of the server, and its counters.

Source: docs/api/pims.md, Status.
"""

from typing import Any

from pims_api import __version__
from pims_api.services.counters import Counters

STORED_FILE_BYTES = 0  # media values name files that are kept elsewhere


def status_object() -> dict[str, Any]:
    """Return the status that every caller may see."""
    return {"status": "OK", "pim_status": "Active", "version": __version__}


def counters_object(counted: Counters) -> dict[str, Any]:
    """Return the counters, each with its description."""
    told = {
        "totalViews": (counted.views, "Views that this key may name."),
        "totalAttributes": (counted.attributes, "Attributes that this key sees."),
        "totalStorageSize": (STORED_FILE_BYTES, "Bytes of files that this server keeps."),
        "totalSKUs": (counted.skus, "Products that this key sees, variations included."),
    }
    return {name: {"value": value, "description": text} for name, (value, text) in told.items()}
