"""The tenant face: a REST API of products, variants, brands and jobs below /api/v1/pim."""
