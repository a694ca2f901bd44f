"""Flat products: a few fields of text, and words for categories."""
