"""What a physiotherapist sees of a patient's course."""
