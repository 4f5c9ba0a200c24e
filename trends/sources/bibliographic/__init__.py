"""Bibliographic formats and the answers of services."""
