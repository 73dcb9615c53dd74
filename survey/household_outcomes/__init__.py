"""What a look-back found of an issue at each household, and what follows for the issue."""
