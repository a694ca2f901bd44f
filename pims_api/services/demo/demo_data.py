"""The demo catalogue: Kettle & Pine, an invented maker of things for the camp kitchen."""

from typing import Any

from pims_api.domain.attributes.attribute import ValueType
from pims_api.services.attribute_views.fields import ViewFieldWrite
from pims_api.services.attribute_views.write import ViewWrite
from pims_api.services.attributes.requests import AttributeWrite, OptionListWrite

ENGLISH, GERMAN = "en-us", "de-de"
SHOP, SALES = "Shop", "Sales and logistics"


def _attribute(
    name: str, kind: ValueType, labels: tuple[str, str], **settings: Any
) -> AttributeWrite:
    options = settings.pop("options", None)
    labelled = dict(zip((ENGLISH, GERMAN), labels, strict=True))
    return AttributeWrite(name, {"type": kind, "group": SHOP} | settings, labelled, options=options)


def _dictionary(**rows: str) -> OptionListWrite:
    return OptionListWrite(("value", GERMAN), list(rows.items()), bare=False, static=True)


_FOUND = {"filterable": True, "indexable": True}
_AMOUNT = {"group": SALES, "minimum": "0"} | _FOUND

ATTRIBUTES = [
    _attribute("slogan", ValueType.STRING, ("Slogan", "Werbesatz"), searchable=True,
               dimensions=(1,), max_length=120),
    _attribute("description", ValueType.HTML, ("Description", "Beschreibung"), dimensions=(1,),
               searchable=True),
    _attribute("price", ValueType.NUMBER, ("Price, EUR", "Preis, EUR"), **_AMOUNT),
    _attribute("cost", ValueType.NUMBER, ("Cost, EUR", "Einkauf, EUR"), **_AMOUNT),
    _attribute("in_stock", ValueType.BOOLEAN, ("In stock", "Auf Lager"), group=SALES, **_FOUND),
    _attribute("released", ValueType.DATE, ("Released", "Erschienen"), group=SALES, **_FOUND),
    _attribute("ean", ValueType.STRING, ("EAN", "EAN"), group=SALES, unique=True, filterable=True,
               mask="[0-9]{13}"),
    _attribute("capacity", ValueType.NUMBER, ("Capacity, l", "Inhalt, l"), **_FOUND),
    _attribute("colour", ValueType.OPTION, ("Colour", "Farbe"), **_FOUND,
               options=_dictionary(red="Rot", blue="Blau", cream="Creme", black="Schwarz")),
    _attribute("material", ValueType.OPTION, ("Material", "Material"), collection=True,
               filterable=True,
               options=_dictionary(enamel="Emaille", steel="Stahl", beech="Buche", linen="Leinen")),
    _attribute("tags", ValueType.STRING, ("Tags", "Stichworte"), collection=True, searchable=True,
               filterable=True),
    _attribute("gallery", ValueType.MEDIA, ("Pictures", "Bilder"), collection=True),
    _attribute("goes_with", ValueType.RELATION, ("Goes with", "Passt zu"), collection=True),
    _attribute("filled", ValueType.COMPLETENESS, ("Completeness", "Vollständigkeit"), group=SALES,
               **_FOUND),
]  # fmt: skip

TITLE = AttributeWrite(
    "title", {"localizable": True}, {GERMAN: "Bezeichnung"}, {GERMAN: "Kurzer Name des Produkts."}
)
REQUIRED = ("title", "description", "price", "ean", "gallery")

KETTLES = "Camp kitchen > Kettles and pots > Kettles"
POTS = "Camp kitchen > Kettles and pots > Pots"
MUGS = "Camp kitchen > Table > Mugs"
LINEN = "Camp kitchen > Table > Linen"
COFFEE = "Camp kitchen > Coffee"
LIGHT = "Around the fire > Light"
FIRE = "Around the fire > Stoves"
CATEGORIES = {
    "Camp kitchen": "Campküche",
    "Camp kitchen > Kettles and pots": "Kessel und Töpfe",
    KETTLES: "Kessel",
    POTS: "Töpfe",
    "Camp kitchen > Table": "Am Tisch",
    MUGS: "Becher",
    LINEN: "Leinen",
    COFFEE: "Kaffee",
    "Around the fire": "Rund ums Feuer",
    LIGHT: "Licht",
    FIRE: "Kocher",
}

