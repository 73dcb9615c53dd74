"""From a figure back to its rows: which interviews and members stand behind each number of the estimates, and what each adds to it."""
