"""The laboratory: sweeps over parameters and seeds that lose nothing."""
