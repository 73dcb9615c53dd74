"""A whole database row by row, the same whichever kind of database it lies in: for backups, and for moving to another server."""
