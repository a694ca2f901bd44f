"""Where the real catalogues are. They are not part of the project."""

import os
from pathlib import Path


def data_folder() -> Path:
    """Return the folder named by PIMS_TEST_DATA, else ../shared/data beside the checkout."""
    checkout = Path(__file__).parents[3]
    return Path(os.environ.get("PIMS_TEST_DATA") or checkout.parent / "shared" / "data")
