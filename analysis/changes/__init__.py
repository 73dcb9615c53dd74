"""What changed between two visits to the same households: every indicator before and after, of those that answered both times."""
