"""The theme of figures: colours, styles and the page sizes of venues."""
