"""What a patient sees of their own course."""
