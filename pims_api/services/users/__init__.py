"""Users: kept, signed in, and recognised by their tokens."""
