"""The output of figures: image files, LaTeX pictures and what goes with them."""
