"""The invented demonstration data: what is told in facts.toml, and what chance adds to it."""
