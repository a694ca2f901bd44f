"""What the endpoints of records and variants do."""
