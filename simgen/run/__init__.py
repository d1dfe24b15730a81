"""Where the work is done and kept: engine, store, progress."""
