"""The import commands of `pims` over a shop, and the files that they read."""

import csv
import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from pims_api.cli import main
from tests.catalogues.shop import Shop

Json = dict[str, Any]


def import_file(shop: Shop, what: Sequence[str], file: Path, *options: str) -> Json:
    """Run an import and return its totals; the exit status has to say whether it refused any.

    what: the words of the command, such as ("attribute", "import").
    """
    words = ["--database", shop.database_url, *what, str(file), *options, "--json"]
    result: Result = CliRunner().invoke(main, words)
    if result.exit_code not in (0, 1) or not result.stdout:
        raise AssertionError(f"pims {' '.join(words)}: {result.output} {result.exception!r}")
    totals: Json = json.loads(result.stdout)
    assert bool(totals["rejected"]) == bool(result.exit_code), result.output
    return totals


def import_products(shop: Shop, file: Path, *options: str) -> Json:
    return import_file(shop, ["import"], file, *options)


def import_attributes(shop: Shop, file: Path, *options: str) -> Json:
    return import_file(shop, ["attribute", "import"], file, *options)


def import_categories(shop: Shop, file: Path, *options: str) -> Json:
    return import_file(shop, ["category", "import"], file, *options)


def mapped(mapping: Mapping[str, str], ignored: Iterable[str] = ()) -> list[str]:
    """Return the options that say what columns mean, and which are left."""
    maps = (("--map", f"{theirs}={ours}") for theirs, ours in mapping.items())
    return [*chain.from_iterable(maps), *chain.from_iterable(("--ignore", one) for one in ignored)]


def unpacked(packed: Path, to: Path) -> Path:
    """Write a file as it is but unpacked, and return where."""
    path = to / packed.name.removesuffix(".gz")
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    return path


def write_lines(path: Path, entries: Iterable[Json]) -> Path:
    """Write JSON lines and return where."""
    with path.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in entries)
    return path


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Path:
    """Write a CSV file and return where; what a row lacks is an empty cell."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path
