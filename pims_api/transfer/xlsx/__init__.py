"""XLSX: a streaming reader and writer of one sheet, in bounded memory and safe with any file.

Own code instead of a library for three reasons. Memory does not grow with the sheet (calamine holds
whole sheets; shared strings are held up to a limit). Bombs are refused: an archive is checked
before it is unpacked, and XML with a DTD or entities is an error. Text and numbers stay exact
(openpyxl takes `x005F_` out of any text, and its numbers pass through floats).

It covers values and styles of cells only: ECMA-376, part 1, chapter 18. It knows no product: of
this project it uses the tables of `transfer` and the faults of `pims_api.errors`.
"""

CELL_UNITS_MAX = 32_767  # UTF-16 units of one cell, Excel's limit
