"""Content-removal notices: the dossier, its rules, its steps and their proof. Pure, but for the two
data files that are read once (`platforms.yml`, `law.yml`)."""
