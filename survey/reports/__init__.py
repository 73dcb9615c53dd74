"""Word drafts and their register."""
