"""Questions asked of the model, one a file, with sentence-like names."""
