"""`pims category import`: a name beside a path."""

import pytest
from click.testing import CliRunner

from pims_api.cli import main


@pytest.fixture
def load(run, database_url, tmp_path):
    """`load("name,path…")` imports a table of categories; returns the result."""

    def imported(text, *words):
        (tmp_path / "c.csv").write_text(text)
        words = ["--database", database_url, "category", "import", str(tmp_path / "c.csv"), *words]
        return CliRunner().invoke(main, words)

    return imported


def test_a_path_of_the_parent_is_no_path_of_the_category(load):
    text = "name,path\nBags,Gear\nGear,Gear\nBags,Gear\n"
    result = load(text)
    assert (result.exit_code, result.stdout) == (
        1, '{"created":0,"updated":0,"unchanged":0,"rejected":2,"ancestors":0}\n',
    )  # fmt: skip
    assert result.stderr.splitlines()[0] == (
        "line 2: Gear: The name 'Bags' is not the last of the path 'Gear', which is that of the "
        "category itself! One of the parent is mapped as parent_path."
    )
    assert load(text, "--map", "path=parent_path").stdout == (
        '{"created":2,"updated":0,"unchanged":1,"rejected":0,"ancestors":1}\n'
    )
