"""Topics edited by hand: merged, split, renamed, excluded; the same edits in another fit."""
