"""The use cases of a patient."""
