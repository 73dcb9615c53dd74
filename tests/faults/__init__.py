"""Faults that an installation survives: processes that are killed, networks that are cut, disks that are full, servers that go away.

Each test counts on both sides: what was acknowledged is stored, once and unaltered, and what is done again comes out as if nothing had
happened.
"""
