"""The figures of a visit by county, village and kind of household, each leading to the interviews behind it, kept with their date."""
