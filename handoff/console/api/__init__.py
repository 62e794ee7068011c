"""What the console's API is, for machines: types, operations, and the OpenAPI document of them."""
