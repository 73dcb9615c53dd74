"""Two records of one interview: where they differ, what is decided about it, and how far people agree."""
