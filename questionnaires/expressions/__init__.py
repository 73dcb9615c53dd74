"""Expressions: from the text of an XPath to its value, as ODK forms mean it. Knows nothing of a whole instance."""
