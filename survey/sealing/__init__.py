"""Columns that lie encrypted, and names that can still be looked for."""
