"""A CSV file whose last quote is never closed: refused before anything of it is stored."""

import json

import pytest
from click.testing import CliRunner

from pims_api.cli import main
from tests.transfer.files import sheet_with

ROWS = 1_500  # three steps of an import
MANY = "".join(f"S{n},Rod,1\n" for n in range(ROWS))
WAY_OUT = (
    " If it is a part of the text, write every quote within a cell twice, or have the quotes read "
    "leniently (--quotes lenient, over HTTP quotes=lenient). If it holds the text, close it."
)


def open_quote(line, column, shown):
    return (
        f"The quote that opens on line {line} is never closed: the file ends within it, so nothing "
        f"of it was taken! It begins column {column}: {shown!r}.{WAY_OUT}"
    )


@pytest.fixture
def pims(database_url, run, tmp_path):
    """`pims(b"sku…", "import")`: exit status and lines of a command on a file of these bytes."""
    run("attribute", "add", "price", "--type", "number", "--label", "Price")

    def invoke(content, *words, name="a.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        done = CliRunner().invoke(main, ["--database", database_url, *words, str(path)])
        return done.exit_code, done.output.splitlines()

    return invoke


@pytest.mark.parametrize(
    ("text", "line", "column", "shown"),
    [
        ('sku,title,price\n%sB,"5 in,2\nC,Bolt,3\n', 2 + ROWS, "'title'", '"5 in,2\nC,Bolt,3'),
        ('sku,title,price\n"B,5 in,2\n%s', 2, "'sku'", '"B,5 in,2\n' + MANY[:50]),
        ('sku,title,price\n%sB,Rod,"', 2 + ROWS, "'price'", '"'),
        ('sku,title,price\r\n%sB,"a ""b""\r\nc,2\r\n', 2 + ROWS, "'title'", '"a ""b""\r\nc,2'),
        ('\ufeffsku;title;price\n%sB;"Rod', 2 + ROWS, "'title'", '"Rod'),
        ('sku\ttitle\tprice\n%sB\t"Rod\t1', 2 + ROWS, "'title'", '"Rod\t1'),
        ('sku,title,price\n%sB,"a\nb","c\n', 3 + ROWS, "'price'", '"c'),
        ('sku,title,price\nA,"Big" pipe,1\n%sB,"c\n', 3 + ROWS, "'title'", '"c'),
        ('sku,"title,price\n%s', 1, "2", '"title,price\n' + MANY[:47]),
        ("'sku','title','price'\n%sB,'5 in,2\n", 2 + ROWS, "'title'", "'5 in,2"),
    ],
    ids=["last but one", "first", "last cell", "lines of Windows", "mark and semicolons", "tabs",
         "second cell of a row", "after a broken row", "header", "apostrophes"],
)  # fmt: skip
@pytest.mark.parametrize("options", [(), ("--dry-run",)], ids=["import", "trial"])
def test_an_import_is_refused_whole_with_the_place_and_the_way_out(
    pims, text, line, column, shown, options
):
    separator = next(one for one in ";\t," if one in text)
    rows = MANY.replace(",", separator)
    content = (text % rows).encode()
    told = f"Error: {open_quote(line, column, shown.replace(',', separator))}"
    assert pims(content, "import", *options) == (1, [told])


def test_nothing_is_stored(pims, run):
    assert pims(f'sku,title,price\n{MANY}B,"5 in,2\n'.encode(), "import")[0] == 1
    assert run("product", "show", "S0", status=1) == "Error: Product does not exist!\n"
    assert "0 products" in run("check")


@pytest.mark.parametrize("size", [50_000, 1_500_000, 17_000_000])
def test_however_long_the_open_cell_is(pims, size):
    content = b'sku,title,price\nA,Nut,1\nB,"' + b"x y " * (size // 4)
    status, said = pims(content, "import")
    told = open_quote(3, "'title'", '"' + "x y " * 14 + "x y")
    assert (status, said) == (1, [f"Error: {told}"])


def test_lenient_quotes_are_the_way_out(pims):
    content = f'sku,title,price\n{MANY}B,"5 in,2\n'.encode()
    status, said = pims(content, "import", "--quotes", "lenient")
    assert (status, json.loads(said[-1])["created"]) == (0, ROWS + 1)


def test_rows_that_were_stored_before_a_file_broke_are_told(pims):
    cell = '<c t="inlineStr"><is><t>{}</t></is></c>'
    pairs = [("sku", "title"), ("S", ""), *((f"S{n}", "Rod") for n in range(ROWS))]
    rows = "".join(f"<row>{''.join(map(cell.format, pair))}</row>" for pair in pairs)
    status, said = pims(sheet_with(rows + "<row"), "import", name="a.xlsx")
    assert (status, said[-2:]) == (
        1,
        ["999 rows were imported. Correct the file, then run the same command again for the rest.",
         "Error: The workbook is damaged: a part of it is not XML!"],
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["attribute", "category"])
def test_files_of_definitions_have_the_same_way_out(pims, kind):
    head = "name,type,label" if kind == "attribute" else "path,label,cat_order"
    rest = 'length,number,"5 in\n' if kind == "attribute" else 'Rods,"5 in,1\n'
    status, said = pims(f"{head}\n{rest}".encode(), kind, "import")
    shown = rest[rest.index('"') :].rstrip()
    told = open_quote(2, "'label'", shown)
    assert (status, said) == (1, [f"Error: {told}"])
    status, said = pims(f"{head}\n{rest}".encode(), kind, "import", "--quotes", "lenient")
    assert (status, json.loads(said[-1])["created"]) == (0, 1)
