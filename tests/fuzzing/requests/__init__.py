"""Requests of every kind that the server answers, broken in every way, sent to the server that people use, and what came of them."""
