"""docs/core.md says what the core does: its limits, its permissions, every rule that code cites."""

import re

import pytest

from pims_api.domain import category
from pims_api.domain.access.permission import Permission
from pims_api.domain.attributes import pattern, setting_readers
from pims_api.domain.attributes import rules as attribute_rules
from pims_api.domain.conditions.language import limits as condition
from pims_api.domain.page import PAGE_SIZE_MAX
from pims_api.domain.product import PATH_BYTES_MAX, SKU_LENGTH_MAX
from pims_api.domain.search import tokenizer
from pims_api.domain.values import json_text, value
from pims_api.jobs.imports import job as import_job
from pims_api.services import jobs
from pims_api.services.products import value_rules
from pims_api.settings import Settings
from pims_api.storage.history import changes
from tests.quality.documents import CORE, source_files
from tests.quality.markdown import first_cells, headings_of, numbers_in_row, section_of

TEXT = CORE.read_text(encoding="utf-8")

_CITED = re.compile(r"Source: docs/core\.md, ([^\n.]+)")


def test_every_section_that_the_code_cites_is_there() -> None:
    texts = [path.read_text(encoding="utf-8") for path in source_files()]
    cited = {title for text in texts for line in _CITED.findall(text) for title in line.split(", ")}
    assert {"Values", "Conditions", "Notes"} <= cited
    assert cited - set(headings_of(TEXT)) == set()


def test_the_table_of_permissions_has_them_all_in_their_order() -> None:
    assert first_cells(section_of(TEXT, "Permissions")) == ["permission", *Permission.__members__]


@pytest.mark.parametrize(
    ("what", "numbers"),
    [
        ("JSON text", [json_text.ELEMENTS_MAX, json_text.DEPTH_MAX]),
        ("number", [value.NUMBER_DIGITS_MAX]),
        ("SKU", [SKU_LENGTH_MAX, PATH_BYTES_MAX]),
        ("text value", [value_rules.TEXT_BYTES_MAX // 1024]),
        ("values of a collection", [value_rules.COLLECTION_LENGTH_MAX]),
        ("dictionary value", [value_rules.OPTION_LENGTH_MAX]),
        ("validation pattern", [pattern.MASK_LENGTH_MAX]),
        (
            "condition",
            [
                condition.BYTES_MAX,
                condition.TOKENS_MAX,
                condition.PREDICATES_MAX,
                condition.DEPTH_MAX,
                condition.IN_ITEMS_MAX,
            ],
        ),
        ("LIKE pattern", [condition.LIKE_LENGTH_MAX, condition.LIKE_WILDCARDS_MAX]),
        ("words of a search", [tokenizer.QUERY_WORDS_MAX]),
        ("searched of one product", [tokenizer.TOKEN_LENGTH_MAX, tokenizer.TOKENS_BYTES_MAX]),
        ("category path", [category.DEPTH_MAX, category.NAME_LENGTH_MAX]),
        ("products on a page", [PAGE_SIZE_MAX]),
        (
            "label, comment of an attribute",
            [attribute_rules.LABEL_LENGTH_MAX, attribute_rules.COMMENT_LENGTH_MAX],
        ),
        ("label, comment of a View; label of a category", [setting_readers.TEXT_LENGTH_MAX]),
        ("locales of a label or comment", [setting_readers.LOCALES_MAX]),
        (
            "file to be imported",
            [Settings().import_bytes_max // 2**30, import_job.DRY_RUN_BYTES_MAX // 2**20],
        ),
        ("jobs of a catalogue that wait", [jobs.JOBS_WAITING_MAX]),
        (
            "reason, source reference of a transaction",
            [changes.REASON_LENGTH_MAX, changes.SOURCE_REF_LENGTH_MAX],
        ),
    ],
)
def test_the_table_of_limits_has_the_numbers_of_the_code(what: str, numbers: list[int]) -> None:
    assert numbers_in_row(section_of(TEXT, "Limits"), what) == numbers
