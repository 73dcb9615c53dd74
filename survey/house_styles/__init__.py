"""An organisation's own reference documents: letterhead and styles that drafts are written in."""
