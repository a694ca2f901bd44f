"""What the endpoints of the Sigma face do."""
