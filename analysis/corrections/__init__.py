"""The log of corrections: what somebody found to be wrong in an answer, replayed on the tables of a bundle when they are read.

The files of a bundle stay as exported, and so does what was received: a correction is an entry with the answer as it is stored, the one
that counts instead, who says so, when and why. An entry whose stored answer has changed since is not applied and told as a problem.
"""
