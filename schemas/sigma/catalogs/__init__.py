"""Catalogs and their categories on the wire."""
