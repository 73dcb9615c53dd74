"""The application: accounts, places, visits, tablets, intake, review, issues and reports."""
