"""One open record with its services: recording, caches, protocols, projection, clock."""
