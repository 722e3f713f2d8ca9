"""The operators' page: reads the public views, sends commands through the front door."""
