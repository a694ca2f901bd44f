"""The Sigma face: a REST API of records, schemas and dimensions below /api/v1."""
