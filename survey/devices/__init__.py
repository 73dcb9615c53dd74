"""Tablets, the PINs of people, and the keys of visits."""
