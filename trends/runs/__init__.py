"""Runs of a whole analysis: settings, the engine, its tasks and the studies made of them."""
