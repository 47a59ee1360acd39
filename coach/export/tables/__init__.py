"""Tables of a record as CSV and Parquet: columns and writers."""
