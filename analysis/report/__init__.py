"""Reports: what was found (`facts`, `coverage`), said (`narrative`), set out (`outline`) and written as Word (`word`)."""
