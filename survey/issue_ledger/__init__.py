"""The ledger of issues as a workbook, and replies read back from it."""
