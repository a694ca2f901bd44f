"""The OpenAPI document of all faces, and the page to read and try it."""
