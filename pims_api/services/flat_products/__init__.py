"""Flat products: products, variants and brands as a few fields of text."""
