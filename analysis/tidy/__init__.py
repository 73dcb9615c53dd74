"""From the rows of a bundle to one tidy table: what is to be estimated (`work.py`), its figures (`figures.py`), the table (`table.py`)."""
