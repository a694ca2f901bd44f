"""Words of a command that are not UTF-8, as a shell of another encoding sends them."""

import pytest
from click.testing import CliRunner

from pims_api.cli import main

LATIN = "caf\udce9"  # what Python makes of the bytes of "café" in Latin-1


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["product", "edit", "KP-TOWEL", "--set", "title", LATIN], "'--set'"),
        (["product", "show", LATIN], "'SKU'"),
        (["product", "edit", "KP-TOWEL", "--set", "title", "A", "--reason", LATIN], "'--reason'"),
        (
            ["product", "restore", "A", "--as-of", "3", "--source-ref", LATIN],
            "'--source-ref'",
        ),
        (["--user", LATIN, "product", "edit", "KP-TOWEL", "--set", "title", "A"], "'--user'"),
        (["transaction", "list", "--source-ref", LATIN], "'--source-ref'"),
        (["category", "add", LATIN], "'PATH...'"),
        (["key", "create", "--name", LATIN, "--permissions", "pim_user"], "'--name'"),
        (["export", "--condition", LATIN], "'--condition'"),
    ],
)
def test_what_is_not_utf_8_is_refused_by_name(demo, database_url, words, name):
    result = CliRunner().invoke(main, ["--database", database_url, *words])
    assert (result.exit_code, result.output.splitlines()[-1]) == (
        2,
        f"Error: Invalid value for {name}: it has bytes that are not UTF-8",
    )


def test_a_file_may_have_any_name(run, demo, tmp_path):
    file = tmp_path / f"{LATIN}.csv"
    file.write_text("sku,title\nNEW-1,Rod\n", encoding="utf-8")
    assert run("import", str(file)).startswith('{"created":1,')
