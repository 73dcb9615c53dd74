"""The accepted interviews as documented folders of Parquet files."""
