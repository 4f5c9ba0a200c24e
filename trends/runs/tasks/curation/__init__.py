"""The file of edits of topics, and the task that carries them out."""
