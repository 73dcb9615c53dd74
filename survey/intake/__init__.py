"""Receiving submissions from tablet pages, ODK Collect and Enketo."""
