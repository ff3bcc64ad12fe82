"""Sifu: Jupyter behind a real door.

The way of a request is a straight line:

    relay   parse → pass → policy → route → forward          (port 3335, `relay/`)
    front   middleware → handler → auth | servers → store    (port 3334, `web/`)

Floors, top to bottom; a module imports downwards only and siblings do not know each other:
`cli` · `front_app`, `relay_app` · `web` · `auth`, `relay`, `servers` · `store` ·
`settings`, `log`, `metrics`, `tasks` · `notebook`, `imports` · `core`.
"""

__version__ = "0.1.0"
