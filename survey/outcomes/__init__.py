"""What became of an assignment without an interview: the household moved, died, refused, was absent or not found."""
