"""Shares of documents and terms, given topics or clusters; also of documents that are new."""
