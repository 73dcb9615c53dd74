"""Who may open which page, and what of it somebody sees who is bound to places."""
