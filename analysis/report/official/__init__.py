"""The form of official documents (GB/T 9704-2012): as data, as reference documents, as checks of any Word file; and house styles."""
