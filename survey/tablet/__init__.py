"""The pages a pair fills in the field."""
