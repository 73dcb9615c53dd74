"""Pages for people who see little or nothing, use no mouse, or need large letters."""
