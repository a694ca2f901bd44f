"""The category filters of a loaded LEGO catalogue, counted from its files by plain Python."""

from tests.catalogues.expected.category_filters import counted, filters, span
from tests.catalogues.expected.lego import HEADS, STAR_WARS, Row, rows_of
from tests.catalogues.question import Question
from tests.catalogues.sources.lego import LegoSource


def filter_questions(source: LegoSource) -> list[Question]:
    """Return the questions with their answers for this source or share."""
    rows = rows_of(source)
    heads = [row for row in rows if row.category == HEADS]
    parts = [row for row in rows if row.kind == "part"]
    starry = [row for row in rows if f"{row.category} > ".startswith(f"{STAR_WARS} > ")]
    return [
        _heads(heads),
        filters(
            "filters of all parts, of which there are too many to choose a number",
            "Parts",
            {
                "material": counted(row.material for row in parts),
                "part_number": None,
                "color": None,
                "product_count": len(parts),
            },
            includeChildren=True,
        ),
        filters(
            "ranges of a category and what is below it",
            STAR_WARS,
            {
                "kind": {"set": len(starry)},
                "year": span(row.year for row in starry),
                "pieces": span(row.pieces for row in starry),
                "product_count": len(starry),
            },
            includeChildren=True,
        ),
    ]


def _heads(heads: list[Row]) -> Question:
    return filters(
        "filters of a category with its variations",
        HEADS,
        {
            "color": counted(row.color for row in heads),
            "transparent": counted(row.transparent for row in heads if row.element),
            "year": None,
            "product_count": len(heads),
        },
        includeVariants=True,
    )
