"""Answers from tables: statistics, figures and pages, which know column names and no model."""
