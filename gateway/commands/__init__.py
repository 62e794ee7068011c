"""The commands of `relais`: each module holds one, as `command`."""
