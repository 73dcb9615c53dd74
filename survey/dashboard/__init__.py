"""The start page by role and the progress of a visit."""
