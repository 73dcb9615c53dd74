"""What is wrong with a questionnaire file, all of it at once, and how it is said to its author."""
