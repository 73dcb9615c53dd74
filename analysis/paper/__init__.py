"""A questionnaire as a Word document to print and fill in by hand, for the day on which the tablets fail."""
