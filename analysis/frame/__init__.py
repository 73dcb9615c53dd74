"""What is known of all households of a place, interviewed or not: persons by kind, and the totals that weights may be brought to."""
