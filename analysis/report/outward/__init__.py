"""What leaves the house: villages under codes, small numbers withheld, names masked, and the check that nothing of them is left."""
