"""Looking back 回头看: a visit made from an earlier one, the same households before and after, and what became of each issue candidate."""
