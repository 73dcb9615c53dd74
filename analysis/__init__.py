"""Statistics, charts and Word drafts from a bundle. No Flask, no database: it runs on a laptop without the server."""
