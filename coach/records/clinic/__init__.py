"""People, accounts, the caseload and the audit of a clinic."""
