"""Who decides: the planner, the nail factories and the building trusts."""
