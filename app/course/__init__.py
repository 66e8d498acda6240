"""The course: labs are built from their masters in assignments/, and checked as students would hand them in."""
