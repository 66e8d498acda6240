"""The economy: its parameters, its month and its records."""
