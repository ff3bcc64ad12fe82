"""Folders in which somebody else may have put anything: opened, filled and removed with care."""