VIEWS = {
    "shop": ViewWrite(
        label={ENGLISH: "Web shop", GERMAN: "Webshop"},
        comment="What customers may know: no cost, no EAN.",
        fields={
            "title": ViewFieldWrite("Name"),
            "slogan": ViewFieldWrite("Slogan"),
            "description": ViewFieldWrite("Text"),
            "price": ViewFieldWrite("Price", readonly=True),
            "colour": ViewFieldWrite("Colour"),
            "capacity": ViewFieldWrite("Litres"),
            "gallery": ViewFieldWrite("Pictures"),
            **dict.fromkeys(
                ("categories", "status", "thumbnail", "goes_with", "variation_of",
                 "variation_attributes", "variation_skus", "variation_matrix"),
                ViewFieldWrite(),
            ),
        },
    ),
    "in_stock": ViewWrite(
        label={ENGLISH: "Ready to send", GERMAN: "Sofort lieferbar"},
        comment="Only what can be sent today.",
        fields=dict.fromkeys(("title", "price", "ean", "categories"), ViewFieldWrite()),
        condition_query="[[status]] = 'active' AND [[in_stock]] = TRUE",
    ),
}  # fmt: skip

_PICTURES = "https://kettleandpine.example/pictures"

PRODUCTS: dict[str, dict[str, Any]] = {
    "KP-KETTLE": {
        "title": "Whistling kettle",
        "slogan": "Sings when it is ready",
        "description": "<p>Enamelled steel, <b>1.2 litres</b>. The whistle folds away.</p>",
        "categories": [KETTLES, COFFEE],
        "price": "39.90", "cost": "14.20", "in_stock": "true", "released": "2021-04-12",
        "ean": "4006381333931", "capacity": "1.2", "colour": "cream",
        "material": ["enamel", "steel"], "tags": ["tea", "coffee", "fire"],
        "gallery": [f"{_PICTURES}/kettle-1.jpg", f"{_PICTURES}/kettle-2.jpg"],
        "thumbnail": f"{_PICTURES}/kettle-small.jpg",
    },
    "KP-POT": {
        "title": "Stew pot with lid",
        "slogan": "Room for four hungry people",
        "description": "<p>2.5 litres, with a lid that serves as a plate.</p>",
        "categories": [POTS], "price": "34.00", "cost": "12.85", "in_stock": "true",
        "released": "2021-04-12", "ean": "4006381333948", "capacity": "2.5", "colour": "blue",
        "material": ["enamel", "steel"], "tags": ["fire"],
        "gallery": [f"{_PICTURES}/pot-1.jpg"],
    },
    "KP-MUG": {
        "title": "Enamel mug",
        "slogan": "One for each day of the week",
        "description": "<p>0.35 litres, with a <i>rolled</i> rim of steel.</p>",
        "categories": [MUGS, COFFEE], "price": "12.50", "cost": "3.10", "capacity": "0.35",
        "in_stock": "true", "released": "2022-03-01", "ean": "4006381333955",
        "colour": "black", "material": ["enamel", "steel"],
        "variation_attributes": ["colour"], "gallery": [f"{_PICTURES}/mug-1.jpg"],
    },
    **{
        f"KP-MUG-{colour.upper()}": {
            "title": f"Enamel mug, {colour}", "categories": [MUGS], "price": "12.50",
            "cost": "3.10", "capacity": "0.35", "in_stock": stocked, "released": "2022-03-01",
            "ean": ean, "colour": colour, "material": ["enamel", "steel"],
            "variation_of": "KP-MUG", "gallery": [f"{_PICTURES}/mug-{colour}.jpg"],
        }
        for colour, ean, stocked in (
            ("red", "4006381333962", "true"),
            ("blue", "4006381333979", "true"),
            ("cream", "4006381333986", "false"),
        )
    },
    "KP-GRINDER": {
        "title": "Hand coffee grinder",
        "slogan": "Fresh coffee, no socket",
        "categories": [COFFEE], "price": "58.00", "cost": "24.40", "in_stock": "true",
        "released": "2023-09-15", "ean": "4006381333993", "material": ["steel", "beech"],
        "tags": ["coffee"],
    },
    "KP-STOVE": {
        "title": "Folding wood stove",
        "slogan": "Burns what lies around",
        "description": "<p>Folds flat; boils a litre with a handful of twigs.</p>",
        "categories": [FIRE], "price": "74.95", "cost": "31.00", "in_stock": "false",
        "released": "2024-05-02", "ean": "4006381334006", "material": ["steel"],
        "tags": ["fire"], "gallery": [f"{_PICTURES}/stove-1.jpg"],
    },
    "KP-TOWEL": {
        "title": "Linen tea towel",
        "description": "<p>50 by 70 cm, with a loop of leather.</p>",
        "categories": [LINEN], "price": "14.00", "cost": "4.75", "in_stock": "true",
        "released": "2022-11-20", "ean": "4006381334013", "colour": "cream",
        "material": ["linen"],
    },
    "KP-LANTERN": {
        "title": "Candle lantern",
        "slogan": "Nine hours of light",
        "categories": [LIGHT], "price": "29.00", "cost": "9.90", "in_stock": "false",
        "released": "2019-08-30", "material": ["steel"], "status": "inactive",
    },
    "KP-BOARD": {
        "title": "Beech cutting board",
        "slogan": "Also a good tray",
        "categories": ["Camp kitchen > Table"], "price": "19.50", "cost": "6.30",
        "in_stock": "true", "released": "2023-02-14", "ean": "4006381334020",
        "material": ["beech"],
    },
}  # fmt: skip

