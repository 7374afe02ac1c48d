"""What leaves the page: its comparison as code, its numbers as data. No plotly, no Dash."""
