"""The way from an empty installation to its first visit: organisation, places, people, visit, a page each."""
