"""Bodies of records and variants: scoped values in and out."""
