"""Content-removal notices at the desk: dossiers, how they look on paper, how they are sent."""
