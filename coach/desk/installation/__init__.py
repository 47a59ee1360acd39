"""One open record with its services."""
