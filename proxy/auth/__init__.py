"""From a request to an identity: one module per kind of credential. Knows nothing of pages."""
