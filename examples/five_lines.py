"""The nail economy in five lines: run the default story, and look at it."""

from model.economy import NailEconomy

economy = NailEconomy(rng=7)
economy.run()
print(economy.months[["month", "target", "usefulness", "median_length_mm", "median_diameter_mm"]].iloc[::24].round(2))
print(economy.factory_table().head())
