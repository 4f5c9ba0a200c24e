"""Dates of documents: look-up tables, matches with the records of services, dates of rows."""
