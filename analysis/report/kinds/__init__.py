"""The kinds of reports: each function makes one document as data, an outline, from what was read for it.

What a report may say follows rules that a statistician would sign (`findings.py`, `wording.py`); what it says of issues, meetings and work
comes as records (`records.py`), because a bundle holds interviews and no register.
"""
