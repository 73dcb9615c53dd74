"""Issues seen together: the board with a column for each state, and the pages of counties that are taken to meetings."""
