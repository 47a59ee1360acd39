"""The sample patient and the sample clinic, made by the same use cases that people use."""
