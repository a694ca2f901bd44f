"""The conversation, in its order: the later parts live on what the earlier ones made."""

from collections.abc import Callable

from tests.golden.talk import Talk
from tests.golden.talks import (
    attributes,
    categories,
    endings,
    files,
    keys,
    shop,
    transport,
    views,
)
from tests.golden.talks.products import batches, finding, history, lists, reading, streams, writing

TALKS: tuple[Callable[[Talk], None], ...] = (
    keys.talk,
    attributes.talk,
    categories.talk,
    writing.talk,
    reading.talk,
    batches.talk,
    streams.talk,
    views.talk,
    lists.talk,
    finding.talk,
    history.talk,
    shop.talk,
    files.talk,
    transport.talk,
    endings.talk,
)
