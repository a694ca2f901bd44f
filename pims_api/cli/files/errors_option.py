"""The option --errors of every import: the format of the errors file by its name."""

from pathlib import Path

import click

from pims_api.transfer.tables.table import FORMATS, Format


def check_errors_file(file: Path, errors: Path | None, source: Format) -> None:
    """End the command when refused rows of a file of this format cannot go to `errors`."""
    if errors is None:
        return
    if errors.exists() and errors.samefile(file):
        raise click.UsageError("--errors must name another file than the one to import.")
    kind = errors_format(errors, source)
    if kind not in FORMATS:
        endings = ", ".join(f".{one}" for one in FORMATS)
        raise click.UsageError(f"--errors {errors.name} ends with none of {endings}.")
    if source == "jsonl" and kind != source:
        message = f"--errors {errors.name}: JSON cannot be kept in a table, name it .jsonl."
        raise click.UsageError(message)


def errors_format(errors: Path, source: Format) -> Format:
    """Return the format that the name of an errors file asks for; without an ending the source's.

    An ending that is no format comes back as it is.
    """
    ending = errors.suffix.lower().removeprefix(".")
    return ending or source  # type: ignore[return-value]
