"""The storage port's engines: SQLite for one machine, MongoDB for several."""
