"""The responsible side: what it sees of the issues that were reported to it, and what it replies."""
