"""How well triage reads: labelled messages in, measures with intervals and a report page out."""
