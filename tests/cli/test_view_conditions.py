"""`pims view`: what a condition names and is not there."""

import pytest
from click.testing import CliRunner

from pims_api.cli import main

NOTE = "Note: There is no category 'Internl' yet, which the condition names."


@pytest.mark.parametrize("more", [(), ("--yes",), ("--dry-run",)])
def test_what_a_condition_names_and_is_not_there_is_told_once(run, database_url, more):
    run("category", "add", "Internal")
    for action in ("add", "edit"):
        words = ["view", action, "shop", "--condition", "NOT [[categories]] = 'Internl'"]
        words += more if action == "edit" else ()
        result = CliRunner().invoke(main, ["--database", database_url, *words])
        assert result.stderr.splitlines().count(NOTE) == 1
