"""The benchmark, as people and CI run it: real servers, a few seconds each."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.__main__ import main
from benchmarks.measure.client import Refused
from benchmarks.measure.rounds import Bench
from benchmarks.report.contrast import read_earlier
from benchmarks.report.targets import Site
from pims_api.cli import main as pims

REFERENCE = Path(__file__).with_name("reference.json")
SMALL = ["--products", "300", "--entries", "5", "--rounds", "5", "--connections", "2"]


def bench(*words, status=0):
    result = CliRunner().invoke(main, [*SMALL, *words])
    assert result.exit_code == status, result.output
    return result


def test_no_ratio_fell_by_more_than_a_third(tmp_path):
    """The guard of CI. See docs/benchmarks.md for how the reference is made anew."""
    names = ["--workloads", "read,list,edit,create", "--seconds", "0.6"]
    bench(*names, "--compare", str(REFERENCE), "--json", str(tmp_path / "found.json"))


def test_a_run_tells_figures_ratios_targets_and_sizes(tmp_path):
    file = tmp_path / "found.json"
    said = bench("--workloads", "edit,import,export", "--seconds", "0.2", "--json", str(file))
    found = json.loads(file.read_bytes())
    assert found["facts"]["products"] == 300
    assert [(one["workload"], one["connections"]) for one in found["results"]] == [("edit", 2)]
    result = found["results"][0]
    assert 0 < result["ratios"]["floor"]["low"] <= result["ratios"]["floor"]["high"]
    assert set(result["figures"]) == {"ours", "floor", "limit"}
    assert 0 < result["client_share"] < 1
    moved = [(one["command"], one["rows"]) for one in found["commands"]]
    assert moved == [("import", 300), ("export", 301)]
    assert all(20 < one["peak_mib"] < 300 for one in found["commands"])
    assert "editProduct, one attribute" in said.stdout


def test_a_request_that_is_refused_meanwhile_ends_the_command_with_1(monkeypatch):
    def busy(*_):
        raise Refused(503, b"busy")

    monkeypatch.setattr(Bench, "measure", busy)
    said = bench("--workloads", "read,list", status=1)
    assert "read with 2 connections: FAILED. The server answered 503: busy" in said.stdout
    assert "list with 2 connections: FAILED" in said.stdout


def test_a_kept_catalogue_is_made_once_and_runs_over_it_are_put_beside_each_other(tmp_path):
    """The second run is slower than what is said of an earlier one."""
    kept, before, found = (tmp_path / name for name in ("kept", "before.json", "found.json"))
    one = {"workload": "read", "connections": 2, "ratios": {"floor": {"median": 1000}}}
    figures = {"figures": {"ours": {"p50_ms": 1_000}}}
    facts = {"products": 30, "database": "SQLite 3.53.4"}
    before.write_text(json.dumps({"facts": facts, "results": [one | figures]}))
    words = ["--workloads", "read", "--seconds", "0.1", "--keep", str(kept), "--markdown"]
    assert "products: 300 of 300" in bench(*words).stderr
    words += ["--json", str(found), "--compare", str(before), "--against", str(before)]
    again = bench(*words, status=1)
    assert "products:" not in again.stderr
    assert "Fell: read with 2 connections" in again.stderr
    assert "| listProduct | 2 |" in again.stdout
    assert "SQLite 300 products, beside SQLite 30:" in again.stdout
    assert "≤ 2: yes" in again.stdout
    assert read_earlier(found).site == Site(300, "SQLite")


def test_nodes_are_measured_beside_one_of_them(postgres_url, tmp_path):
    file = tmp_path / "found.json"
    words = ["--workloads", "edit,create", "--seconds", "0.2", "--json", str(file)]
    said = bench("--database", postgres_url, "--nodes", "2", "--workers", "1", *words)
    assert "2 nodes on one database, beside one of them:" in said.stdout
    found = json.loads(file.read_bytes())
    assert [set(one["figures"]) for one in found["results"]] == [
        {"ours", "floor", "limit", "one-node"}
    ] * 2
    assert [(one["workload"], one["bound"]) for one in found["tables"][0]["rows"]] == [
        ("edit", 1.0),
        ("create", 1.0),
    ]


def test_a_database_with_another_catalogue_is_left_alone(tmp_path):
    url = f"sqlite:///{tmp_path / 'mine.db'}"
    CliRunner().invoke(pims, ["--database", url, "init"])
    said = bench("--database", url, status=1)
    assert "holds other catalogues already (default)" in said.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--workloads", "reed"], "'reed' is none of read, by-sku"),
        (["--connections", "0"], "no list of numbers"),
        (["--products", "many"], "no number such as"),
        (["--attributes", "3"], "22 to 5000 attributes"),
        (["--catalogue", "lego"], "needs --folder"),
        (["--nodes", "2"], "needs a PostgreSQL database"),
    ],
)
def test_an_option_that_cannot_be_is_refused(words, told):
    assert told in bench(*words, status=2).stderr


def test_a_folder_without_the_files_is_refused(tmp_path):
    said = bench("--catalogue", "chorus", "--folder", str(tmp_path), status=2)
    assert "The files of chorus are not in" in said.stderr
