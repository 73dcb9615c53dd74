"""Whether a sign-in goes through, how long it lasts, and what one can do about one's own."""
