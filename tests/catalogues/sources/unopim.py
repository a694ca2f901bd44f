"""The files of the UnoPim demo catalogue as they are."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]

DEFAULT_LOCALE = "en_US"
OTHER_LOCALES = ("de_DE", "fr_FR")
CURRENCIES = ("USD", "EUR")


@dataclass(frozen=True, slots=True)
class UnopimSource:
    """The files. options: the choices of attributes that the file of attributes does not list."""

    attributes: dict[str, Json]
    options: dict[str, list[Json]]
    units: dict[str, str]
    families: list[Json]
    categories: list[Json]
    products: list[Json]
    links: dict[str, dict[str, list[Any]]]
    link_types: dict[str, Json]

    def category_path(self, code: str) -> str:
        """Return the English names from the top category down, joined with ` > `."""
        category = next(one for one in self.categories if one["code"] == code)
        name = str(category["names"][DEFAULT_LOCALE])
        above = category["parent"]
        return name if above == "root" else f"{self.category_path(above)} > {name}"


def read(folder: Path) -> UnopimSource:
    """Return the whole catalogue."""
    attributes = _file(folder, "attributes")
    listed = {one["code"]: one for one in attributes["attributes"]}
    own = {code: one["options"] for code, one in listed.items() if "options" in one}
    units = {code: one["unit"] for code, one in attributes["measurements"].items()}
    measured = {code: one["measurement"] for code, one in listed.items() if "measurement" in one}
    associations = _file(folder, "associations")
    return UnopimSource(
        attributes=listed,
        options=own | attributes["extra_options"],
        units=units | {code: one["unit"] for code, one in measured.items()},
        families=_file(folder, "families")["families"],
        categories=_file(folder, "categories")["tree"],
        products=_file(folder, "products"),
        links=associations["links"],
        link_types={one["code"]: one for one in associations["types"]},
    )


def variant_sku(product: Json, variant: Json) -> str:
    """Return the SKU of a variant: that of its product and its suffix."""
    return f"{product['sku']}-{variant['suffix']}"


def locale_code(locale: str) -> str:
    """Return the locale as the API writes it.

    >>> locale_code("de_DE")
    'de-de'
    """
    return locale.replace("_", "-").lower()


def _file(folder: Path, name: str) -> Any:
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
