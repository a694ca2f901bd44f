"""The readers of real catalogues, over files of the same form."""

import gzip
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from benchmarks.__main__ import main
from benchmarks.catalogues.chorus import VIEW_WIDTH, chorus_catalogue
from benchmarks.catalogues.lego import lego_catalogue

CODES = [f"attr_t_word_{number}" for number in range(40)]
SMALL = ["--entries", "5", "--rounds", "2", "--connections", "1", "--seconds", "0.1"]


def write(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(content))


def write_lines(path: Path, rows: list[dict]) -> None:
    write(path, b"".join(orjson.dumps(one) + b"\n" for one in rows))


@pytest.fixture
def chorus(tmp_path: Path) -> Path:
    """Sixty products; attribute 0 is the rarest, 39 the commonest."""
    counts = [{"code": code, "products": place} for place, code in enumerate(CODES)]
    write(tmp_path / "attributes.json.gz", orjson.dumps(counts))
    common = {"title": "Black printer", "supplier": "HP", "short_description": "Fast"}
    words = dict.fromkeys(CODES, "black")
    rows = [common | words | {"id": f"{number}", "price": 4995.5} for number in range(100, 160)]
    write_lines(tmp_path / "products.jsonl.gz", rows)
    return tmp_path


@pytest.fixture
def lego(tmp_path: Path) -> Path:
    """Two parts, one of them in two colours, and a set."""
    words = {
        "colors": [
            {"id": 1, "name": "Red", "rgb": "FF0000", "transparent": False},
            {"id": 2, "name": "Blue", "rgb": "0000FF", "transparent": False},
        ],
        "partCategories": [{"id": 7, "name": "Plates"}],
        "themes": [{"id": 3, "name": "Town", "parent": None}],
    }
    write(tmp_path / "dictionaries.json.gz", orjson.dumps(words))
    elements = [{"element": f"{30 + number}", "color": number} for number in (1, 2)]
    part = {"category": 7, "material": "Plastic"}
    parts = [{"part": "10", "name": "Plate", "variants": elements}, {"part": "31", "name": "Tile"}]
    write_lines(tmp_path / "parts.jsonl.gz", [one | part for one in parts])
    one_set = {"set": "1-1", "name": "Gears", "year": 1999, "theme": 3, "parts": 43, "image": "x"}
    write_lines(tmp_path / "sets.jsonl.gz", [one_set])
    return tmp_path


def test_chorus_is_seen_through_a_view_of_thirty(chorus):
    catalogue = chorus_catalogue(chorus)
    assert len(catalogue.view) == VIEW_WIDTH == 30
    assert catalogue.view[:3] == ["title", "status", "supplier"]
    assert catalogue.view[6] == "a39_attr_t_word_39"
    assert "a0_attr_t_word_0" not in catalogue.view
    assert set(catalogue.questions.asked_attributes()) <= set(catalogue.view)
    assert set(catalogue.more(1).values) <= set(catalogue.view)


def test_beside_chorus_there_are_as_many_products_of_22_attributes(chorus):
    catalogue = chorus_catalogue(chorus)
    assert catalogue.narrow.count == catalogue.count == 60
    assert catalogue.narrow.name == "made-60-22-11"


def test_chorus_is_measured_beside_the_narrow_catalogue(chorus):
    words = ["--catalogue", "chorus", "--folder", str(chorus), "--workloads", "list,create"]
    said = CliRunner().invoke(main, [*words, *SMALL])
    assert said.exit_code == 0, said.output
    table = said.stdout[said.stdout.index("A wide catalogue through its View") :]
    assert "getList, 24 by SKU" in table
    assert "≤ 1.5: " in table
    assert "createProduct" not in table


def test_lego_has_parts_their_elements_and_sets(lego):
    catalogue = lego_catalogue(lego)
    assert catalogue.skus() == ["10", "E-31", "32", "31", "1-1"]
    assert (catalogue.count, catalogue.import_rows) == (5, 4)


def test_lego_is_measured_and_its_families_imported(lego):
    words = ["--catalogue", "lego", "--folder", str(lego), "--workloads", "list,narrow,import"]
    said = CliRunner().invoke(main, [*words, *SMALL])
    assert said.exit_code == 0, said.output
    assert "pims import: 4 products in" in said.stdout
