"""What the endpoints of imports and exports do."""
