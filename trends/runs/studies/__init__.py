"""Studies made of runs: the pipeline, multiverse analysis, placebo tests and stability."""
