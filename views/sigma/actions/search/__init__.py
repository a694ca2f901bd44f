"""What the endpoints of searches do."""
