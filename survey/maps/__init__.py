"""Maps drawn of points alone."""
