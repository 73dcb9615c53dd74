"""What was said, filed and seen of a household, side by side."""
