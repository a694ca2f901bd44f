"""Rows of imports and files of exports on the wire."""
