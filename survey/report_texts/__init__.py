"""Text blocks of reports: what an organisation writes in its own words, instead of the words that come with the program."""
