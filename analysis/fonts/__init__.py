"""The fonts that charts are drawn with, their licence (`OFL.txt`), and the script that made them."""
