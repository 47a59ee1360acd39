"""Export: a patient's record as PDF, tables, FHIR bundle, calendar or JSON."""
