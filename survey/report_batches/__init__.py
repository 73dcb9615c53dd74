"""Reports on all counties or villages of a visit in one action: what each lacks, drafts one after another, and all of them as one zip."""
