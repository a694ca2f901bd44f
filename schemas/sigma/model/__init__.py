"""Bodies about the model: schemas, attributes, dimensions."""
