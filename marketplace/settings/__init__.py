"""Settings: base and its topic files, then one module per kind of deployment (dev, test, prod)."""
