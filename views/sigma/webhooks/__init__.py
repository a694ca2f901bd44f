"""What webhooks are told: events in the words of this face, by the rights of who made them."""
