"""What is measured and what is paid: reports, metrics, bonuses, targets and orders."""
