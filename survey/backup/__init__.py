"""Backups: everything of an installation, encrypted, in a place of its own, written once and read back whole."""
