"""The use cases of whoever runs the server."""
