"""Reminders of what is due in issues: a digest by e-mail or to a robot of a group, and a calendar feed."""
