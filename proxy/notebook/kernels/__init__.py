"""Modules for notebooks: this folder stands on the path of every kernel, of whatever Python it is.

Must not: hold anything but what people shall import, or import anything that is not in Python.
"""
