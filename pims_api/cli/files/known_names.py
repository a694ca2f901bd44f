"""Names that options give: of Views, locales and whatever else is defined."""

from collections.abc import Iterable

import click

from pims_api.domain.suggestion import nearest


def check_known(what: str, name: str | None, known: Iterable[str]) -> None:
    """End the command when it names something that is not there, with the nearest name."""
    if name is not None and name not in known:
        hint = nearest(name, known)
        more = f" Did you mean {hint}?" if hint else ""
        raise click.ClickException(f"There is no {what} {name!r}!{more}")
