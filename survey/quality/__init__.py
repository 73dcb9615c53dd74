"""How good a visit's interviews are: the checks of `analysis/quality/` on what was received so far, and what to ask each pair."""
