"""All shapes of topics in one view, and the words within them."""
