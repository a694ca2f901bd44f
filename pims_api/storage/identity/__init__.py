"""Who users are, when keys were used, and the secret from which keys are derived."""
