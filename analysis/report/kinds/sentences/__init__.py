"""The sentences of the kinds of reports in Chinese and English, as templates; a sentence of several wordings takes them by turns."""
