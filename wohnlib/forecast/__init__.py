"""Population forecasts of every Gemeinde and Kreis of Germany as of a date, as a file, with tested intervals."""
