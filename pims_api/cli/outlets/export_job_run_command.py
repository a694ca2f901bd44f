"""pims export-job run."""

import click

from pims_api.cli.options import session_of
from pims_api.cli.outlets.known_export_jobs import export_job_of, named, run_line, shown_run
from pims_api.cli.outlets.watched_run import watched_run
from pims_api.cli.output import as_json_option, echo_json
from pims_api.cli.session import writing
from pims_api.domain.outlets.outlet import RunState
from pims_api.jobs.kinds import load_kinds
from pims_api.services.outlets.export_jobs import RUN_KIND, ask_run


@click.command("run")
@named
@as_json_option
@click.pass_context
def run(ctx: click.Context, export_job: str, as_json: bool) -> None:
    r"""Run an export job now, and wait until its file has arrived.

    ID is that of `pims export-job list`. The file holds what whoever made the export job may see.
    While another run of it goes on, this one waits. The exit status is 0 if the file arrived.

    \b
    Example:
      pims export-job run nightly
    """
    with writing(ctx) as work:
        one = export_job_of(ctx, work, export_job)
        asked = ask_run(work, one)
    kinds = load_kinds()
    over = watched_run(session_of(ctx).database, one, asked, kinds, kinds[RUN_KIND].queue)
    if as_json:
        echo_json(shown_run(over))
    elif over.state is RunState.SUCCESS:
        click.echo(run_line(over))
    else:
        raise click.ClickException(run_line(over))
    if over.state is not RunState.SUCCESS:
        raise click.exceptions.Exit(1)
