"""Who users are, and the secret by which an installation knows its own tokens."""
