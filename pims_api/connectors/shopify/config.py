"""What a channel says of its shop: the shop's name, how to be let in, and two choices.

No caller names a host, a port, a path or a version: the operator does, by settings.

Source: docs/channels.md, The channel.
"""

import re
from collections.abc import Mapping
from typing import Any

from pims_api.connectors.base import BadSetting
from pims_api.connectors.shopify.client import Shop
from pims_api.connectors.shopify.remote_product import GRAMS
from pims_api.settings import Settings

TOKEN, OTHER_TOKEN, CLIENT, CLIENT_SECRET = "apiKey", "accessToken", "clientId", "clientSecret"
KEYS = (
    "shopUrl",
    TOKEN,
    OTHER_TOKEN,
    CLIENT,
    CLIENT_SECRET,
    "newProductStatus",
    "weightUnit",
)
NEW_STATUSES = ("DRAFT", "ACTIVE")
_DOMAIN = ".myshopify.com"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_CREDENTIAL = re.compile(r"[!-~]{1,512}")
_CREDENTIALS = (TOKEN, OTHER_TOKEN, CLIENT, CLIENT_SECRET)


def shop_name(text: Any) -> str | None:
    """Return the name of the shop of an address; None for what is none of Shopify's.

    >>> shop_name("https://Acme.myshopify.com/"), shop_name("acme"), shop_name("acme.test")
    ('acme', 'acme', None)
    """
    if not isinstance(text, str) or not text.isascii():
        return None
    name = text.lower().removeprefix("https://").removesuffix("/").removesuffix(_DOMAIN)
    return name if _NAME.fullmatch(name) else None


def read_config(config: Mapping[str, Any]) -> tuple[dict[str, Any], list[BadSetting]]:
    """Return a configuration in its one form, and what is wrong with it."""
    faults = [
        BadSetting((name,), f"There is no setting {name[:64]!r}. There are {', '.join(KEYS)}.")
        for name in config
        if name not in KEYS
    ]
    made = {name: value for name, value in config.items() if name in KEYS and value is not None}
    name = shop_name(config.get("shopUrl"))
    if name is None:
        message = "It must be the address of a shop, such as acme.myshopify.com!"
        faults.append(BadSetting(("shopUrl",), message))
    made["shopUrl"] = name
    faults += _credential_faults(made)
    faults += _word_faults(made, "newProductStatus", NEW_STATUSES)
    faults += _word_faults(made, "weightUnit", tuple(GRAMS))
    return made, faults


def shown(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration with the whole address of the shop."""
    return dict(config) | {"shopUrl": shop_address(config["shopUrl"])}


def shop_address(name: str) -> str:
    """Return the address of a shop."""
    return f"https://{name}{_DOMAIN}"


def shop_of(config: Mapping[str, Any], settings: Settings) -> Shop:
    """Return the shop of a configuration, and how it is reached."""
    name = config["shopUrl"]
    return Shop(
        name,
        settings.shopify_base_url.replace("{shop}", name).rstrip("/"),
        settings.shopify_api_version,
        settings.shopify_timeout_s,
        config.get(TOKEN) or config.get(OTHER_TOKEN),
        config.get(CLIENT),
        config.get(CLIENT_SECRET),
    )


def _credential_faults(made: Mapping[str, Any]) -> list[BadSetting]:
    sent = [name for name in _CREDENTIALS if made.get(name)]
    bad = [
        name
        for name in _CREDENTIALS
        if name in made and not (isinstance(made[name], str) and _CREDENTIAL.fullmatch(made[name]))
    ]
    if bad:
        message = "It must be text without spaces!"
        return [BadSetting((name,), message) for name in bad]
    if sent not in ([TOKEN], [OTHER_TOKEN], [CLIENT, CLIENT_SECRET]):
        message = f"It takes either {TOKEN}, or {CLIENT} and {CLIENT_SECRET}!"
        return [BadSetting((TOKEN,), message)]
    return []


def _word_faults(made: Mapping[str, Any], name: str, words: tuple[str, ...]) -> list[BadSetting]:
    if name in made and made[name] not in words:
        return [BadSetting((name,), f"It must be one of {', '.join(words)}!")]
    return []
