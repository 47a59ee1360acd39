"""Sample data: a patient and a clinic, recorded through the same use cases as real data."""
