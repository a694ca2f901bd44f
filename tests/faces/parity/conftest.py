"""PIMS and the Sigma face over one empty tenant."""

from tests.pims.conftest import edit, german, history, shown
from tests.sigma.conftest import (
    app,
    as_role,
    client,
    database,
    given_attribute,
    given_schema,
    key,
    make_key,
    pims,
    send,
    shared_app,
    sigma,
)

__all__ = [
    "app", "as_role", "client", "database", "edit", "german", "given_attribute", "given_schema",
    "history", "key", "make_key", "pims", "send", "shared_app", "shown", "sigma",
]  # fmt: skip
