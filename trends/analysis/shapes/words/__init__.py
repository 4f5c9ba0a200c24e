"""Terms of a topic over time: in how many documents, about a mean that may step; its drift."""
