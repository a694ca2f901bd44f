"""Channels: which records go to another system, and how their attributes show there.

Source: docs/channels.md, The channel.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from pims_api.domain.access.sight import Sight
from pims_api.domain.outlets.outlet import Outlet
from pims_api.domain.outlets.secrets import joined
from pims_api.domain.values.scope import Scope, parse_scope
from pims_api.errors import Forbidden
from pims_api.services.access import access_for, full_access, sight_of
from pims_api.services.keys.later_caller import key_now, user_now
from pims_api.services.users.accounts import role_of
from pims_api.storage.snapshot import Snapshot

OWNER_IS_GONE = (
    "The key or user that set up this channel is gone or may not do so any more: "
    "send the channel again with one that works."
)


@dataclass(frozen=True, slots=True)
class ChannelPlan:
    """What a channel sends, and where to. config: as it is shown, with masked secrets.

    alias: unique among channels. field_mappings: as they are sent, `sourceAttribute`,
    `targetField` and `transform` each. type_id, catalog_id: of the records; None: whatever they
    have. scope: the canonical text of the scope in which values are read and written.
    record_prefix, variant_prefix: how the ids begin by which others know records and variants.
    """

    alias: str
    type: str
    config: dict[str, Any] = field(default_factory=dict)
    field_mappings: Sequence[dict[str, Any]] = ()
    description: str | None = None
    type_id: int | None = None
    catalog_id: int | None = None
    scope: str | None = None
    record_prefix: str = "ent-"
    variant_prefix: str = "var-"

    def to_settings(self) -> dict[str, Any]:
        """Return the plan as a JSON object."""
        return asdict(self) | {"field_mappings": list(self.field_mappings)}

    @property
    def read_in(self) -> Scope:
        """The scope in which values are read and written."""
        return Scope(parse_scope(self.scope or ""))

    def id_of(self, number: int, *, is_variant: bool = False) -> str:
        """Return the id by which others know a record or a variant."""
        return f"{self.variant_prefix if is_variant else self.record_prefix}{number}"

    def number_of(self, text: str | None) -> int | None:
        """Return the number of a record by its id; None for a text that is none."""
        digits = (text or "").removeprefix(self.record_prefix)
        is_number = digits.isdecimal() and digits.isascii() and len(digits) <= 18
        return int(digits) if is_number and self.id_of(int(digits)) == text else None


def plan_of(one: Outlet) -> ChannelPlan:
    """Return the plan of a channel."""
    return ChannelPlan(**one.settings)


def config_of(one: Outlet) -> dict[str, Any]:
    """Return the configuration of a channel with its secrets."""
    found: dict[str, Any] = joined(plan_of(one).config, one.secrets)
    return found


def owner_sight(seen: Snapshot, one: Outlet) -> Sight:
    """Return what is seen by whoever set up a channel: a channel shows and changes no more.

    Raises Forbidden when the key or the user is gone.
    """
    definition = seen.definition
    if one.key_id is not None:
        key = key_now(seen.connection, one.tenant_id, one.key_id)
        if key is None:
            raise Forbidden(OWNER_IS_GONE)
        return sight_of(access_for(definition, key, None, definition.default_locale)[0])
    everything = full_access(definition, definition.default_locale)
    if one.user is None:
        return sight_of(everything)
    user = user_now(seen.connection, one.tenant_id, one.user)
    role = None if user is None else role_of(definition, user.role)
    if role is None:
        raise Forbidden(OWNER_IS_GONE)
    return sight_of(everything, role)
