"""In how many of all documents the terms occur that the drawn ones have."""
