"""What the Sigma face says on the wire."""
