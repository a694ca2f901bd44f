"""The options that all commands have, before the command or behind it, and what they choose.

Nothing here imports a database: `pims --help` would have to wait for that.
"""

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pims_api.storage.database import Database
    from pims_api.storage.history.changes import Actor

DEFAULT_TENANT = "default"
DEFAULT_USER = "command line"

CHANGING = {
    *("add", "cancel", "convert", "create", "delete", "disable", "edit", "enable", "import"),
    *("merge-values", "move", "password", "rename", "rename-value", "restore", "revert", "revoke"),
    "role",
}
"""Names of commands that change a catalogue and may say why."""


class ChosenDatabase:
    """A database that is opened when a command first works with it."""

    def __init__(self, url: str) -> None:
        self._url = url

    @cached_property
    def opened(self) -> "Database":
        from pims_api.cli.session import open_named

        return open_named(self._url)

    def close(self) -> None:
        """Close the database, if it was opened."""
        if "opened" in self.__dict__:
            self.opened.close()


@dataclass(frozen=True, slots=True)
class Session:
    """The options before the command. user: the name that history shows.

    reason, source_ref: why something is changed, and the document that asks for it.
    """

    chosen: ChosenDatabase
    tenant: str = DEFAULT_TENANT
    user: str = DEFAULT_USER
    reason: str | None = None
    source_ref: str | None = None

    @property
    def database(self) -> "Database":
        """The database. Ends the command when the URL names none, or a setting is wrong."""
        return self.chosen.opened

    @property
    def actor(self) -> "Actor":
        """The actor that history shows for the command, with the note."""
        from pims_api.storage.history.changes import Actor, Note

        return Actor(self.user, note=Note(self.reason, self.source_ref))


def session_of(ctx: click.Context) -> Session:
    """Return the options before the command. Ends it when a word of the command is no text."""
    session = ctx.ensure_object(Session)
    for name in ("tenant", "user", "reason", "source_ref"):
        _require_unicode(getattr(session, name), f"'--{name.replace('_', '-')}'")
    for one in ctx.command.params:
        _require_unicode(ctx.params.get(one.name or ""), one.get_error_hint(ctx))
    return session


def _require_unicode(value: Any, hint: str) -> None:
    if not _is_unicode(value):
        raise click.BadParameter("it has bytes that are not UTF-8", param_hint=hint)


def _is_unicode(value: Any) -> bool:
    """Return whether a parameter holds no bytes that the shell could not read as text."""
    if isinstance(value, list | tuple):
        return all(map(_is_unicode, value))
    return not isinstance(value, str) or value.encode(errors="ignore").decode() == value


def choose_database(ctx: click.Context, url: str) -> ChosenDatabase:
    """Return the database of a URL, which is closed when the command ends."""
    chosen = ChosenDatabase(url)
    ctx.call_on_close(chosen.close)
    return chosen


def add_common_options(command: click.Command, *, tenant: bool) -> None:
    """Give a command, or each one of a group, the options that may also stand behind it.

    tenant: whether it works on one catalogue.
    """
    if command.help:  # click would wrap the lines of the examples anew
        command.help = command.help.replace("\\b", "\b")
    if isinstance(command, click.Group):
        for one in command.commands.values():
            add_common_options(one, tenant=tenant)
        return
    if tenant and command.name in CHANGING:
        command.params += _note_options()
    command.params += _place_options(tenant=tenant)


def _place_options(*, tenant: bool) -> list[click.Parameter]:
    database_option = click.Option(
        ["--database"],
        expose_value=False,
        callback=_choose_database,
        metavar="URL",
        help="Which database, as before the command.",
    )
    tenant_option = click.Option(
        ["--tenant"],
        expose_value=False,
        callback=_choose_tenant,
        metavar="NAME",
        help="Which catalogue in it, as before the command.",
    )
    return [database_option, tenant_option] if tenant else [database_option]


def _note_options() -> list[click.Parameter]:
    reason = click.Option(
        ["--reason"],
        expose_value=False,
        callback=partial(_choose_note, "reason"),
        metavar="TEXT",
        help="Why, kept with what the command changes.",
    )
    source_ref = click.Option(
        ["--source-ref"],
        expose_value=False,
        callback=partial(_choose_note, "source_ref"),
        metavar="TEXT",
        help="The number of a document that asks for it, kept likewise.",
    )
    return [reason, source_ref]


def _choose_note(field: str, ctx: click.Context, option: click.Parameter, text: str | None) -> None:
    if text is None:
        return
    if len(text) > _length_max(field):
        raise click.BadParameter(f"at most {_length_max(field)} characters", ctx, option)
    noted: dict[str, Any] = {field: text}
    ctx.obj = replace(session_of(ctx), **noted)


def _length_max(field: str) -> int:
    from pims_api.storage.history.changes import REASON_LENGTH_MAX, SOURCE_REF_LENGTH_MAX

    return REASON_LENGTH_MAX if field == "reason" else SOURCE_REF_LENGTH_MAX


def _choose_database(ctx: click.Context, _: click.Parameter, url: str | None) -> None:
    if url is not None:
        ctx.obj = replace(session_of(ctx), chosen=choose_database(ctx, url))


def _choose_tenant(ctx: click.Context, _: click.Parameter, name: str | None) -> None:
    if name is not None:
        ctx.obj = replace(session_of(ctx), tenant=name)
