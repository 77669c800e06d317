"""Single rules worked out by hand: small bundles whose every amount a reader can check with pencil and paper."""