GERMAN_WORDS: dict[str, dict[str, str]] = {
    "KP-KETTLE": {
        "title": "Pfeifkessel",
        "slogan": "Singt, wenn es so weit ist",
        "description": "<p>Emaillierter Stahl, <b>1,2 Liter</b>. Die Pfeife ist klappbar.</p>",
    },
    "KP-POT": {"title": "Eintopf-Topf mit Deckel", "slogan": "Für vier Hungrige"},
    "KP-MUG": {"title": "Emaille-Becher", "slogan": "Für jeden Wochentag einer"},
    "KP-MUG-RED": {"title": "Emaille-Becher, rot"},
    "KP-MUG-BLUE": {"title": "Emaille-Becher, blau"},
    "KP-MUG-CREAM": {"title": "Emaille-Becher, creme"},
    "KP-GRINDER": {"title": "Kaffeemühle mit Kurbel"},
    "KP-STOVE": {"title": "Faltbarer Holzkocher"},
    "KP-TOWEL": {"title": "Geschirrtuch aus Leinen"},
}

LINKS: dict[str, dict[str, Any]] = {
    "KP-KETTLE": {"goes_with": ["KP-MUG", "KP-GRINDER"]},
    "KP-GRINDER": {"goes_with": ["KP-KETTLE", "KP-MUG"]},
    "KP-STOVE": {"goes_with": ["KP-KETTLE", "KP-POT"]},
}

NEW_PRICES: dict[str, dict[str, Any]] = {
    "KP-MUG": {"price": "12.90"},
    "KP-MUG-RED": {"price": "12.90"},
    "KP-MUG-BLUE": {"price": "12.90"},
    "KP-MUG-CREAM": {"price": "12.90", "in_stock": "true"},
    "KP-KETTLE": {"price": "42.00", "slogan": "Sings as soon as it is ready"},
}
