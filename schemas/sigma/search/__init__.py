"""Searches and saved queries on the wire."""
