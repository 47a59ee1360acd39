"""The use cases of the operator, who runs the server."""
