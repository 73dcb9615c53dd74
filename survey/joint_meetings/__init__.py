"""The quarterly joint meeting 联席会议: its agenda and ledger of issues as of its day, and what was decided about each."""
