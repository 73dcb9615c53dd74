"""What keeps the numbers of a Word document alive: controls around them, the record of what each is, refreshing, tracing, hiding."""
