"""What the bodies of the REST faces share."""
