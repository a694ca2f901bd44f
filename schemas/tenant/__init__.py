"""The wire of the tenant face. Source: docs/api/tenant.md."""
