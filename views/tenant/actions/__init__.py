"""What the endpoints of the tenant face do."""
