"""What the endpoints of catalogs and categories do."""
