"""Python's garbage collector, kept away from what is many and lives long.

Definitions, products and their values are, and hardly any of them is ever garbage that counting
references would not find. Going through all of them over and over takes as long as making them.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_COLLECT_AFTER = (20_000, 20, 50)  # Python's own: 700, 10, 10; an import would take a sixth longer


def collect_seldom() -> None:
    """Have the collector look when much was made, in this process from now on."""
    gc.set_threshold(*_COLLECT_AFTER)


@contextmanager
def kept_for_good() -> Iterator[None]:
    """Keep what the block makes, such as modules, out of this collection and of all later ones."""
    with without_collection():
        yield
        gc.freeze()


def keep_for_good() -> None:
    """Have no collection look again at what is there now, which is the program and its settings."""
    collect_seldom()
    gc.collect()
    gc.freeze()


@contextmanager
def without_collection() -> Iterator[None]:
    """Keep the garbage collector out while the block lasts."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
