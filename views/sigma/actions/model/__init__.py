"""What the endpoints of the model do."""
