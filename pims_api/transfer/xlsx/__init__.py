"""XLSX, read and written as a stream.

Our own rather than a library's, for what an import and an export must be: exact (openpyxl takes
`x005F_` out of any text, and numbers pass through floats), of constant memory (calamine holds whole
sheets), and safe with files from anywhere (no DTD, no entity, no archive that unpacks into more
than it may). It reads values and styles, which is a small part of the format: ECMA-376, part 1,
chapter 18.
"""
