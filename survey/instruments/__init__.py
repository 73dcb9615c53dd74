"""Published questionnaire versions."""
