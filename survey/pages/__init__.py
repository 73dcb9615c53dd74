"""What the pages of all slices share."""
