"""Jobs that speak the words of a face."""
