"""PIMS: product information, managed."""

__version__ = "0.1.0"
