"""The layout of figures: panels, rows, time axes and the placement of labels."""
