"""Open answers as data: how far two coders agree, coded columns beside the others, words counted without names."""
