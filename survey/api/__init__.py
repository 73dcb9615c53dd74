"""Read access for analysts' scripts: JSON under `/api/v1/`, described by OpenAPI from the same records that make the answers."""
