"""The review for the patient."""
