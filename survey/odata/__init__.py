"""A feed by OData 4 for Excel and Power BI: the register, and by visit its interviews, figures and issues."""
