"""Word files that come back from authors: brought up to date, traced to the data, looked through for names, held against the format."""
