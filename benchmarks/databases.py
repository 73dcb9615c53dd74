"""The databases that benchmarks fill and read themselves, with the keys of the servers that they start."""

from sqlalchemy import Engine

from survey.db import create_engine_for
from survey.sealing.fields import Keyring, seal_fields_of

KEY = "benchmark-of-intake-0123456789abcdef0123456789"


def keyed_engine(url: str) -> Engine:
    """An engine that seals and opens what lies encrypted."""
    engine = create_engine_for(url)
    seal_fields_of(engine, Keyring([KEY]))
    return engine
