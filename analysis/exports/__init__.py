"""A visit's dataset for other programs: workbook, CSV, Stata, SPSS and Parquet in one archive, de-identified unless asked otherwise."""
