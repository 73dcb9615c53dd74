"""How good the interviews of a visit are: one function per check, each over one form of one visit, each giving a tidy table.

A row of a table is about a question, a person who leads interviews, or an interview, and names the interviews that it is about, so that
every number leads back to them. What is noticed is a reason to ask the pair, never a finding about the household and never a verdict on
the people: `thresholds.py` says from when on something is noticed, `words.py` says it in both languages, `sheets.py` asks the pair.
`checks.py` lists the checks; a folder's bundle is read into their material by `material.py`, a server's interviews by `survey/quality/`.
"""
