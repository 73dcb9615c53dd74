"""Protection of personal data: who read whom, what is held of one person, how long it is kept; and the pages around it."""
