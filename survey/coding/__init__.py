"""Open answers: code books, two people who code blind to each other, what is settled where they differ, and words counted by county."""
