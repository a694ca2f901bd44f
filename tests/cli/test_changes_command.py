"""`pims changes`: lines of JSON for scripts, once or for as long as they listen."""

import json
import subprocess
import sys
import threading
from queue import Queue

import pytest

ANSWER_S_MAX = 20


@pytest.fixture
def shop(run, tmp_path):
    """A way to import products, of which there are A and B."""
    run("attribute", "add", "price", "--type", "number", "--label", "price", "--filterable")

    def load(*rows):
        path = tmp_path / "given.jsonl"
        path.write_text("\n".join(json.dumps({"title": "T", **row}) for row in rows))
        run("import", str(path))

    load({"sku": "A", "price": "1"}, {"sku": "B", "price": "20"})
    return load


@pytest.fixture
def told(run):
    """`told("--since", "0")`: the lines that the command prints."""
    return lambda *words: [json.loads(line) for line in run("changes", *words).splitlines()]


def test_everything_comes_first_and_then_what_changed(shop, told):
    first, second, end = told()
    assert (first["sku"], first["kind"], first["version"]) == ("A", "changed", 1)
    assert first["attributes"]["price"] == "1"
    assert second["transaction"] == end["next"]
    assert told("--since", str(end["next"])) == [end]
    shop({"sku": "A", "price": "2"}, {"sku": "B", "status": "deleted"})
    [one, other, after] = told("--since", str(end["next"]), "--old", "--attributes", "price")
    assert one["attributes"] == {"sku": "A", "price": "2"}
    assert one["old"] == {"price": "1"}
    assert sorted(other) == ["date", "kind", "sku", "transaction"]
    assert other["kind"] == "gone"
    assert after["next"] > end["next"]


def test_a_condition_chooses(shop, told):
    assert [one.get("sku") for one in told("--condition", "[[price]] < 5")] == ["A", None]


@pytest.mark.parametrize("since", ["-1", "x", "1.5"])
def test_what_is_no_transaction_is_refused(run, since):
    run("changes", f"--since={since}", status=2)


def test_a_transaction_that_is_not_there_is_refused(run):
    assert "since must be" in run("changes", "--since", "999999", status=1)


def test_who_follows_is_told_of_what_is_written_meanwhile(shop, run, database_url):
    words = [sys.executable, "-m", "pims_api", "--database", database_url, "changes", "--follow"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as reader:
        lines: Queue[str] = Queue()
        listening = threading.Thread(target=lambda: [lines.put(line) for line in reader.stdout])
        listening.start()
        try:
            seen = [json.loads(lines.get(timeout=ANSWER_S_MAX)) for _ in range(3)]
            assert [one.get("sku") for one in seen] == ["A", "B", None]
            shop({"sku": "C"})
            assert json.loads(lines.get(timeout=ANSWER_S_MAX))["sku"] == "C"
        finally:
            reader.terminate()
            # Before the block closes what the thread reads from.
            listening.join()
