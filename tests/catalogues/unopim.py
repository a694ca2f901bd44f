"""Load the UnoPim demo catalogue over HTTP: product types, three languages, prices, associations.

Locales and product types are made by the `pims` command, everything else by posting actions.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from tests.catalogues.erp_client import ATTRIBUTES, CATEGORIES, ErpClient
from tests.catalogues.mappings.unopim import (
    attribute_items,
    category_items,
    links,
    product_types,
    products,
    translations,
)
from tests.catalogues.progress import Progress
from tests.catalogues.sources.unopim import OTHER_LOCALES, UnopimSource, locale_code, read

Json = dict[str, Any]
RunPims = Callable[..., None]
"""Runs the `pims` command with these words, such as ("locale", "add", "de-de")."""


@dataclass(frozen=True, slots=True)
class UnopimReport:
    """What a load did. warnings: count by code."""

    products: int
    translations: int
    linked: int
    seconds: float
    warnings: dict[str, int]


def load(client: ErpClient, folder: Path, run_pims: RunPims) -> UnopimReport:
    """Load the catalogue into a tenant that has none of it yet; raises Refused at a refusal."""
    source = read(folder)
    define(client, source, run_pims)
    new = list(products(source))
    translated = [(locale, list(translations(source, locale))) for locale in OTHER_LOCALES]
    linked = list(links(source))
    total = len(new) + len(linked) + sum(len(bodies) for _, bodies in translated)
    progress = Progress(total)
    send_all(client, "createProduct", new, progress)
    for locale, bodies in translated:
        send_all(client.in_locale(locale_code(locale)), "editProduct", bodies, progress)
    send_all(client, "editProduct", linked[:-1], progress)
    progress.count(client.act("editProduct", **linked[-1]))
    return UnopimReport(
        products=len(new),
        translations=len(list(chain.from_iterable(bodies for _, bodies in translated))),
        linked=len(linked),
        seconds=progress.seconds,
        warnings=dict(progress.warnings),
    )


def define(client: ErpClient, source: UnopimSource, run_pims: RunPims) -> None:
    """Make locales, attributes, product types and categories."""
    for locale in OTHER_LOCALES:
        run_pims("locale", "add", locale_code(locale))
    client.act("addAttribute", path=ATTRIBUTES, items=attribute_items(source))
    client.act("editAttribute", path=ATTRIBUTES, name="title", definition={"isLocalizable": "y"})
    for name, attributes, required in product_types(source):
        run_pims(
            *("product-type", "add", name),
            *("--attributes", ",".join(attributes)),
            *("--required", ",".join(required)),
            *("--inherit", "n"),
        )
    client.act("addCategory", path=CATEGORIES, items=category_items(source))


def send_all(client: ErpClient, action: str, bodies: Iterable[Json], progress: Progress) -> None:
    """Send one action per body, leaving category filter values for later."""
    for body in bodies:
        progress.count(client.act(action, pauseReIndexing="Y", **body))
