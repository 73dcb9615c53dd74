"""Reports on all counties or villages of a visit in one action: drafted one after another, what each still lacks, all of them as one zip."""
