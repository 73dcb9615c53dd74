"""The versions of one report, each drafted at some state of the data, and what differs between two of them."""
