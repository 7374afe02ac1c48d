"""The explorer in the browser: the only place that knows Dash."""
