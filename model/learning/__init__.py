"""Factories that learn: what one sees, does and is paid, in the forms that reinforcement learning uses."""
