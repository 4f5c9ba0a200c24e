"""Claims before and after a run: registered, verified from features, asked by a reviewer."""
