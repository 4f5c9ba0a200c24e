"""What documents that came later say of the topics: whether they still fit, and what is new."""
