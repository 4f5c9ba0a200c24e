"""Export of results for papers: LaTeX tables and numbers."""
