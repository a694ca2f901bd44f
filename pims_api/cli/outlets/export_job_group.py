"""pims export-job: files of records that are sent somewhere, by the clock or when asked."""

import click

from pims_api.cli.lazy_group import LazyGroup, Place

_PLACES = {
    name: Place(f"pims_api.cli.outlets.{where}", about)
    for name, where, about in (
        ("list", "export_job_list_commands:list_export_jobs", "List the export jobs."),
        ("run", "export_job_run_command:run", "Run an export job now."),
        ("runs", "export_job_list_commands:runs", "List the runs of an export job."),
    )
}


@click.group("export-job", cls=LazyGroup, places=_PLACES)
def export_job_group() -> None:
    """Export jobs: files of records that are sent somewhere."""
