"""History of what a tenant defines."""
